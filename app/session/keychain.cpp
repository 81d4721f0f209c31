#include "app/session/keychain.h"

#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QDBusReply>
#include <QTimer>

#include <qt6keychain/keychain.h>

#include <memory>

namespace tacet::session {
using namespace Qt::StringLiterals;
using vault::SecretStoreError;
using vault::StoredSecret;

namespace {

const QString kService = u"Tacet"_s;

SecretStoreError errorFrom(QKeychain::Error error)
{
    switch (error) {
    case QKeychain::EntryNotFound: return SecretStoreError::NotFound;
    case QKeychain::AccessDeniedByUser:
    case QKeychain::AccessDenied: return SecretStoreError::Denied;
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented: return SecretStoreError::Unavailable;
    case QKeychain::NoError:
    case QKeychain::CouldNotDeleteEntry:
    case QKeychain::OtherError: break;
    }
    return SecretStoreError::Failed;
}

/// In place, also where other QByteArrays share the bytes: that is the point.
void wipe(const QByteArray &bytes)
{
    if (!bytes.isEmpty())
        sodium_memzero(const_cast<char *>(bytes.constData()), std::size_t(bytes.size()));
}

/// Runs a job and calls `finished(job)` once, or `finished(nullptr)` when patience ends first. A job that is under way
/// is never deleted (libsecret would call back into it): it ends by itself, unheard.
template<typename JobType, typename Finished>
void run(JobType *job, const std::string &name, QObject *context, std::chrono::milliseconds patience, Finished finished)
{
    job->setKey(QString::fromStdString(name));
    job->setAutoDelete(true);
    job->setInsecureFallback(false);
    auto *timer = new QTimer(context);
    timer->setSingleShot(true);
    const auto answered = std::make_shared<bool>(false);
    const auto once = [answered, timer, finished](JobType *done) {
        if (std::exchange(*answered, true))
            return;
        timer->deleteLater();
        finished(done);
    };
    QObject::connect(job, &QKeychain::Job::finished, context, [once, job] { once(job); });
    QObject::connect(timer, &QTimer::timeout, context, [once] { once(nullptr); });
    timer->start(patience);
    job->start();
}

} // namespace

Keychain::Keychain(std::chrono::milliseconds patience, QObject *parent) : QObject(parent), m_patience(patience) { }

bool Keychain::available() const
{
    const QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected() || !bus.interface())
        return false;
    const QDBusReply<QStringList> running = bus.interface()->registeredServiceNames();
    const QDBusReply<QStringList> startable = bus.interface()->activatableServiceNames();
    for (const QString &service : {u"org.freedesktop.secrets"_s, u"org.kde.kwalletd5"_s, u"org.kde.kwalletd6"_s}) {
        if ((running.isValid() && running.value().contains(service))
            || (startable.isValid() && startable.value().contains(service)))
            return true;
    }
    return false;
}

void Keychain::read(const std::string &name, ReadReply reply)
{
    if (!available())
        return reply(fail(SecretStoreError::Unavailable));
    run(new QKeychain::ReadPasswordJob(kService), name, this, m_patience, [reply](QKeychain::ReadPasswordJob *job) {
        if (!job)
            return reply(fail(SecretStoreError::Failed));
        if (job->error() != QKeychain::NoError)
            return reply(fail(errorFrom(job->error())));
        const QByteArray bytes = job->binaryData();
        if (bytes.size() != qsizetype(StoredSecret::kSize)) {
            wipe(bytes);
            return reply(fail(SecretStoreError::NotFound)); // something, but nothing of ours
        }
        StoredSecret secret(crypto::FixedView<StoredSecret::kSize>(
            reinterpret_cast<const std::uint8_t *>(bytes.constData()), StoredSecret::kSize));
        wipe(bytes);
        reply(std::move(secret));
    });
}

void Keychain::write(const std::string &name, crypto::FixedView<32> secret, Reply reply)
{
    if (!available())
        return reply(fail(SecretStoreError::Unavailable));
    auto *job = new QKeychain::WritePasswordJob(kService);
    QByteArray bytes(reinterpret_cast<const char *>(secret.data()), qsizetype(secret.size()));
    job->setBinaryData(bytes);
    const auto expected = std::make_shared<StoredSecret>(secret);
    run(job, name, this, m_patience, [this, name, expected, bytes, reply](QKeychain::WritePasswordJob *done) {
        if (!done) // still under way: its bytes must stay what they are
            return reply(fail(SecretStoreError::Failed));
        wipe(bytes);
        if (done->error() != QKeychain::NoError)
            return reply(fail(errorFrom(done->error())));
        read(name, [expected, reply](Result<StoredSecret, SecretStoreError> back) {
            if (!back)
                return reply(fail(back.error()));
            if (!back->equals(expected->view()))
                return reply(fail(SecretStoreError::Failed));
            reply(Done{});
        });
    });
}

void Keychain::remove(const std::string &name, Reply reply)
{
    if (!available())
        return reply(fail(SecretStoreError::Unavailable));
    run(new QKeychain::DeletePasswordJob(kService), name, this, m_patience, [reply](QKeychain::DeletePasswordJob *job) {
        if (!job)
            return reply(fail(SecretStoreError::Failed));
        // Gone is gone, whoever took it away.
        if (job->error() != QKeychain::NoError && job->error() != QKeychain::EntryNotFound)
            return reply(fail(errorFrom(job->error())));
        reply(Done{});
    });
}

} // namespace tacet::session
