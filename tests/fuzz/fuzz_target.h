#pragma once
// A fuzz target is one file, fuzz_NAME.cpp:
//
//     TACET_FUZZ_TARGET(relay_frame, input)
//     {
//         … feed `input` (std::span<const std::uint8_t>) to one parser; FUZZ_DEMAND what must hold …
//     }
//
// clang builds each as a libFuzzer program, which searches (packaging/fuzz). Every compiler builds all of them into
// `replay_fuzz`, which feeds each the files of corpus/NAME and damaged forms of them, as a test among the others.
#include <sodium.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

namespace tacet::test {

using FuzzTarget = void (*)(std::span<const std::uint8_t> input);

struct FuzzRegistration {
    FuzzRegistration(const char *name, FuzzTarget target);
};

} // namespace tacet::test

#ifdef TACET_LIBFUZZER
#define TACET_FUZZ_TARGET(NAME, INPUT)                                                                                 \
    static void fuzz_##NAME(std::span<const std::uint8_t> INPUT);                                                      \
    extern "C" int LLVMFuzzerInitialize(int *, char ***) { return sodium_init() < 0 ? 1 : 0; }                         \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)                                  \
    {                                                                                                                  \
        fuzz_##NAME({data, size});                                                                                     \
        return 0;                                                                                                      \
    }                                                                                                                  \
    static void fuzz_##NAME(std::span<const std::uint8_t> INPUT)
#else
#define TACET_FUZZ_TARGET(NAME, INPUT)                                                                                 \
    static void fuzz_##NAME(std::span<const std::uint8_t> INPUT);                                                      \
    static const ::tacet::test::FuzzRegistration kRegistration_##NAME(#NAME, fuzz_##NAME);                             \
    static void fuzz_##NAME(std::span<const std::uint8_t> INPUT)
#endif

/// What must hold for every input. Aborts: libFuzzer keeps the input, the replay names the file.
#define FUZZ_DEMAND(CONDITION)                                                                                         \
    do {                                                                                                               \
        if (!(CONDITION)) {                                                                                            \
            std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #CONDITION);                        \
            std::abort();                                                                                              \
        }                                                                                                              \
    } while (false)
