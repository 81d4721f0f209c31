# Every parser of foreign bytes, the lowest layer first.
tacet_fuzz_target(NAME base64 LIBRARIES tacet_crypto)
tacet_fuzz_target(NAME nip44 LIBRARIES tacet_crypto)
tacet_fuzz_target(NAME mlkem_key LIBRARIES tacet_crypto)
tacet_fuzz_target(NAME relay_url LIBRARIES tacet_relay)
