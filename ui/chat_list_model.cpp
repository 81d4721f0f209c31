#include "ui/chat_list_model.h"

#include "app/session/trouble_text.h"
#include "ui/guarded.h"
#include "ui/message_words.h"
#include "ui/rich_runs.h"

#include <QCollator>
#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace tacet::ui {
using namespace Qt::StringLiterals;
using chat::Trust;
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ChatList)
};

} // namespace

// ---- ChatListModel

ChatListModel::ChatListModel(session::SessionFacade &facade, const Calendar &calendar, QObject *parent)
    : QAbstractListModel(parent)
    , m_facade(facade)
    , m_calendar(calendar)
{
    connect(&facade, &session::SessionFacade::factStored, this, &ChatListModel::takeFact);
}

void ChatListModel::reload()
{
    clear();
    const quint64 generation = m_generation;
    m_facade.chats(guarded(this, [this, generation](chat::Outcome<QList<chat::ChatSummary>> outcome) {
        if (generation != m_generation)
            return;
        if (!outcome.ok()) {
            Q_EMIT troubled(outcome.error());
            return;
        }
        beginResetModel();
        m_chats = outcome.value();
        m_loaded = true;
        endResetModel();
        for (const chat::Fact &fact : std::exchange(m_early, {}))
            takeFact(fact);
        Q_EMIT loaded();
        Q_EMIT countsChanged();
    }));
}

void ChatListModel::clear()
{
    beginResetModel();
    ++m_generation;
    m_chats.clear();
    m_early.clear();
    m_loaded = false;
    endResetModel();
    Q_EMIT countsChanged();
}

int ChatListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_chats.size());
}

QVariant ChatListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_chats.size())
        return {};
    const chat::ChatSummary &chat = m_chats.at(index.row());
    switch (role) {
    case Qt::DisplayRole: return visibleLine(chat.name);
    case Qt::AccessibleTextRole: return spokenChat(chat, m_calendar);
    case Qt::ToolTipRole:
        // The program's own words only: a tooltip guesses whether its text is markup.
        if (chat.trust == Trust::Verified)
            return Words::tr("Verified: you compared the safety number");
        if (chat.trust == Trust::KeyChanged)
            return Words::tr("The key changed: compare the safety number");
        return {};
    case IdRole: return QVariant::fromValue(chat.id);
    case SummaryRole: return QVariant::fromValue(chat);
    default: return {};
    }
}

int ChatListModel::rowOf(const chat::ContactId &chat) const
{
    for (qsizetype i = 0; i < m_chats.size(); ++i) {
        if (m_chats.at(i).id == chat)
            return static_cast<int>(i);
    }
    return -1;
}

const chat::ChatSummary *ChatListModel::find(const chat::ContactId &chat) const
{
    const int row = rowOf(chat);
    return row < 0 ? nullptr : &m_chats.at(row);
}

int ChatListModel::unreadChats() const
{
    return static_cast<int>(std::count_if(m_chats.begin(), m_chats.end(), [](const chat::ChatSummary &chat) {
        return chat.unread > 0 && !chat.muted && !chat.request && !chat.blocked;
    }));
}

int ChatListModel::requests() const
{
    return static_cast<int>(
        std::count_if(m_chats.begin(), m_chats.end(), [](const chat::ChatSummary &chat) { return chat.request; }));
}

void ChatListModel::takeFact(const chat::Fact &fact)
{
    const auto *changed = std::get_if<chat::ChatChanged>(&fact);
    const auto *removed = std::get_if<chat::ChatRemoved>(&fact);
    if (!changed && !removed)
        return;
    if (!m_loaded) {
        m_early.append(fact);
        return;
    }
    if (changed)
        put(changed->chat);
    else
        drop(removed->chat);
    Q_EMIT countsChanged();
}

void ChatListModel::put(const chat::ChatSummary &chat)
{
    const int row = rowOf(chat.id);
    if (row >= 0) {
        m_chats[row] = chat;
        Q_EMIT dataChanged(index(row), index(row));
    } else {
        const int end = static_cast<int>(m_chats.size());
        beginInsertRows({}, end, end);
        m_chats.append(chat);
        endInsertRows();
    }
    Q_EMIT chatChanged(chat.id);
}

void ChatListModel::drop(const chat::ContactId &chat)
{
    const int row = rowOf(chat);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_chats.removeAt(row);
    endRemoveRows();
    Q_EMIT chatChanged(chat);
}

// ---- ChatFilter

ChatFilter::ChatFilter(ChatListModel &source, QObject *parent) : QSortFilterProxyModel(parent), m_source(source)
{
    setSourceModel(&source);
    setDynamicSortFilter(true);
    sort(0);
}

