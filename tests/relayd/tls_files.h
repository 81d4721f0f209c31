#pragma once
// A key and a self-signed certificate for 127.0.0.1, made fresh: no expiry date of a committed file ends a test.
#include "app/relayd/tls_identity.h"

#include <QFile>
#include <QSslCertificate>
#include <QTemporaryDir>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>

namespace tacet::test {

class TlsPair {
public:
    /// FOLDER/NAME.crt and FOLDER/NAME.key, mode 0600.
    static TlsPair make(const QString &folder, const QString &name)
    {
        TlsPair pair;
        const std::filesystem::path base = folder.toStdString();
        pair.m_files = {base / (name.toStdString() + ".crt"), base / (name.toStdString() + ".key")};
        EVP_PKEY *key = EVP_EC_gen("P-256");
        X509 *certificate = X509_new();
        X509_set_version(certificate, 2);
        static long serial = 0;
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * 3600);
        X509_set_pubkey(certificate, key);
        X509_NAME *subject = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char *>("small relay"), -1, -1, 0);
        X509_set_issuer_name(certificate, subject);
        extend(certificate, NID_subject_alt_name, "IP:127.0.0.1");
        extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
        X509_sign(certificate, key, EVP_sha256());
        std::FILE *file = std::fopen(pair.m_files.certificate.c_str(), "w");
        PEM_write_X509(file, certificate);
        std::fclose(file);
        file = std::fopen(pair.m_files.key.c_str(), "w");
        PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(file);
        std::filesystem::permissions(pair.m_files.key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        X509_free(certificate);
        EVP_PKEY_free(key);
        pair.m_certificate = QSslCertificate::fromPath(QString::fromStdString(pair.m_files.certificate.string())).value(0);
        return pair;
    }

    const relayd::TlsFiles &files() const { return m_files; }
    const QSslCertificate &certificate() const { return m_certificate; }

private:
    static void extend(X509 *certificate, int kind, const char *value)
    {
        X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
        X509_add_ext(certificate, extension, -1);
        X509_EXTENSION_free(extension);
    }
    relayd::TlsFiles m_files;
    QSslCertificate m_certificate;
};

} // namespace tacet::test
