// Holds no code: the files of tacet_resources_data are compiled beside it and register themselves.
