#pragma once
// Damage by script: an input of a few bytes edits a large authentic text, so that a fuzzer reaches what lies behind
// a seal without having to forge it, and knows whether anything was changed at all.
#include <cstdint>
#include <span>
#include <vector>

namespace tacet::test {

/// Each four bytes of the script: position (big-endian, scaled to the size), operation, value.
/// Operations: xor a byte, cut the rest off, insert a byte, drop a byte.
inline std::vector<std::uint8_t> edited(std::vector<std::uint8_t> bytes, std::span<const std::uint8_t> script)
{
    for (; script.size() >= 4 && !bytes.empty(); script = script.subspan(4)) {
        const std::size_t wide = std::size_t(script[0]) << 8 | script[1];
        // Small positions reach each byte of a header, large ones every part of the whole.
        const std::size_t at = wide < 0x8000 ? wide % bytes.size() : (wide - 0x8000) * bytes.size() / 0x8000;
        const auto here = bytes.begin() + std::ptrdiff_t(at);
        switch (script[2] % 8) {
        case 0:
            bytes.resize(at);
            break;
        case 1:
            bytes.insert(here, script[3]);
            break;
        case 2:
            bytes.erase(here);
            break;
        default:
            *here = std::uint8_t(*here ^ script[3]);
        }
    }
    return bytes;
}

} // namespace tacet::test
