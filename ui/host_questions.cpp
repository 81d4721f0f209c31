#include "ui/host_questions.h"

#include "app/session/trouble_text.h"
#include "ui/guarded.h"
#include "ui/main_window.h"
#include "ui/rich_runs.h"
#include "ui/sheet.h"

#include <QApplication>
#include <QLineEdit>
#include <QPlainTextEdit>

#include <algorithm>
#include <memory>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

/// Somebody is in the middle of a sentence, also while they look something up in another program.
bool isWriting(const QWidget &window)
{
    const QWidget *focused = window.focusWidget();
    if (const auto *text = qobject_cast<const QPlainTextEdit *>(focused))
        return !text->isReadOnly() && !text->document()->isEmpty();
    const auto *line = qobject_cast<const QLineEdit *>(focused);
    return line && !line->isReadOnly() && !line->text().isEmpty();
}

} // namespace

HostQuestions::HostQuestions(const Parts &parts, MainWindow &window, QObject *parent)
    : QObject(parent)
    , m_parts(parts)
    , m_window(window)
{
    connect(qApp, &QApplication::focusChanged, this, &HostQuestions::next, Qt::QueuedConnection);
}

void HostQuestions::ask(const chat::ContactId &chat, const QString &host)
{
    const auto same = [&host](const Asked &asked) { return asked.host == host; };
    if (m_putOff.contains(chat) || (m_open && m_asked.host == host)
        || std::any_of(m_waiting.begin(), m_waiting.end(), same))
        return;
    const auto ofThem = [&chat](const Asked &asked) { return asked.chat == chat; };
    if (std::count_if(m_waiting.begin(), m_waiting.end(), ofThem) >= kMostOfOne)
        m_waiting.erase(std::find_if(m_waiting.begin(), m_waiting.end(), ofThem)); // they moved on from there
    if (m_waiting.size() < kMostWaiting)
        m_waiting.append({chat, host});
    next();
}

void HostQuestions::wroteTo(const chat::ContactId &chat)
{
    m_putOff.remove(chat);
    QMetaObject::invokeMethod(this, &HostQuestions::next, Qt::QueuedConnection); // the composer is empty by then
}

void HostQuestions::forget()
{
    if (m_open)
        m_open->withdraw();
    m_open = nullptr;
    m_waiting.clear();
    m_putOff.clear();
    m_asked = {};
}

bool HostQuestions::isMoment() const
{
    return m_window.isShowingChats() && !m_window.isSheetOpen() && !isWriting(m_window);
}

void HostQuestions::next()
{
    if (!m_open && !m_waiting.isEmpty() && isMoment())
        open(m_waiting.takeFirst());
}

void HostQuestions::open(const Asked &asked)
{
    m_asked = asked;
    // A contact moved its mailbox. Until this is answered nothing goes there, and nothing is lost.
    auto *question = new Question(m_parts.look, m_window.sheetHost(), tr("Connect to a new host?"),
        tr("A contact reads at %1 now, which you have never used. Messages to them wait here until you agree.")
            .arg(isolatedName(session::printable(asked.host, 80))),
        u"newHostQuestion"_s);
    question->setUnasked();
    question->setSafeAnswer(tr("Not now"));
    question->addAct(tr("Connect"), ButtonKind::Primary, u"newHostYes"_s);
    m_open = question;
    const auto agreed = std::make_shared<bool>(false);
    connect(question, &Question::taken, this, [this, asked, agreed] {
        *agreed = true;
        allow(asked.host);
    });
    connect(question, &Sheet::closed, this, [this, asked, agreed] {
        m_open = nullptr;
        if (!*agreed)
            putOff(asked.chat);
        next();
    }, Qt::QueuedConnection); // after taken(), which follows closed()
    question->open();
}

void HostQuestions::putOff(const chat::ContactId &chat)
{
    m_putOff.insert(chat);
    m_waiting.removeIf([&chat](const Asked &asked) { return asked.chat == chat; });
}

void HostQuestions::allow(const QString &host)
{
    m_parts.session.allowHost(host, guarded(this, [this](const chat::Outcome<Done> &allowed) {
        if (!allowed.ok())
            m_window.say(session::troubleText(allowed.error()));
    }));
}

} // namespace tacet::ui
