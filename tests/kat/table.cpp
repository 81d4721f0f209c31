// Tables as RFCs print them:
//     # tacet-kat table: HKDF-SHA-256         the algorithm of the whole file
//     ikm  = 0b0b 0b0b                        hexadecimal, spaces allowed; `text:` before plain ASCII
//     okm  = …
//                                             a blank line ends a case; other lines with # are comments
#include "crypto/aead.h"
#include "crypto/ed25519.h"
#include "crypto/hkdf.h"
#include "crypto/keccak.h"
#include "tests/kat/runners.h"

#include <QMap>

namespace tacet::kat {
using namespace Qt::StringLiterals;
using namespace crypto;
namespace {

class Case {
public:
    void set(const QString &name, const QString &value)
    {
        QString hex = value;
        if (value.startsWith("text:"_L1))
            m_values[name] = [&] {
                Bytes out;
                append(out, value.mid(5).trimmed().toStdString());
                return out;
            }();
        else
            m_values[name] = hexBytes(hex.remove(u' '));
    }
    bool empty() const { return m_values.isEmpty(); }
    Bytes operator[](QLatin1StringView name) const { return m_values.value(name); }
    /// Zeros when the length is another: no case passes with those.
    template<std::size_t N>
    FixedBytes<N> fixed(QLatin1StringView name) const
    {
        const Bytes bytes = (*this)[name];
        FixedBytes<N> out{};
        if (bytes.size() == N)
            std::copy(bytes.begin(), bytes.end(), out.begin());
        return out;
    }

private:
    QMap<QString, Bytes> m_values;
};

bool hkdfFits(const Case &test)
{
    const SecretBytes<32> prk = hkdfExtract(test["salt"_L1], test["ikm"_L1]);
    Bytes out(test["okm"_L1].size());
    hkdfExpand(out, prk.view(), test["info"_L1]);
    return same(prk.view(), test["prk"_L1]) && !out.empty() && out == test["okm"_L1];
}

bool hmacFits(const Case &test)
{
    FixedBytes<32> out;
    hmacSha256(out, test["key"_L1], {test["data"_L1]});
    return same(out, test["hmac"_L1]);
}

bool x25519Fits(const Case &test)
{
    const auto pair = X25519KeyPair::fromSecret(SecretBytes<32>(test.fixed<32>("secret"_L1)));
    const auto shared = pair.agree({test.fixed<32>("public"_L1)});
    return shared && same(shared->view(), test["shared"_L1]);
}

bool ed25519Fits(const Case &test)
{
    const OwnIdentity identity = OwnIdentity::fromSeed(test.fixed<32>("seed"_L1));
    const auto signature = Signature::from(test["signature"_L1]);
    return signature && same(identity.publicKey().view(), test["public"_L1]) && identity.sign(test["message"_L1]) == signature
        && verify(identity.publicKey(), test["message"_L1], *signature);
}

bool aeadFits(const Case &test)
{
    const Bytes text = test["text"_L1];
    Bytes sealed(text.size() + kAeadTagSize);
    aeadSeal(sealed, test.fixed<32>("key"_L1), test.fixed<24>("nonce"_L1), test["ad"_L1], text);
    return sealed == test["sealed"_L1];
}

bool sha3Fits(const Case &test)
{
    FixedBytes<32> out;
    keccak::sha3_256(out, {test["message"_L1]});
    return same(out, test["hash"_L1]);
}

using Runner = bool (*)(const Case &);

Runner runnerOf(const QString &algorithm)
{
    static const QMap<QString, Runner> kRunners{
        {u"HKDF-SHA-256"_s, hkdfFits}, {u"HMAC-SHA-256"_s, hmacFits}, {u"X25519"_s, x25519Fits},
        {u"Ed25519"_s, ed25519Fits}, {u"XChaCha20-Poly1305"_s, aeadFits}, {u"SHA3-256"_s, sha3Fits}};
    return kRunners.value(algorithm, nullptr);
}

} // namespace

void runTable(const QString &name, const QByteArray &table, Report &report)
{
    const QStringList lines = QString::fromUtf8(table).split(u'\n');
    const QString algorithm = lines[0].section(u':', 1).trimmed();
    const Runner run = runnerOf(algorithm);
    if (!run) {
        report.unknown(u"%1: %2"_s.arg(name, algorithm));
        return;
    }
    Case current;
    int number = 0;
    const auto finish = [&] {
        if (!current.empty())
            report.check(run(current), u"%1: case %2"_s.arg(name).arg(++number));
        current = Case();
    };
    for (const QString &line : lines.mid(1)) {
        if (line.startsWith(u'#'))
            continue;
        if (line.trimmed().isEmpty())
            finish();
        else
            current.set(line.section(u'=', 0, 0).trimmed(), line.section(u'=', 1).trimmed());
    }
    finish();
}

} // namespace tacet::kat
