#pragma once
// What constant-time code needs from the compiler: a barrier that keeps it from reasoning about a value, and the
// two marks by which the valgrind check (packaging/constant-time) tells secret bytes from public ones.
//
// The rule in this folder: no branch, index, shift count or division depends on a secret. Masks are made of
// arithmetic, and pass through valueBarrier so that no compiler turns `mask & x` back into a branch (clang has done
// so to other people's ML-KEM).
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#ifdef TACET_CONSTANT_TIME_CHECK
#include <valgrind/memcheck.h>
#endif

namespace tacet::crypto::constant_time {

/// The same value, of which the optimiser knows nothing any more.
template<typename Integer>
inline Integer valueBarrier(Integer value)
{
    __asm__("" : "+r"(value));
    return value;
}

/// All ones when any bit of `difference` is set, else zero.
inline std::uint8_t maskIfNonZero(std::uint32_t difference)
{
    difference = valueBarrier(difference);
    // The top bit of x | -x is set exactly when x is not zero.
    return static_cast<std::uint8_t>(0 - valueBarrier((difference | (0 - difference)) >> 31));
}

/// `yes` where the mask is all ones, `no` where it is zero.
inline std::uint8_t select(std::uint8_t mask, std::uint8_t yes, std::uint8_t no)
{
    return static_cast<std::uint8_t>(no ^ (valueBarrier(mask) & (yes ^ no)));
}

/// 1 when every byte is zero, else 0: eight at a time, where libsodium's own looks at each alone.
inline int isZero(std::span<const std::uint8_t> bytes)
{
    std::uint64_t any = 0;
    for (; bytes.size() >= sizeof any; bytes = bytes.subspan(sizeof any)) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data(), sizeof word);
        any |= word;
    }
    for (const std::uint8_t byte : bytes)
        any |= byte;
    any = valueBarrier(any);
    return static_cast<int>(1 ^ ((any | (0 - any)) >> 63));
}

/// From here on these bytes are public by the protocol, though computed from a secret. Each use says why.
/// Does nothing outside the check.
inline void declassify([[maybe_unused]] const void *bytes, [[maybe_unused]] std::size_t count)
{
#ifdef TACET_CONSTANT_TIME_CHECK
    VALGRIND_MAKE_MEM_DEFINED(bytes, count);
#endif
}

/// The outcome of a constant-time test (equal, accepted, zero), from here on public: acting on it is its purpose.
inline int answer(int outcome)
{
    declassify(&outcome, sizeof outcome);
    return outcome;
}

/// For the check's own program: any branch or index on these bytes is a finding.
inline void classify([[maybe_unused]] const void *bytes, [[maybe_unused]] std::size_t count)
{
#ifdef TACET_CONSTANT_TIME_CHECK
    VALGRIND_MAKE_MEM_UNDEFINED(bytes, count);
#endif
}

} // namespace tacet::crypto::constant_time
