// Names and texts from outside in every place that shows them: as the characters they are, and without a request to
// any network or file (tests/ui/hostile.h has the corpus).
#include "tests/support/unit_registry.h"
#include "tests/ui/hostile.h"
#include "tests/ui/window_stage.h"
#include "ui/chat_column.h"
#include "ui/chat_page.h"
#include "ui/message_sheets.h"
#include "ui/message_view.h"
#include "ui/message_words.h"
#include "ui/rich_runs.h"
#include "ui/tool_tip.h"

#include <QAbstractButton>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QRegularExpression>
#include <QTest>
#include <QTextDocument>
#include <QTextEdit>
#include <QTimeZone>

#include <climits>

#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;
using namespace tacet::ui;

namespace {

/// The sockets and files that the process has open, as "3 socket:[4711]": a fetched picture would be one that was not there
/// before.
QSet<QString> openThings()
{
    QSet<QString> things;
    const QDir folder(u"/proc/self/fd"_s);
    for (const QString &fd : folder.entryList(QDir::Files | QDir::System)) {
        char target[PATH_MAX]; // as it is: Qt would make a path of "socket:[4711]"
        const ssize_t size = ::readlink(QFile::encodeName(folder.filePath(fd)).constData(), target, sizeof target);
        if (size > 0)
            things.insert(fd + u' ' + QString::fromLocal8Bit(target, size));
    }
    return things;
}

/// What a picture would have been fetched through.
QStringList fetchedSince(const QSet<QString> &before)
{
    QSet<QString> opened = openThings() - before;
    opened.removeIf([](const QString &thing) { return !thing.contains(u"socket:"_s) && !thing.contains(u"passwd"_s); });
    return opened.values();
}

/// Every label of the window is plain text, and nothing in it can hold markup at all.
void checkLiveWidgets(const QWidget &root)
{
    for (const QLabel *label : root.findChildren<QLabel *>())
        QVERIFY2(label->textFormat() == Qt::PlainText, qPrintable(label->objectName() + label->text().left(60)));
    QVERIFY(root.findChildren<QTextEdit *>().isEmpty());
    for (const QWidget *widget : root.findChildren<QWidget *>()) {
        // Tooltips guess whether their text is markup; text from outside never gets there.
        QVERIFY2(!Qt::mightBeRichText(widget->toolTip()), qPrintable(widget->toolTip()));
    }
}

} // namespace

