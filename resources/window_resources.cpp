// Holds no code: the files of tacet_resources are compiled beside it and register themselves.
