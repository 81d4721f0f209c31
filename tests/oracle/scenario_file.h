#pragma once
// A scenario: a text file of "name: value" lines (tests/vectors/scenarios/README.md). Values are texts, numbers or
// base64; a name may come several times; "include" takes over the lines of a file in setup/.
#include "crypto/bytes.h"

#include <QMap>
#include <QString>
#include <QStringList>

namespace tacet::test {

class Scenario {
public:
    /// Nothing when a file is missing or a line is none.
    static std::optional<Scenario> read(const QString &folder, const QString &file);

    bool has(const char *name) const { return m_fields.contains(QString::fromLatin1(name)); }
    QStringList all(const char *name) const { return m_fields.value(QString::fromLatin1(name)); }
    /// Of a mistake in the file the answer is empty, and the test fails by its outcome.
    QString text(const char *name) const { return all(name).value(0); }
    std::int64_t number(const char *name) const { return text(name).toLongLong(); }
    crypto::Bytes bytes(const char *name) const { return bytesOf(text(name)); }
    template<std::size_t N>
    crypto::FixedBytes<N> fixed(const char *name) const
    {
        crypto::FixedBytes<N> out{};
        const crypto::Bytes value = bytes(name);
        std::copy_n(value.begin(), std::min(N, value.size()), out.begin());
        return out;
    }
    /// The file that a line names, beside the scenario or above.
    crypto::Bytes file(const char *name) const;

    static crypto::Bytes bytesOf(const QString &base64);

private:
    bool take(const QString &file);

    QString m_folder;
    QMap<QString, QStringList> m_fields;
};

} // namespace tacet::test
