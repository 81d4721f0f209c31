// Leaks on purpose, each of a kind that people have shipped. A check that does not find them checks nothing.
#include "crypto/constant_time.h"
#include "crypto/random.h"
#include "tests/constant_time/operations.h"

namespace tacet::constant_time_check {
namespace {

using namespace crypto;

volatile std::uint8_t g_sink; // keeps the compiler from dropping what nobody reads

FixedBytes<32> secret()
{
    SystemRandom random;
    auto bytes = random.bytes<32>();
    constant_time::classify(bytes.data(), bytes.size());
    return bytes;
}

void branchOnASecretBit()
{
    const auto bytes = secret();
    for (const std::uint8_t byte : bytes) {
        if (byte & 1)
            g_sink = 1; // a volatile store cannot become a conditional move
    }
}

void indexByASecret()
{
    static constexpr std::uint8_t kTable[256] = {1, 2, 3};
    g_sink = kTable[secret()[0]];
}

void comparisonThatStopsEarly()
{
    const auto one = secret();
    const auto other = secret();
    std::size_t equal = 0;
    while (equal < 32 && one[equal] == other[equal])
        ++equal;
    g_sink = static_cast<std::uint8_t>(equal);
}

/// ML-KEM's message bits made a coefficient with a branch: what a compiler makes of the mask without a barrier.
void messageBitChoosesACoefficient()
{
    const auto message = secret();
    volatile std::int16_t coefficients[256] = {};
    for (std::size_t i = 0; i < 256; ++i) {
        if ((message[i / 8] >> (i % 8)) & 1) // no else: clang would choose the value without a branch
            coefficients[i] = 1665;
    }
    g_sink = static_cast<std::uint8_t>(coefficients[0] & 0);
}

} // namespace

std::vector<Operation> plantedLeaks()
{
    return {
        {"planted: branch on a secret bit", true, branchOnASecretBit},
        {"planted: table index", true, indexByASecret},
        {"planted: comparison that stops early", true, comparisonThatStopsEarly},
        {"planted: message bit to coefficient by branch", true, messageBitChoosesACoefficient},
    };
}

} // namespace tacet::constant_time_check
