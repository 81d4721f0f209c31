// One process per profile, however its folder is spelled and whether it exists yet.
#include "app/session/single_instance.h"
#include "tests/support/unit_registry.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <memory>

using namespace Qt::StringLiterals;
using namespace tacet;

class TestSingleInstance : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_runtime;
    QByteArray m_before;

    /// A later process; it waits for the first one's answer, and so has a thread of its own here.
    static bool handsOver(const QString &folder)
    {
        bool taken = false;
        const std::unique_ptr<QThread> later(QThread::create([&] { taken = session::SingleInstance(folder).handOver(u"a link"_s); }));
        QSignalSpy ended(later.get(), &QThread::finished);
        later->start();
        const bool isOver = ended.wait(20'000);
        later->wait();
        return isOver && taken;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_before = qgetenv("XDG_RUNTIME_DIR");
        qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_runtime.path()));
    }
    void cleanupTestCase() { qputenv("XDG_RUNTIME_DIR", m_before); }

    void oneFolder_isOneInstance_data()
    {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("later");
        QTest::addColumn<bool>("same");
        QTest::newRow("as it is") << u"alice"_s << u"alice"_s << true;
        QTest::newRow("slash") << u"alice"_s << u"alice/"_s << true;
        QTest::newRow("dots") << u"alice"_s << u"bob/../alice/."_s << true;
        QTest::newRow("link") << u"alice"_s << u"link"_s << true;
        QTest::newRow("before it was made") << u"new"_s << u"new/"_s << true;
        QTest::newRow("another") << u"alice"_s << u"bob"_s << false;
    }
    void oneFolder_isOneInstance()
    {
        QFETCH(QString, first);
        QFETCH(QString, later);
        QFETCH(bool, same);
        QTemporaryDir folder;
        const QDir in(folder.path());
        QVERIFY(in.mkdir(u"alice"_s) && in.mkdir(u"bob"_s));
        QVERIFY(QFile::link(in.filePath(u"alice"_s), in.filePath(u"link"_s)));
        session::SingleInstance instance(in.path() + u'/' + first);
        QSignalSpy started(&instance, &session::SingleInstance::linkHandedOver);
        QVERIFY(instance.listen());
        QVERIFY(in.mkpath(first)); // the first process makes it
        QCOMPARE(handsOver(in.path() + u'/' + later), same);
        QCOMPARE(started.count(), same ? 1 : 0);
    }
};

TACET_TEST_UNIT("t_single_instance", TestSingleInstance)
#include "t_single_instance.moc"
