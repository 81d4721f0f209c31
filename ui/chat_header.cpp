#include "ui/chat_header.h"

#include "ui/accessible_role.h"
#include "ui/chat_list_model.h"
#include "ui/glyphs.h"
#include "ui/metrics.h"
#include "ui/paint.h"
#include "ui/rich_runs.h"
#include "ui/tool_tip.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace tacet::ui {
using namespace Qt::StringLiterals;
using chat::Trust;
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ChatHeader)
};

} // namespace

QString chatStatus(const chat::ChatSummary &chat, const Calendar &calendar)
{
    if (chat.request)
        return Words::tr("Wants to write to you");
    if (chat.blocked)
        return Words::tr("Blocked");
    if (chat.waiting > 0)
        return catchingUp(chat.waiting);
    if (chat.typing)
        return Words::tr("Writing…");
    switch (chat.link) {
    case chat::Link::FetchingInvitation: return Words::tr("The invitation is being fetched");
    case chat::Link::WaitingForPeer: return Words::tr("Waiting for an answer");
    case chat::Link::InvitationDead: return Words::tr("The invitation cannot be used");
    case chat::Link::Reconnecting: return Words::tr("Meeting again after a restore");
    case chat::Link::Live: break;
    }
    switch (chat.trust) {
    case Trust::Verified: return Words::tr("Verified");
    case Trust::VerifiedBeforeRestore: return Words::tr("Verified before the restore");
    case Trust::KeyChanged: return Words::tr("Key changed %1 · not verified").arg(calendar.listTime(chat.keyChangedMs));
    case Trust::NotCompared: return Words::tr("Safety number not compared yet");
    }
    return {};
}

// ---- TrustMark

TrustMark::TrustMark(Look &look, QWidget *parent) : QWidget(parent), m_look(look)
{
    setFixedSize(sizeHint());
    setAccessibleRole(this, QAccessible::Graphic);
    connect(&look, &Look::changed, this, qOverload<>(&TrustMark::update));
    setTrust(Trust::NotCompared);
}

void TrustMark::setTrust(Trust trust)
{
    m_trust = trust;
    const QString name = trust == Trust::Verified ? tr("Verified: you compared the safety number")
        : trust == Trust::KeyChanged              ? tr("The key changed: compare the safety number")
                                                  : QString();
    setAccessibleName(name);
    setPlainToolTip(this, name);
    setVisible(!name.isEmpty());
    update();
}

void TrustMark::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (m_trust == Trust::Verified)
        paintVerified(painter, rect(), m_look.colour(Colour::List), m_look);
    else if (m_trust == Trust::KeyChanged)
        paintKeyChanged(painter, rect(), m_look);
}

// ---- ChatHeader

ChatHeader::ChatHeader(Look &look, const Calendar &calendar, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_calendar(calendar)
    , m_back(new IconButton(look, Icon::Back, tr("Back to the list"), u"backToList"_s, this))
    , m_avatar(new Avatar(look, 36, this))
    , m_name(new OutsideLabel(look, TypeRole::Header, {}, this))
    , m_mark(new TrustMark(look, this))
    , m_status(new OutsideLabel(look, TypeRole::Small, {}, this))
    , m_shield(new IconButton(look, Icon::Shield, tr("Safety number"), u"headerSafetyNumber"_s, this))
    , m_more(new IconButton(look, Icon::More, tr("More about this chat"), u"headerMore"_s, this))
{
    setObjectName(u"chatHeader"_s);
    auto *nameRow = new QHBoxLayout;
    nameRow->setSpacing(7);
    nameRow->addWidget(m_name);
    nameRow->addWidget(m_mark, 0, Qt::AlignVCenter);
    nameRow->addStretch();
    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    words->addStretch();
    words->addLayout(nameRow);
    words->addWidget(m_status);
    words->addStretch();
    m_status->setColour(Colour::TextSecondary);
    m_back->hide();
    m_shield->setShortcutText(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V));

    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(directedMargins(this, 20, 8, 12, 9));
    row->setSpacing(12);
    row->addWidget(m_back);
    row->addWidget(m_avatar);
    row->addLayout(words, 1);
    row->addWidget(m_shield);
    row->addWidget(m_more);
    setMinimumHeight(metrics::kHeader);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);

    connect(m_back, &IconButton::clicked, this, &ChatHeader::backRequested);
    connect(m_shield, &IconButton::clicked, this, &ChatHeader::safetyNumberRequested);
    connect(m_more, &IconButton::clicked, this,
        [this] { Q_EMIT menuRequested(m_more->mapToGlobal(QPoint(0, m_more->height() + 4))); });
    connect(&look, &Look::changed, this, qOverload<>(&ChatHeader::update));
}

void ChatHeader::setChat(const chat::ChatSummary &chat)
{
    m_avatar->setPerson(chat.name, chat.colour);
    m_name->setText(chat.name);
    m_mark->setTrust(chat.trust);
    m_status->setText(chatStatus(chat, m_calendar));
    // A number can be compared once the key is known.
    m_shield->setVisible(chat.link == chat::Link::Live && !chat.request);
    setAccessibleName(visibleLine(chat.name) + u", "_s + m_status->text());
}

void ChatHeader::clear()
{
    m_avatar->setPerson({}, 0);
    m_name->setText({});
    m_mark->setTrust(Trust::NotCompared);
    m_status->setText({});
    setAccessibleName({});
}

void ChatHeader::setBackShown(bool shown)
{
    m_back->setVisible(shown);
    layout()->setContentsMargins(directedMargins(this, shown ? 6 : 20, 8, 12, 9));
}

void ChatHeader::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_look.colour(Colour::List));
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_look.colour(Colour::Hairline));
}

} // namespace tacet::ui
