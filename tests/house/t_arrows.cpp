// Arrows point down only: ui -> app -> crypto. A wall that nobody checks is a drawing of a wall.
#include "tests/house/arrows.h"
#include "tests/support/unit_registry.h"

#include <QDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet::test;

class TestArrows : public QObject {
    Q_OBJECT

private:
    SourceTree m_tree;
    QSet<QString> m_widgets;

private Q_SLOTS:
    void initTestCase()
    {
        m_tree = readSourceTree(QStringLiteral(TACET_SOURCE_DIR));
        QVERIFY(m_tree.contains(u"crypto/bytes.h"_s));
        const QStringList names = QDir(QStringLiteral(TACET_QTWIDGETS_DIR)).entryList(QDir::Files);
        m_widgets = QSet<QString>(names.begin(), names.end());
        QVERIFY2(m_widgets.contains(u"QLabel"_s), TACET_QTWIDGETS_DIR);
    }

    void tree_keepsItsArrows()
    {
        const QStringList broken = brokenArrows(m_tree, m_widgets);
        QVERIFY2(broken.isEmpty(), qPrintable(u'\n' + broken.join(u'\n')));
    }

    void tree_hasNoIncludeCircles()
    {
        const QStringList circles = includeCircles(m_tree);
        QVERIFY2(circles.isEmpty(), qPrintable(u'\n' + circles.join(u'\n')));
    }

    // The checker itself: each wall is run into once.
    void checker_reports_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("line");
        QTest::addColumn<bool>("allowed");
        const auto row = [](const char *name, const QString &file, const QString &line, bool allowed) {
            QTest::newRow(name) << file << line << allowed;
        };
        row("crypto uses Qt", u"crypto/a.h"_s, u"#include <QByteArray>"_s, false);
        row("crypto uses a Qt module", u"crypto/a.h"_s, u"#  include <QtCore/qglobal.h>"_s, false);
        row("crypto uses app", u"crypto/a.cpp"_s, u"#include \"app/vault/v.h\""_s, false);
        row("crypto uses itself", u"crypto/a.cpp"_s, u"#include \"crypto/c.h\""_s, true);
        row("vault uses crypto", u"app/vault/a.h"_s, u"#include \"crypto/c.h\""_s, true);
        row("vault uses chat", u"app/vault/a.h"_s, u"#include \"app/chat/t.h\""_s, false);
        row("relay uses vault", u"app/relay/a.h"_s, u"#include \"app/vault/v.h\""_s, false);
        row("relay uses relayd", u"app/relay/a.h"_s, u"#include \"app/relayd/d.h\""_s, false);
        row("relayd uses relay", u"app/relayd/a.h"_s, u"#include \"app/relay/r.h\""_s, true);
        row("chat uses session", u"app/chat/a.h"_s, u"#include \"app/session/s.h\""_s, false);
        row("backup uses chat", u"app/backup/a.h"_s, u"#include \"app/chat/t.h\""_s, false);
        row("session uses chat", u"app/session/a.h"_s, u"#include \"app/chat/t.h\""_s, true);
        row("session uses cli", u"app/session/a.h"_s, u"#include \"app/cli/i.h\""_s, false);
        row("session uses ui", u"app/session/a.h"_s, u"#include \"ui/u.h\""_s, false);
        row("session uses a widget", u"app/session/a.h"_s, u"#include <QLabel>"_s, false);
        row("session uses widgets by module", u"app/session/a.h"_s, u"#include <QtWidgets/QLabel>"_s, false);
        row("main uses widgets and ui", u"app/main.cpp"_s, u"#include <QApplication>\n#include \"ui/u.h\""_s, true);
        row("another file in app", u"app/other.cpp"_s, u""_s, false);
        row("ui uses session", u"ui/a.h"_s, u"#include \"app/session/s.h\""_s, true);
        row("ui uses vault", u"ui/a.h"_s, u"#include \"app/vault/v.h\""_s, false);
        row("ui uses desktop", u"ui/a.h"_s, u"#include \"ui/desktop/n.h\""_s, false);
        row("ui uses D-Bus", u"ui/a.h"_s, u"#include <QDBusConnection>"_s, false);
        row("desktop uses D-Bus and ui", u"ui/desktop/a.h"_s, u"#include <QDBusConnection>\n#include \"ui/u.h\""_s, true);
        row("product uses tests", u"ui/a.h"_s, u"#include \"tests/support/x.h\""_s, false);
        row("not from the root", u"app/chat/a.cpp"_s, u"#include \"t.h\""_s, false);
        row("relative", u"app/chat/a.cpp"_s, u"#include \"../chat/t.h\""_s, false);
        row("a folder below", u"app/chat/deep/a.cpp"_s, u"#include \"app/session/s.h\""_s, false);
        row("crypto links Qt", u"crypto/CMakeLists.txt"_s, u"target_link_libraries(x Qt6::Core)"_s, false);
        row("app links widgets", u"app/chat/CMakeLists.txt"_s, u"target_link_libraries(x Qt6::Widgets)"_s, false);
        row("app links Qt's WebSockets", u"app/relay/CMakeLists.txt"_s, u"target_link_libraries(x Qt6::WebSockets)"_s, true);
    }

    void checker_reports()
    {
        QFETCH(QString, file);
        QFETCH(QString, line);
        QFETCH(bool, allowed);
        SourceTree tree;
        for (const QString &known : {u"crypto/c.h"_s, u"app/vault/v.h"_s, u"app/relay/r.h"_s, u"app/relayd/d.h"_s,
                 u"app/chat/t.h"_s, u"app/session/s.h"_s, u"app/cli/i.h"_s, u"ui/u.h"_s, u"ui/desktop/n.h"_s,
                 u"tests/support/x.h"_s})
            tree.insert(known, QString());
        tree.insert(file, line);
        QCOMPARE(brokenArrows(tree, m_widgets).isEmpty(), allowed);
    }

    void checker_findsCircles()
    {
        SourceTree tree;
        tree.insert(u"crypto/a.h"_s, u"#include \"crypto/b.h\"\n"_s);
        tree.insert(u"crypto/b.h"_s, u"#include \"crypto/c.h\"\n"_s);
        tree.insert(u"crypto/c.h"_s, QString());
        QCOMPARE(includeCircles(tree), QStringList());
        tree.insert(u"crypto/c.h"_s, u"#include \"crypto/a.h\"\n"_s);
        QCOMPARE(includeCircles(tree).size(), 1);
    }
};

TACET_TEST_UNIT("t_arrows", TestArrows)
#include "t_arrows.moc"
