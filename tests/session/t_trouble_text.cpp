// Every code has its own sentence; nothing from outside can write over the words around it.
#include "app/session/trouble_text.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using chat::Trouble;
using chat::TroubleCode;

namespace {

constexpr int kFirst = int(TroubleCode::NoProfile);
constexpr int kLast = int(TroubleCode::BackupBusy);

} // namespace

class TestTroubleText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyCode_hasItsOwnSentence()
    {
        const QString internal = session::troubleText({TroubleCode::Internal});
        QHash<QString, int> seen;
        for (int code = kFirst; code <= kLast; ++code) {
            const QString text = session::troubleText({TroubleCode(code), u"host.example"_s, 7}, u"Ines"_s);
            QVERIFY2(!text.isEmpty(), qPrintable(QString::number(code)));
            QVERIFY2(text.endsWith(u'.') || text.endsWith(u'?'), qPrintable(text));
            QVERIFY2(text.at(0).isUpper() || text.at(0).unicode() == 0x2068, qPrintable(text));
            QVERIFY2(!text.contains(u'%') && !text.contains(u'\n') && !text.contains(u'!'), qPrintable(text));
            QVERIFY2(!seen.contains(text), qPrintable(text));
            seen.insert(text, code);
            if (code != int(TroubleCode::Internal))
                QVERIFY2(!text.startsWith(internal), qPrintable(QString::number(code)));
        }
        QVERIFY(session::troubleText({TroubleCode::None}).isEmpty());
    }

    void sentences_useTheHousesWords()
    {
        static const QStringList banned{u"invalid"_s, u"failed"_s, u"oops"_s, u"user"_s, u"secure"_s, u"military"_s,
            u"sorry"_s, u" we "_s};
        for (int code = kFirst; code <= kLast; ++code) {
            const QString text = session::troubleText({TroubleCode(code)});
            for (const QString &word : banned)
                QVERIFY2(!text.contains(word, Qt::CaseInsensitive), qPrintable(text));
        }
    }

    void withoutName_saysThisContact()
    {
        QVERIFY(session::troubleText({TroubleCode::AlreadyContact}).startsWith(u"This contact is already"_s));
        QVERIFY(session::troubleText({TroubleCode::AlreadyContact}, u"Ines"_s).startsWith(u"\u2068Ines\u2069 is"_s));
    }

    void paths_areNoReasons()
    {
        for (const TroubleCode code : {TroubleCode::ReadOnly, TroubleCode::DiskError, TroubleCode::BackupNotWritten,
                 TroubleCode::FileMissing, TroubleCode::FolderMissing, TroubleCode::NotAFile, TroubleCode::BackupStopped}) {
            const QString text = session::troubleText({code, u"/media/stick/a.tacet"_s});
            QVERIFY2(text.contains(u"\u2068/media/stick/a.tacet\u2069"_s), qPrintable(text));
            QVERIFY2(!text.contains(u"reason"_s), qPrintable(text));
        }
    }

    void unknownNumber_isInternal()
    {
        QCOMPARE(session::troubleText(9999, {}), session::troubleText({TroubleCode::Internal}));
        QCOMPARE(session::troubleText(-4, {}), session::troubleText({TroubleCode::Internal}));
    }

    void outsideText_cannotEscape_data()
    {
        QTest::addColumn<QString>("outside");
        QTest::addColumn<QString>("shown");
        QTest::newRow("terminal escape") << u"\u001b[2Jgone"_s << u"\uFFFD[2Jgone"_s;
        QTest::newRow("C1 escape") << u"\u009b2J"_s << u"\uFFFD2J"_s;
        QTest::newRow("override") << u"abc\u202Edcb\u2066"_s << u"abc\uFFFDdcb\uFFFD"_s;
        QTest::newRow("lines") << u"a\nb\u2028c"_s << u"a b\uFFFDc"_s;
        QTest::newRow("markup stays what it is") << u"<img src=http://x>"_s << u"<img src=http://x>"_s;
        QTest::newRow("percent") << u"%1 %2 %n"_s << u"%1 %2 %n"_s;
        QTest::newRow("long") << QString(5000, u'x') << QString(160, u'x') + u'\u2026';
    }

    void outsideText_cannotEscape()
    {
        QFETCH(QString, outside);
        QFETCH(QString, shown);
        QCOMPARE(session::printable(outside), shown);
        QVERIFY(session::troubleText({TroubleCode::RelayRefused, outside}).contains(shown));
        QVERIFY(session::troubleText({TroubleCode::NewHost, outside}).contains(shown));
    }

    void reasons_endInOneFullStop()
    {
        const QString text = session::troubleText({TroubleCode::OwnRelayNotStarted, u"The port could not be opened."_s});
        QVERIFY2(text.endsWith(u"\u2068The port could not be opened\u2069."_s), qPrintable(text));
        QVERIFY(session::troubleText({TroubleCode::OwnRelayNotStarted, u"."_s}) == session::troubleText({TroubleCode::OwnRelayNotStarted}));
    }

    // "Test again" on a relay in use, a relay that was to be added, this computer's own: none is the other.
    void relayThatIsNotUsable_saysWhatFollows()
    {
        const auto text = [](TroubleCode code) { return session::troubleText({code, u"relay.example: blocked"_s}); };
        QVERIFY(text(TroubleCode::RelayTestFailed).contains(u"one of your relays stays one"_s));
        QVERIFY(text(TroubleCode::RelayNotAdded).contains(u"so it was not added"_s));
        QVERIFY(text(TroubleCode::OwnRelayNotStarted).contains(u"could not start"_s));
        for (const TroubleCode code : {TroubleCode::RelayTestFailed, TroubleCode::RelayNotAdded, TroubleCode::OwnRelayNotStarted})
            QVERIFY(!text(code).contains(u"refused."_s) && !text(code).contains(u"other relays are tried"_s));
    }

    void sentences_leadSomewhere()
    {
        QVERIFY(session::troubleText({TroubleCode::PassphraseTooShort, {}, 8}).contains(u"at least 8 characters"_s));
        QVERIFY(session::troubleText({TroubleCode::PrivateHost, u"10.0.0.7"_s}).contains(u"add the relay at that address"_s));
        QVERIFY(session::troubleText({TroubleCode::NoTerminal, u"--passphrase-file"_s}).contains(u"name that with --passphrase-file."_s));
        // The command line has no Settings.
        QVERIFY(!session::troubleText({TroubleCode::ProxyDown}).contains(u"Settings"_s));
        QVERIFY(session::troubleText({TroubleCode::BadRelayUrl}).contains(u"ws://"_s));
        QVERIFY(session::troubleText({TroubleCode::BadRelayUrl}).contains(u"at most 100 characters"_s));
    }

    void spans_takeTheLargestUnit_data()
    {
        QTest::addColumn<qint64>("ms");
        QTest::addColumn<QString>("text");
        QTest::newRow("1") << qint64(1000) << u"1 second"_s;
        QTest::newRow("35") << qint64(35'000) << u"35 seconds"_s;
        QTest::newRow("minutes") << qint64(240'000) << u"4 minutes"_s;
        QTest::newRow("hours") << qint64(-3 * 3600'000) << u"3 hours"_s;
        QTest::newRow("days") << qint64(9) * 86400'000 << u"9 days"_s;
        QTest::newRow("absurd") << qint64(0x7fffffffffff) << u"1000000 days"_s;
    }

    void spans_takeTheLargestUnit()
    {
        QFETCH(qint64, ms);
        QFETCH(QString, text);
        QCOMPARE(session::spanText(ms), text);
        QVERIFY(session::clockText(ms).contains(text));
    }
};

TACET_TEST_UNIT("t_trouble_text", TestTroubleText)
#include "t_trouble_text.moc"
