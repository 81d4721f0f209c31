#include "app/session/single_instance.h"

#include "crypto/hkdf.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLocalSocket>
#include <QStandardPaths>
#include <QTimer>

#include <filesystem>

using namespace Qt::StringLiterals;

namespace tacet::session {
namespace {

constexpr qint64 kMaxLink = 4096;      // an invitation is at most 213 characters, a web address before it some more
constexpr int kConnectMs = 500;        // a live process answers within a few; a dead socket refuses at once
constexpr int kReceiveMs = 2000;       // who says nothing is hung up on

/// One name for one folder, however it is spelled, also before it exists: links are followed, a slash at its end is none.
std::string placeOf(const QString &folder)
{
    const std::filesystem::path given(QFile::encodeName(QFileInfo(folder).absoluteFilePath()).toStdString());
    std::error_code unreadable;
    std::filesystem::path place = std::filesystem::weakly_canonical(given, unreadable);
    if (unreadable)
        place = given.lexically_normal();
    return (place.has_filename() ? place : place.parent_path()).string();
}

QString socketPath(const QString &profileFolder)
{
    const QString runtime = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    if (runtime.isEmpty())
        return {};
    const std::string path = placeOf(profileFolder);
    const auto digest = crypto::sha256(crypto::asBytes(path));
    const std::string name = crypto::toHex(crypto::ByteView(digest).first(8));
    return QDir(runtime).filePath(u"tacet-"_s + QString::fromStdString(name));
}

} // namespace

SingleInstance::SingleInstance(const QString &profileFolder, QObject *parent)
    : QObject(parent), m_path(socketPath(profileFolder))
{
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::receive);
}

bool SingleInstance::handOver(const QString &link)
{
    if (m_path.isEmpty())
        return false;
    QLocalSocket socket;
    socket.connectToServer(m_path);
    if (!socket.waitForConnected(kConnectMs))
        return false;
    socket.write(link.toUtf8() + '\n');
    if (!socket.waitForBytesWritten(kConnectMs))
        return false;
    // The first process answers one byte, so that a hung one is not taken for a live one.
    return socket.waitForReadyRead(kReceiveMs);
}

bool SingleInstance::listen()
{
    if (m_path.isEmpty())
        return false;
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    if (m_server.listen(m_path))
        return true;
    // A socket file that nobody answers is what a killed process left behind.
    QLocalServer::removeServer(m_path);
    return m_server.listen(m_path);
}

void SingleInstance::receive()
{
    while (QLocalSocket *socket = m_server.nextPendingConnection()) {
        socket->setReadBufferSize(kMaxLink);
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        QTimer::singleShot(kReceiveMs, socket, [socket] { socket->abort(); });
        const auto readLine = [this, socket] {
            if (!socket->canReadLine() && socket->bytesAvailable() < kMaxLink)
                return;
            const QByteArray line = socket->readLine(kMaxLink);
            socket->write("+", 1);
            socket->flush();
            socket->disconnectFromServer();
            Q_EMIT linkHandedOver(line.endsWith('\n') ? QString::fromUtf8(line).trimmed() : QString());
        };
        connect(socket, &QLocalSocket::readyRead, this, readLine);
        if (socket->bytesAvailable() > 0)
            readLine();
    }
}

} // namespace tacet::session
