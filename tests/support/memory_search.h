#pragma once
// Looks for a secret in this process's own memory: the heap, every stack, static buffers, all that may be written.
// What is looked for is held under a mask only, so that the search never finds itself.
#include "crypto/bytes.h"

#include <QStringList>

#include <vector>

namespace tacet::test {

/// A secret as a test remembers it.
class Needle {
public:
    /// `secret`: at least two bytes. What holds it in the clear is the caller's to wipe.
    Needle(const char *name, crypto::ByteView secret);
    /// The same text as QString would hold it, for secrets that pass through a window.
    static Needle utf16(const char *name, crypto::ByteView ascii);

    const char *name() const { return m_name; }
    std::size_t size() const { return m_masked.size(); }
    std::uint8_t first() const;
    bool isAt(const std::uint8_t *place) const;

private:
    const char *m_name;
    std::vector<std::uint8_t> m_masked;
};

/// Names of the writable mappings in which the needle lies, one entry a place; empty: it is nowhere.
QStringList placesOf(const Needle &needle);
/// Fails the test that calls it where the needle is anywhere.
void verifyGone(const Needle &needle);

} // namespace tacet::test
