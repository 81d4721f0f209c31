#include "ui/open_link_sheet.h"

#include "app/session/trouble_text.h"
#include "ui/announce.h"
#include "ui/avatar.h"
#include "ui/button_row.h"
#include "ui/card.h"
#include "ui/controls.h"
#include "ui/form.h"
#include "ui/guarded.h"
#include "ui/rich_runs.h"
#include "ui/scan_menu.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <utility>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using chat::LinkPreview;
using chat::TroubleCode;

namespace {

constexpr int kWidth = 480;
/// A link is 213 characters at most (PROTOCOL §3.2); a web address and white space around it may make it longer.
constexpr int kLongestPaste = 2000;
constexpr int kNoColour = 8;

/// Troubles after which the chat may be opened all the same: what is written waits.
bool mayWait(TroubleCode code)
{
    return code == TroubleCode::NoRelayReachable || code == TroubleCode::ProxyDown;
}

} // namespace

OpenLinkSheet::OpenLinkSheet(const Parts &parts, QWidget &host, const QString &link, const QString &from)
    : Sheet(parts.look, host, tr("Open a link"), u"openLinkSheet"_s, kWidth)
    , m_parts(parts)
    , m_fromOutside(!from.isEmpty())
    , m_from(from.isEmpty() ? tr("a link you pasted") : from)
    , m_askPart(new QWidget(this))
    , m_field(new Field(parts.look, tr("Link"), u"openLinkField"_s, m_askPart))
    , m_person(new QWidget(this))
    , m_avatar(new Avatar(parts.look, 56, m_person))
    , m_name(new OutsideLabel(parts.look, TypeRole::Name, {}, m_person))
    , m_origin(new Label(parts.look, TypeRole::Small, {}, m_person))
    , m_note(new Note(parts.look, Icon::Info, CardTone::Notice, {}, this))
    , m_whereBlock(new QWidget(this))
    , m_where(new Choice(parts.look, tr("Where to put this person"), u"openLinkWhere"_s, m_whereBlock))
    , m_problem(new Problem(parts.look, u"openLinkProblem"_s, this))
{
    Look &look = parts.look;
    auto *ask = new QVBoxLayout(m_askPart);
    ask->setContentsMargins(0, 0, 0, 0);
    ask->setSpacing(10);
    m_field->setMono(true);
    m_field->setMaxLength(kLongestPaste);
    m_field->setInputMethodHints(Qt::ImhNoPredictiveText | Qt::ImhNoAutoUppercase);
    addField(*ask, look, tr("Link"), m_field, tr("It begins with tacet: or is a web address with # in it"));
    auto *scan = new ScanButton(look, ButtonKind::Soft, parts.files, u"openLinkScan"_s, m_askPart);
    ask->addWidget(scan, 0, Qt::AlignLeading);
    body()->addWidget(m_askPart);

    auto *person = new QHBoxLayout(m_person);
    person->setContentsMargins(0, 0, 0, 0);
    person->setSpacing(14);
    person->addWidget(m_avatar, 0, Qt::AlignTop);
    auto *words = new QVBoxLayout;
    words->setSpacing(2);
    m_name->setObjectName(u"openLinkName"_s);
    m_name->setMaxLines(2);
    m_origin->setTone(Tone::Secondary);
    m_origin->setWrapping(true);
    words->addWidget(m_name);
    words->addWidget(m_origin);
    person->addLayout(words, 1);
    body()->addWidget(m_person);
    m_note->setObjectName(u"openLinkNote"_s);
    body()->addWidget(m_note);
    auto *where = new QVBoxLayout(m_whereBlock);
    where->setContentsMargins(0, 0, 0, 0);
    auto *whereLabel = new Label(look, TypeRole::Label, tr("Where"), m_whereBlock);
    where->addWidget(whereLabel);
    where->addWidget(m_where, 0, Qt::AlignLeading);
    addHelp(*where, look,
        tr("If you know this person already and they have a new key, choose their chat. Then compare the safety number."));
    body()->addWidget(m_whereBlock);
    body()->addWidget(m_problem);

    auto *row = new ButtonRow(this);
    m_notNow = new Button(look, ButtonKind::Soft, tr("Not now"), u"openLinkNotNow"_s, row);
    m_lookUp = new Button(look, ButtonKind::Secondary, tr("Connect and look"), u"openLinkLookUp"_s, row);
    m_start = new Button(look, ButtonKind::Primary, tr("Start chat"), u"openLinkStart"_s, row);
    m_notNow->setDefault(m_fromOutside);
    m_start->setDefault(!m_fromOutside);
    row->add(m_notNow);
    row->add(m_lookUp);
    row->add(m_start);
    foot()->addWidget(row, 1);

    connect(m_notNow, &Button::clicked, this, &OpenLinkSheet::dismiss);
    connect(m_lookUp, &Button::clicked, this, &OpenLinkSheet::lookUp);
    connect(m_start, &Button::clicked, this, &OpenLinkSheet::start);
    connect(m_field, &Field::textChanged, this, [this](const QString &text) {
        if (text.trimmed().isEmpty())
            askForLink();
        else
            read(text);
    });
    connect(scan, &ScanButton::scanned, this, [this](const QByteArray &content) {
        m_from = tr("a code you scanned");
        read(QString::fromUtf8(content));
    });
    connect(scan, &ScanButton::nothingFound, this, [this](const QString &sentence) {
        m_problem->say(sentence);
        fit();
    });
    setFirstFocus(m_fromOutside ? static_cast<QWidget *>(m_notNow) : m_field);
    fillContacts();
    askForLink();
    if (!link.trimmed().isEmpty())
        m_field->setText(link.simplified()); // reads it
}

