#pragma once
// One line of the oracle: words separated by single spaces. Bytes are base64, nothing is "-", numbers are decimal.
#include "crypto/base64.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace tacet::test {

class Command {
public:
    explicit Command(const std::string &line)
    {
        for (std::size_t start = 0; start <= line.size();) {
            const std::size_t end = std::min(line.find(' ', start), line.size());
            m_words.push_back(line.substr(start, end - start));
            start = end + 1;
        }
    }

    const std::string &word(std::size_t index) const
    {
        if (index >= m_words.size())
            refuse("a word is missing");
        return m_words[index];
    }
    crypto::Bytes bytes(std::size_t index) const
    {
        if (word(index) == "-")
            return {};
        auto value = crypto::fromBase64(word(index));
        if (!value)
            refuse("not base64");
        return std::move(*value);
    }
    template<std::size_t N>
    crypto::FixedBytes<N> fixed(std::size_t index) const
    {
        const crypto::Bytes value = bytes(index);
        if (value.size() != N)
            refuse("another length is wanted");
        crypto::FixedBytes<N> out;
        std::copy(value.begin(), value.end(), out.begin());
        return out;
    }
    std::int64_t number(std::size_t index) const { return std::atoll(word(index).c_str()); }

    /// A mistake of the driver, not an outcome of the protocol: ends the program.
    [[noreturn]] void refuse(const char *why) const
    {
        std::fprintf(stderr, "%s: %s\n", m_words[0].c_str(), why);
        std::exit(2);
    }

private:
    std::vector<std::string> m_words;
};

inline std::string answerBytes(crypto::ByteView bytes)
{
    return bytes.empty() ? "ok -" : "ok " + crypto::toBase64(bytes);
}
} // namespace tacet::test
