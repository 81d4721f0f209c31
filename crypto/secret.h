#pragma once
// Secrets: move-only, wiped when they end, never compared with ==, never streamed.
// SecretBytes<N> is inline and cheap (message keys); GuardedBytes<N> sits on libsodium's guarded,
// locked heap (long-lived keys); SecretBuffer holds a secret whose length is known at run time only.
#include "crypto/bytes.h"
#include "crypto/constant_time.h"

#include <sodium.h>

#include <cstring>
#include <memory>
#include <new>

namespace tacet::crypto {

template<std::size_t N>
class SecretBytes {
public:
    static constexpr std::size_t kSize = N;

    SecretBytes() = default; // all zero
    explicit SecretBytes(FixedView<N> source) { std::memcpy(m_bytes.data(), source.data(), N); }
    ~SecretBytes() { wipe(); }

    SecretBytes(const SecretBytes &) = delete;
    SecretBytes &operator=(const SecretBytes &) = delete;
    SecretBytes(SecretBytes &&other) noexcept : m_bytes(other.m_bytes) { other.wipe(); }
    SecretBytes &operator=(SecretBytes &&other) noexcept
    {
        if (this != &other) {
            m_bytes = other.m_bytes;
            other.wipe();
        }
        return *this;
    }

    /// A second holder of the same secret must be asked for in words.
    SecretBytes clone() const { return SecretBytes(view()); }

    FixedView<N> view() const { return FixedView<N>(m_bytes); }
    std::span<std::uint8_t, N> writable() { return m_bytes; }
    void wipe() { sodium_memzero(m_bytes.data(), N); }

    /// Constant time; the answer itself is the caller's to act on.
    bool equals(FixedView<N> other) const
    {
        return constant_time::answer(sodium_memcmp(m_bytes.data(), other.data(), N)) == 0;
    }
    bool isZero() const { return constant_time::answer(sodium_is_zero(m_bytes.data(), N)) == 1; }

private:
    std::array<std::uint8_t, N> m_bytes{};
};

template<std::size_t N>
class GuardedBytes {
public:
    static constexpr std::size_t kSize = N;

    GuardedBytes() : m_bytes(static_cast<std::uint8_t *>(sodium_malloc(N)))
    {
        if (!m_bytes)
            throw std::bad_alloc();
        std::memset(m_bytes.get(), 0, N);
    }
    explicit GuardedBytes(FixedView<N> source) : GuardedBytes() { std::memcpy(m_bytes.get(), source.data(), N); }
    GuardedBytes(GuardedBytes &&) noexcept = default;
    GuardedBytes &operator=(GuardedBytes &&) noexcept = default;

    GuardedBytes clone() const { return GuardedBytes(view()); }
    FixedView<N> view() const { return FixedView<N>(m_bytes.get(), N); }
    std::span<std::uint8_t, N> writable() { return std::span<std::uint8_t, N>(m_bytes.get(), N); }
    /// Constant time.
    bool equals(FixedView<N> other) const
    {
        return constant_time::answer(sodium_memcmp(m_bytes.get(), other.data(), N)) == 0;
    }

private:
    struct Free {
        void operator()(std::uint8_t *bytes) const { sodium_free(bytes); } // wipes
    };
    std::unique_ptr<std::uint8_t, Free> m_bytes;
};

/// After libsodium's Argon2id, which leaves what it computed below the caller's frame: that is overwritten.
inline void wipeStackBelow() { sodium_stackzero(16 * 1024); }

/// Passphrases, serialised states, opened plaintexts: any length, wiped always.
class SecretBuffer {
public:
    SecretBuffer() = default;
    explicit SecretBuffer(std::size_t size) : m_bytes(size, 0) { }
    explicit SecretBuffer(ByteView source) : m_bytes(source.begin(), source.end()) { }
    ~SecretBuffer() { wipe(); }
    SecretBuffer(const SecretBuffer &) = delete;
    SecretBuffer &operator=(const SecretBuffer &) = delete;
    SecretBuffer(SecretBuffer &&other) noexcept : m_bytes(std::move(other.m_bytes)) { other.m_bytes.clear(); }
    SecretBuffer &operator=(SecretBuffer &&other) noexcept
    {
        if (this != &other) {
            wipe();
            m_bytes = std::move(other.m_bytes);
            other.m_bytes.clear();
        }
        return *this;
    }

    SecretBuffer clone() const { return SecretBuffer(view()); }
    ByteView view() const { return m_bytes; }
    std::span<std::uint8_t> writable() { return m_bytes; }
    std::size_t size() const { return m_bytes.size(); }
    bool empty() const { return m_bytes.empty(); }

    /// Appends without leaving an unwiped copy behind when the storage must grow.
    void append(ByteView more)
    {
        if (m_bytes.size() + more.size() > m_bytes.capacity()) {
            std::vector<std::uint8_t> grown;
            grown.reserve(std::max(m_bytes.size() + more.size(), m_bytes.capacity() * 2));
            grown.assign(m_bytes.begin(), m_bytes.end());
            wipe();
            m_bytes = std::move(grown);
        }
        m_bytes.insert(m_bytes.end(), more.begin(), more.end());
    }
    /// Shrinks; the part cut off is wiped. Precondition: size <= size().
    void truncate(std::size_t size)
    {
        sodium_memzero(m_bytes.data() + size, m_bytes.size() - size);
        m_bytes.resize(size);
    }
    void wipe()
    {
        if (!m_bytes.empty())
            sodium_memzero(m_bytes.data(), m_bytes.size());
        m_bytes.clear();
    }

private:
    std::vector<std::uint8_t> m_bytes;
};

} // namespace tacet::crypto
