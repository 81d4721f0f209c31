#pragma once
// Tor's control port, scripted: proves and demands the safe cookie as Tor does, answers what the test says, and can lie.
#include <QHash>
#include <QHostAddress>
#include <QMessageAuthenticationCode>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>

namespace tacet::test {

class ControlServer final : public QTcpServer {
public:
    ControlServer()
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = nextPendingConnection()) {
                client = socket;
                connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
                connect(socket, &QTcpSocket::readyRead, this, [this, socket] {
                    while (socket->canReadLine())
                        heard(*socket, socket->readLine().trimmed());
                });
            }
        });
    }

    /// What a client hears after a command that begins so; without a line of its own "250 OK".
    QHash<QByteArray, QByteArray> answers;
    QByteArray methods = "COOKIE,SAFECOOKIE";
    QByteArray cookie = QByteArray(32, 'c');
    QByteArray cookieFile; ///< as told to clients
    bool lies = false; ///< does not know the cookie, and wants to
    QList<QByteArray> heardCommands;
    QPointer<QTcpSocket> client;
    bool isOpen = false; ///< the client proved itself

    void tell(const QByteArray &line)
    {
        if (client)
            client->write(line + "\r\n");
    }

private:
    static QByteArray hmac(const char *key, const QByteArray &message)
    {
        return QMessageAuthenticationCode::hash(message, QByteArray(key), QCryptographicHash::Sha256);
    }

    void heard(QTcpSocket &socket, const QByteArray &command)
    {
        heardCommands.append(command);
        if (command.startsWith("PROTOCOLINFO")) {
            tell("250-PROTOCOLINFO 1\r\n250-AUTH METHODS=" + methods + " COOKIEFILE=\"" + cookieFile
                 + "\"\r\n250-VERSION Tor=\"0.4.7.16\"\r\n250 OK");
        } else if (command.startsWith("AUTHCHALLENGE SAFECOOKIE ")) {
            m_both = (lies ? QByteArray(32, 'x') : cookie) + QByteArray::fromHex(command.mid(25)) + QByteArray(32, 'n');
            tell("250 AUTHCHALLENGE SERVERHASH="
                 + hmac("Tor safe cookie authentication server-to-controller hash", m_both).toHex().toUpper()
                 + " SERVERNONCE=" + QByteArray(32, 'n').toHex().toUpper());
        } else if (command.startsWith("AUTHENTICATE")) {
            const QByteArray proof = hmac("Tor safe cookie authentication controller-to-server hash", m_both).toHex();
            isOpen = methods == "NULL" || command == "AUTHENTICATE " + proof;
            tell(isOpen ? "250 OK" : "515 Authentication failed");
        } else {
            for (auto answer = answers.begin(); answer != answers.end(); ++answer) {
                if (command.startsWith(answer.key()))
                    return tell(answer.value());
            }
            tell("250 OK");
        }
        Q_UNUSED(socket)
    }

    QByteArray m_both;
};

} // namespace tacet::test
