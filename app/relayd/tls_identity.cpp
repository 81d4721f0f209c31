#include "app/relayd/tls_identity.h"

#include <QDateTime>
#include <QFile>
#include <QSslCertificate>
#include <QSslKey>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>

namespace tacet::relayd {
namespace {

constexpr qint64 kMaximumPem = 1024 * 1024; ///< a chain of certificates is a few kilobytes

std::optional<QByteArray> contents(const std::filesystem::path &path)
{
    QFile file(QString::fromStdString(path.string()));
    if (!file.open(QIODevice::ReadOnly) || file.size() > kMaximumPem)
        return std::nullopt;
    return file.read(kMaximumPem);
}

std::unique_ptr<BIO, int (*)(BIO *)> memory(const QByteArray &bytes)
{
    return {BIO_new_mem_buf(bytes.constData(), int(bytes.size())), &BIO_free};
}

/// An empty passphrase instead of OpenSSL's question on the terminal.
int noPassphrase(char *, int, int, void *)
{
    return 0;
}

/// Qt's QSslKey cannot tell which certificate it belongs to; OpenSSL can. Empty: they match.
std::string objection(const QByteArray &certificate, const QByteArray &key, const TlsFiles &files)
{
    const auto certificateBytes = memory(certificate);
    const auto keyBytes = memory(key);
    const std::unique_ptr<X509, void (*)(X509 *)> own(PEM_read_bio_X509(certificateBytes.get(), nullptr, noPassphrase, nullptr), &X509_free);
    if (!own)
        return "There is no certificate in " + files.certificate.string() + ".";
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY *)> secret(PEM_read_bio_PrivateKey(keyBytes.get(), nullptr, noPassphrase, nullptr), &EVP_PKEY_free);
    if (!secret)
        return "There is no private key without passphrase in " + files.key.string() + ".";
    if (X509_check_private_key(own.get(), secret.get()) != 1)
        return "The key in " + files.key.string() + " does not belong to the certificate in " + files.certificate.string()
            + " (the relay's own certificate must be the first in it).";
    return {};
}

QSslKey readKey(const QByteArray &pem)
{
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Ec, QSsl::Rsa}) {
        const QSslKey key(pem, algorithm, QSsl::Pem, QSsl::PrivateKey);
        if (!key.isNull())
            return key;
    }
    return {};
}

} // namespace

Result<TlsIdentity, std::string> readTlsIdentity(const TlsFiles &files, std::int64_t nowSeconds)
{
    if (!QSslSocket::supportsSsl())
        return fail(std::string("Qt cannot use TLS on this computer: its OpenSSL library is missing."));
    const auto certificate = contents(files.certificate);
    if (!certificate)
        return fail("The certificate file " + files.certificate.string() + " cannot be read.");
    auto key = contents(files.key);
    if (!key)
        return fail("The key file " + files.key.string() + " cannot be read.");
    const std::string words = objection(*certificate, *key, files);
    const QSslKey secret = words.empty() ? readKey(*key) : QSslKey();
    key->fill('\0');
    if (!words.empty())
        return fail(words);
    if (secret.isNull())
        return fail("The key in " + files.key.string() + " is neither RSA nor an elliptic curve.");

    TlsIdentity identity;
    const QList<QSslCertificate> chain = QSslCertificate::fromData(*certificate, QSsl::Pem);
    identity.configuration = QSslConfiguration::defaultConfiguration();
    identity.configuration.setLocalCertificateChain(chain);
    identity.configuration.setPrivateKey(secret);
    identity.configuration.setProtocol(QSsl::TlsV1_2OrLater);
    identity.configuration.setPeerVerifyMode(QSslSocket::VerifyNone); // clients prove keys by AUTH, not by certificates
    identity.configuration.setAllowedNextProtocols({QByteArrayLiteral("http/1.1")});
    const auto now = QDateTime::fromSecsSinceEpoch(nowSeconds);
    identity.isExpired = now > chain.first().expiryDate() || now < chain.first().effectiveDate();
    std::error_code ignored;
    const auto permissions = std::filesystem::status(files.key, ignored).permissions();
    using std::filesystem::perms;
    identity.keyIsExposed = (permissions & (perms::others_read | perms::others_write | perms::group_write)) != perms::none;
    return identity;
}

} // namespace tacet::relayd