void ChatFilter::setSection(Section section)
{
    if (m_section == section)
        return;
    m_section = section;
    invalidate();
}

void ChatFilter::setWords(const QString &words)
{
    m_words = words.simplified();
    invalidateFilter();
}

chat::ContactId ChatFilter::idAt(int row) const
{
    return index(row, 0).data(ChatListModel::IdRole).value<chat::ContactId>();
}

int ChatFilter::rowOf(const chat::ContactId &chat) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (idAt(row) == chat)
            return row;
    }
    return -1;
}

bool ChatFilter::filterAcceptsRow(int row, const QModelIndex &) const
{
    const chat::ChatSummary &chat = m_source.all().at(row);
    if (chat.request != (m_section == Section::Requests))
        return false;
    if (m_words.isEmpty())
        return true;
    const QStringList names = searchForm(chat.name + u' ' + chat.givenName).split(u' ', Qt::SkipEmptyParts);
    const QStringList wanted = searchForm(m_words).split(u' ', Qt::SkipEmptyParts);
    return std::all_of(wanted.begin(), wanted.end(), [&](const QString &word) {
        return std::any_of(names.begin(), names.end(), [&](const QString &name) { return name.startsWith(word); });
    });
}

bool ChatFilter::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const chat::ChatSummary &a = m_source.all().at(left.row());
    const chat::ChatSummary &b = m_source.all().at(right.row());
    if (m_section == Section::Contacts) {
        const int order = QCollator().compare(a.name, b.name);
        return order != 0 ? order < 0 : a.id < b.id;
    }
    if (m_section == Section::Chats && a.pinned != b.pinned)
        return a.pinned;
    const qint64 lastA = lastMs(a);
    const qint64 lastB = lastMs(b);
    return lastA != lastB ? lastA > lastB : a.id < b.id;
}

// ---- Words

QString searchForm(const QString &text)
{
    QString form;
    const QString parts = text.normalized(QString::NormalizationForm_KD).toCaseFolded();
    for (const QChar c : parts) {
        if (c.category() != QChar::Mark_NonSpacing && !isDirectionOverride(c.unicode()))
            form.append(c);
    }
    return form;
}

qint64 lastMs(const chat::ChatSummary &chat)
{
    return chat.last ? chat.last->sortMs : chat.addedMs;
}

QString catchingUp(int waiting)
{
    return waiting == 1 ? Words::tr("Catching up: 1 message")
                        : Words::tr("Catching up: %1 messages").arg(QLocale().toString(waiting));
}

QString chatCondition(const chat::ChatSummary &chat)
{
    if (chat.request)
        return Words::tr("Wrote to your address");
    if (chat.blocked)
        return Words::tr("Blocked");
    if (chat.waiting > 0)
        return catchingUp(chat.waiting);
    if (chat.typing)
        return Words::tr("Writing…");
    if (chat.link == chat::Link::InvitationDead)
        return session::troubleText(chat.linkTrouble, {}, chat.name);
    if (chat.last && chat.last->system == chat::SystemLine::None)
        return {};
    if (chat.link == chat::Link::FetchingInvitation)
        return Words::tr("Fetching the invitation. What you write waits.");
    if (chat.link == chat::Link::WaitingForPeer)
        return Words::tr("Waiting for an answer. What you write is kept.");
    return {};
}

QString spokenChat(const chat::ChatSummary &chat, const Calendar &calendar)
{
    QStringList parts{visibleLine(chat.name)};
    if (chat.trust == Trust::Verified)
        parts.append(Words::tr("verified"));
    else if (chat.trust == Trust::KeyChanged)
        parts.append(Words::tr("key changed"));
    if (chat.muted)
        parts.append(Words::tr("muted"));
    if (chat.unread > 0)
        parts.append(Words::tr("%1 unread").arg(chat.unread));
    const QString condition = chatCondition(chat);
    if (!chat.draft.isEmpty()) {
        parts.append(Words::tr("draft: %1").arg(visibleLine(chat.draft)));
    } else if (!condition.isEmpty()) {
        parts.append(condition);
    } else if (chat.last) {
        const QString words = visibleLine(snippet(*chat.last, chat.name));
        const bool own = chat.last->own && chat.last->system == chat::SystemLine::None;
        parts.append(own ? Words::tr("You: %1").arg(words) : words);
        if (own)
            parts.append(stateWord(chat.last->state));
    }
    if (chat.last || chat.request)
        parts.append(calendar.listTime(lastMs(chat)));
    if (chat.pinned)
        parts.append(Words::tr("pinned"));
    return parts.join(u", "_s);
}

} // namespace tacet::ui
