// One client's socket without the server around it: who counts as being there.
#include "tests/relayd/socket_client.h"
#include "tests/support/manual_clock.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTcpServer>
#include <QTemporaryDir>

using namespace tacet;
using namespace tacet::relayd;
using test::note;

class TestClientSocket : public QObject, private ClientSession::Owner {
    Q_OBJECT
private Q_SLOTS:
    void slowReader_isThereAsLongAsItTakesSomething();

private:
    void sessionPublished(ClientSession &, const crypto::NostrEvent &, const std::string &) override { }
    bool sessionMayAct(ClientSession &, std::size_t) override { return true; }
    void sessionAsked(ClientSession &, std::int64_t) override { }
    void sessionProved(ClientSession &, const crypto::NostrPublicKey &) override { }

    test::ManualClock m_clock;
    test::SeededRandom m_random{13};
};

void TestClientSocket::slowReader_isThereAsLongAsItTakesSomething()
{
    const QTemporaryDir folder;
    const auto store = Store::open(folder.path().toStdString(), Store::Mode::Serve);
    QVERIFY(store.ok());
    for (int i = 0; i < 80; ++i)
        QVERIFY((*store)->add(note(m_clock.wallSeconds(), std::string(50'000, 'x'), m_random)).ok());
    QVERIFY((*store)->commit().ok());

    QTcpServer door;
    QVERIFY(door.listen(QHostAddress::LocalHost));
    QTcpSocket client;
    client.connectToHost(QHostAddress::LocalHost, door.serverPort());
    QVERIFY(test::waitUntil([&] { return door.hasPendingConnections(); }));
    QTcpSocket *accepted = door.nextPendingConnection();
    // So that the kernel and Qt hold far less than a megabyte.
    client.setReadBufferSize(64 * 1024);
    client.setSocketOption(QAbstractSocket::ReceiveBufferSizeSocketOption, 64 * 1024);
    accepted->setSocketOption(QAbstractSocket::SendBufferSizeSocketOption, 64 * 1024);

    const Limits limits;
    SnapshotBudget snapshots;
    ClientSocket::Backlog backlog;
    ClientSocket socket({m_clock, m_random, limits, **store, snapshots, 1}, accepted, {}, {"relay.example", "a", true}, backlog, *this);
    const QByteArray request = "[\"REQ\",\"a\",{\"kinds\":[1]}]";
    client.write(QByteArray("\x81") + char(0x80 | request.size()) + QByteArray(4, '\0') + request); // a mask that changes nothing

    for (int i = 0; i < 3; ++i) {
        qint64 left = 1'000'000;
        QVERIFY(test::waitUntil([&] {
            left -= client.read(left).size();
            return left == 0;
        }));
        QVERIFY2(socket.keepAlive(), qPrintable(QString::number(i)));
    }
    QByteArray heard;
    const auto hears = [&](const char *what) { return test::waitUntil([&] { return (heard += client.readAll()).contains(what); }); };
    QVERIFY(hears("[\"EOSE\",\"a\"]"));

    // Nothing waits any more: now it must answer.
    (void)socket.keepAlive();
    heard.clear();
    QVERIFY(hears("\x89")); // the ping
    QVERIFY(!socket.keepAlive());
}

TACET_TEST_UNIT("t_client_socket", TestClientSocket)
#include "t_client_socket.moc"