OpenLinkSheet::~OpenLinkSheet() = default;

void OpenLinkSheet::askForLink()
{
    m_preview.reset();
    m_said.clear();
    m_person->setVisible(false);
    m_note->setVisible(false);
    m_whereBlock->setVisible(false);
    m_lookUp->setVisible(false);
    m_start->setEnabled(false);
    m_problem->clear();
    fit();
}

void OpenLinkSheet::read(const QString &link)
{
    askForLink();
    m_parts.session.readLink(link.left(kLongestPaste), guarded(this, [this, link](const chat::Outcome<LinkPreview> &preview) {
        if (m_askPart->isVisible() && !m_field->text().isEmpty() && m_field->text() != link)
            return; // something else was pasted meanwhile
        if (!preview.ok()) {
            m_problem->say(session::troubleText(preview.error()));
            fit();
            return;
        }
        show(*preview);
        if (preview->newHosts.isEmpty())
            lookUp();
    }));
}

void OpenLinkSheet::show(const LinkPreview &preview)
{
    m_preview = preview;
    const bool wasAsking = m_askPart->isAncestorOf(QApplication::focusWidget());
    m_askPart->setVisible(false);
    m_person->setVisible(true);
    const bool named = preview.fetched && !preview.name.isEmpty();
    m_name->setText(named ? preview.name : tr("Name not known yet"));
    m_name->setColour(named ? Colour::Text : Colour::TextSecondary);
    m_avatar->setPerson(named ? preview.name : u"?"_s, named ? preview.colour : kNoColour);
    m_origin->setText(tr("From %1 at %2").arg(m_from, m_parts.calendar.time(m_parts.calendar.now())));

    const bool asks = !preview.fetched && !preview.newHosts.isEmpty();
    QString note;
    if (asks) {
        QStringList hosts;
        for (const QString &host : preview.newHosts)
            hosts.append(isolatedName(host));
        m_note->setKind(Icon::Relays, CardTone::Notice);
        note = tr("This link leads to %1, which you have never used. Connect to it?").arg(hosts.join(u", "_s));
    } else if (preview.existing) {
        m_note->setKind(Icon::Person, CardTone::Tint);
        note = tr("This person is already among your contacts.");
    }
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    m_lookUp->setVisible(asks);
    m_start->setText(preview.existing ? tr("Open the chat") : tr("Start chat"));
    m_start->setEnabled(true);
    m_whereBlock->setVisible(!preview.existing && m_where->property("contacts").toInt() > 0);
    // "Start chat" agrees to hosts that were never used, and to whoever made the link. Enter or space may do so only
    // after the person brought the link here and no new host is asked for.
    const bool waits = asks || m_fromOutside;
    m_notNow->setDefault(waits);
    m_start->setDefault(!waits);
    if (!m_fromOutside || wasAsking)
        (waits ? m_notNow : m_start)->setFocus(Qt::TabFocusReason);
    fit();

    // Who it is and where it leads to stands beside the focus.
    QStringList words{named ? visibleLine(preview.name, 60) : m_name->text(), m_origin->text()};
    if (!note.isEmpty())
        words.append(note);
    const QString said = words.join(u". "_s);
    if (std::exchange(m_said, said) != said)
        announce(*this, said);
}

void OpenLinkSheet::lookUp()
{
    if (!m_preview)
        return;
    m_problem->clear();
    m_lookUp->setEnabled(false);
    m_lookUp->setText(tr("Looking…"));
    m_parts.session.fetchLink(m_preview->link, guarded(this, [this](const chat::Outcome<LinkPreview> &preview) {
        m_lookUp->setEnabled(true);
        m_lookUp->setText(tr("Connect and look"));
        if (preview.ok()) {
            show(*preview);
            return;
        }
        m_problem->say(session::troubleText(preview.error()));
        m_start->setEnabled(mayWait(preview.error().code));
        m_whereBlock->setVisible(m_whereBlock->isVisible() && m_start->isEnabled());
        m_note->setVisible(false);
        fit();
    }));
}

void OpenLinkSheet::fillContacts()
{
    m_where->addChoice(tr("A new chat"), QString());
    m_parts.session.chats(guarded(this, [this](const chat::Outcome<QList<chat::ChatSummary>> &chats) {
        if (!chats.ok())
            return;
        int count = 0;
        for (const chat::ChatSummary &chat : *chats) {
            if (chat.request)
                continue;
            // A menu reads "&" as a mark; a name is outside text.
            m_where->addChoice(visibleLine(chat.name, 60).replace(u'&', u"&&"_s), chat.id.toHex());
            ++count;
        }
        m_where->setProperty("contacts", count);
    }));
}

void OpenLinkSheet::start()
{
    if (!m_preview)
        return;
    if (m_preview->existing) {
        const chat::ContactId chat = *m_preview->existing;
        dismiss();
        Q_EMIT chatStarted(chat);
        return;
    }
    const auto into = chat::ContactId::fromHex(m_where->current().toString());
    m_start->setEnabled(false);
    m_parts.session.startChat(m_preview->link, into, guarded(this, [this](const chat::Outcome<session::StartedChat> &started) {
        m_start->setEnabled(true);
        if (!started.ok()) {
            m_problem->say(session::troubleText(started.error()));
            fit();
            return;
        }
        const chat::ContactId chat = started->chat;
        dismiss();
        Q_EMIT chatStarted(chat);
    }));
}

} // namespace tacet::ui