class TestHostile : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void toolTips_areNeverMarkup()
    {
        QWidget widget;
        setPlainToolTip(&widget, u"To <img src=\"http://127.0.0.1:9/x\"> & <b>Ines</b>"_s);
        QTextDocument shown; // what Qt's tool tip does with a text that it takes for markup
        shown.setHtml(widget.toolTip());
        QCOMPARE(shown.toPlainText(), u"To <img src=\"http://127.0.0.1:9/x\"> & <b>Ines</b>"_s);
        setPlainToolTip(&widget, u"Lock now  Ctrl+L"_s);
        QCOMPARE(widget.toolTip(), u"Lock now  Ctrl+L"_s);
    }

    void cleanup() { resetLook(); }

    void names_thatLookLikeBlanksOfASentence_stayNames()
    {
        const Calendar calendar([] { return kDemoNow; }, QLocale(QLocale::English), QTimeZone::utc());
        const QString name = u"%2 %1"_s;
        chat::Message message;
        message.system = chat::SystemLine::Gap;
        message.text = u"7"_s;
        QCOMPARE(systemLineText(message, name), u"7 messages from \u2068%2 %1\u2069 have not arrived yet"_s);
        message = {};
        message.own = true;
        message.relays = 3;
        message.state = chat::MessageState::OnRelay;
        QCOMPARE(stateSentence(message, name, calendar),
            u"On 3 relays. \u2068%2 %1\u2069’s computer has not confirmed it yet."_s);
    }

    void everyPlace_showsItLiterally_data()
    {
        QTest::addColumn<QString>("text");
        int i = 0;
        for (const QString &text : hostileTexts())
            QTest::addRow("%d", i++) << text;
    }
    void everyPlace_showsItLiterally()
    {
        QFETCH(QString, text);
        WindowStage stage(false);
        const QSet<QString> before = openThings();
        const auto contact = stage.session.addContact(text, 3, chat::Trust::KeyChanged);
        stage.session.addMessage(contact, text, kDemoNow - 3000, false);
        stage.session.addMessage(contact, text, kDemoNow - 2000, true, chat::MessageState::Failed);
        stage.session.addSystemLine(contact, chat::SystemLine::NameChanged, kDemoNow - 1000, text);
        stage.session.summary(contact).keyChangedMs = kDemoNow;
        stage.session.changeChat(contact);
        settle();
        stage.window->openChat(contact);
        settle();
        stage.window->grab();
        MessageView *view = stage.window->chatPage()->view();
        QCOMPARE(view->count(), 3);
        QCOMPARE(view->model().at(0).text, text);
        checkLiveWidgets(*stage.window);

        // Draft, blocked line, request, banners, sheets, menu.
        stage.session.summary(contact).draft = text;
        stage.session.summary(contact).trust = chat::Trust::NotCompared;
        stage.session.summary(contact).blocked = true;
        stage.session.changeChat(contact);
        settle();
        (new DetailsSheet(sharedLook(), *stage.window, view->model().at(0), text, stage.calendar))->open();
        (new RenameSheet(sharedLook(), *stage.window, text, text))->open();
        stage.window->say(isolatedName(text));
        settle();
        stage.window->grab();
        checkLiveWidgets(*stage.window);
        QMenu *menu = view->menuFor(0);
        for (const QAction *action : menu->actions())
            QVERIFY(!action->text().contains(u'<'));
        delete menu;
        QCOMPARE(stage.window->windowTitle(), u"Tacet"_s);
        // Accessible names carry no override that would turn the sentence around.
        for (const QWidget *widget : stage.window->findChildren<QWidget *>()) {
            for (const QChar c : widget->accessibleName())
                QVERIFY(c.unicode() != 0x202E && c.unicode() != 0x202D && c.unicode() != 0x202B);
        }
        const QStringList fetched = fetchedSince(before);
        QVERIFY2(fetched.isEmpty(), qPrintable(fetched.join(u' ')));
    }

    void checker_findsAnOpenSocketAndFile()
    {
        const QSet<QString> before = openThings();
        QCOMPARE(fetchedSince(before), QStringList());
        const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        QVERIFY(socket >= 0);
        QCOMPARE(fetchedSince(before).size(), 1);
        ::close(socket);
        QCOMPARE(fetchedSince(before), QStringList());
        QFile file(u"/etc/passwd"_s);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(fetchedSince(before).size(), 1);
    }

    void sources_makeNoLabelOfTheirOwn()
    {
        // Label sets Qt::PlainText; whoever writes "new QLabel" would have to remember it.
        static const QRegularExpression maker(
            u"new\\s+QLabel\\b|new\\s+QMessageBox|QMessageBox::|new\\s+QText(Edit|Browser)|setHtml\\(|appendHtml\\("
            u"|Qt::RichText|Qt::AutoText|Qt::MarkdownText"_s);
        const QString sources = QStringLiteral(TACET_SOURCE_DIR) + u"/ui"_s;
        int read = 0;
        for (const QString &folder : QStringList{sources, sources + u"/desktop"_s}) {
            const QDir dir(folder);
            for (const QString &name : dir.entryList({u"*.cpp"_s, u"*.h"_s})) {
                QFile file(dir.filePath(name));
                QVERIFY(file.open(QIODevice::ReadOnly));
                const QString code = QString::fromUtf8(file.readAll());
                const auto match = maker.match(code);
                QVERIFY2(!match.hasMatch(), qPrintable(name + u": "_s + match.captured()));
                ++read;
            }
        }
        QVERIFY(read > 40);
        QVERIFY(maker.match(u"auto *l = new QLabel(this);"_s).hasMatch());
    }
};

TACET_TEST_UNIT("t_hostile", TestHostile)
#include "t_hostile.moc"
