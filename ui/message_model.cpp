#include "ui/message_model.h"

#include "ui/message_words.h"

#include <QPointer>

#include <algorithm>
#include <tuple>

namespace tacet::ui {
namespace {

bool before(const chat::Message &a, const chat::Message &b)
{
    return std::tie(a.sortMs, a.own, a.sequence, a.id) < std::tie(b.sortMs, b.own, b.sequence, b.id);
}

} // namespace

MessageModel::MessageModel(session::SessionFacade &facade, const Calendar &calendar, QObject *parent)
    : QAbstractListModel(parent)
    , m_facade(facade)
    , m_calendar(calendar)
{
    connect(&facade, &session::SessionFacade::factStored, this, &MessageModel::takeFact);
}

void MessageModel::setChat(const chat::ContactId &chat)
{
    beginResetModel();
    ++m_generation;
    m_chat = chat;
    m_rows.clear();
    m_early.clear();
    m_firstUnread = {};
    m_unread = 0;
    m_reachesStart = m_reachesEnd = false;
    m_loadingFirst = m_loadingOlder = m_loadingNewer = false;
    endResetModel();
    if (!m_chat.isNull())
        ask(Question::First, {}, chat::PageDirection::Older, kFirstPage);
}

void MessageModel::setName(const QString &name)
{
    if (m_name == name)
        return;
    m_name = name;
    if (!m_rows.isEmpty())
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
}

void MessageModel::jumpToEnd()
{
    if (m_reachesEnd || m_chat.isNull())
        return;
    const chat::MessageId firstUnread = m_firstUnread;
    const int unread = m_unread;
    setChat(m_chat);
    m_firstUnread = firstUnread;
    m_unread = unread;
}

void MessageModel::jumpToStart()
{
    if (m_reachesStart || m_chat.isNull())
        return;
    beginResetModel();
    ++m_generation;
    m_rows.clear();
    m_early.clear();
    m_reachesStart = m_reachesEnd = false;
    m_loadingOlder = m_loadingNewer = false;
    endResetModel();
    // Sort keys are never negative, so this anchor lies before every message.
    chat::Anchor beginning;
    beginning.isEnd = false;
    beginning.sortMs = -1;
    ask(Question::First, beginning, chat::PageDirection::Newer, kFirstPage);
}

void MessageModel::loadOlder()
{
    if (m_loadingFirst || m_loadingOlder || m_reachesStart || m_rows.isEmpty())
        return;
    ask(Question::Older, chat::Anchor::of(m_rows.first()), chat::PageDirection::Older, kPage);
}

void MessageModel::loadNewer()
{
    if (m_loadingFirst || m_loadingNewer || m_reachesEnd || m_rows.isEmpty())
        return;
    ask(Question::Newer, chat::Anchor::of(m_rows.last()), chat::PageDirection::Newer, kPage);
}

void MessageModel::ask(Question question, const chat::Anchor &anchor, chat::PageDirection direction, int count)
{
    bool &loading = question == Question::First ? m_loadingFirst
        : question == Question::Older           ? m_loadingOlder
                                                : m_loadingNewer;
    loading = true;
    m_facade.page(m_chat, anchor, direction, count,
        [self = QPointer(this), question, generation = m_generation](chat::Outcome<chat::Page> outcome) {
            if (!self || self->m_generation != generation)
                return; // the chat was left, or the window thrown away
            if (outcome.ok()) {
                self->take(question, outcome.value());
                return;
            }
            self->m_loadingFirst = self->m_loadingOlder = self->m_loadingNewer = false;
            Q_EMIT self->troubled(outcome.error());
        });
}

void MessageModel::take(Question question, const chat::Page &page)
{
    const QList<chat::Message> fresh = unknownOf(page.messages);
    const quint64 generation = m_generation;
    switch (question) {
    case Question::First:
        m_loadingFirst = false;
        m_reachesStart = page.reachesStart;
        m_reachesEnd = page.reachesEnd;
        if (m_firstUnread.isNull()) {
            m_firstUnread = page.firstUnread;
            m_unread = page.unread;
        }
        insertRows(0, fresh);
        for (const chat::Fact &fact : std::exchange(m_early, {}))
            takeFact(fact);
        if (generation == m_generation) // an own message among them leads to the end, which is on its way
            Q_EMIT opened();
        return;
    case Question::Older:
        m_loadingOlder = false;
        m_reachesStart = page.reachesStart;
        insertRows(0, fresh);
        if (m_rows.size() > kWindow) {
            drop(kWindow, m_rows.size() - kWindow);
            m_reachesEnd = false;
        }
        return;
    case Question::Newer:
        m_loadingNewer = false;
        m_reachesEnd = page.reachesEnd;
        insertRows(m_rows.size(), fresh);
        if (m_rows.size() > kWindow) {
            drop(0, m_rows.size() - kWindow);
            m_reachesStart = false;
        }
        return;
    }
}

void MessageModel::takeFact(const chat::Fact &fact)
{
    if (m_chat.isNull())
        return;
    const auto *stored = std::get_if<chat::MessageStored>(&fact);
    const auto *changed = std::get_if<chat::MessageChanged>(&fact);
    const auto *removed = std::get_if<chat::MessageRemoved>(&fact);
    const bool mine = (stored && stored->message.chat == m_chat) || (changed && changed->message.chat == m_chat)
        || (removed && removed->chat == m_chat);
    if (!mine)
        return;
    if (m_loadingFirst) {
        m_early.push_back(fact);
        return;
    }
    if (stored)
        store(stored->message);
    else if (changed)
        change(changed->message);
    else
        remove(removed->id);
}

void MessageModel::store(const chat::Message &message)
{
    if (rowOf(message.id) >= 0) {
        change(message);
        return;
    }
    const auto place = std::upper_bound(m_rows.cbegin(), m_rows.cend(), message, before);
    const bool atTop = place == m_rows.cbegin();
    const bool atBottom = place == m_rows.cend();
    // Outside the window the next page will bring it.
    const bool outside = (atTop && !m_reachesStart) || (atBottom && !m_reachesEnd);
    if (!outside)
        insertRows(place - m_rows.cbegin(), {message});
    if (atBottom)
        Q_EMIT arrived(message.id, message.own);
}

void MessageModel::trim(int firstShown)
{
    const qsizetype excess = m_rows.size() - kWindow;
    if (excess <= kPage)
        return;
    if (firstShown < 0 || firstShown >= excess + kPage) {
        drop(0, excess);
        m_reachesStart = false;
    } else {
        drop(kWindow, excess);
        m_reachesEnd = false;
    }
}

void MessageModel::change(const chat::Message &message)
{
    const int row = rowOf(message.id);
    if (row < 0)
        return;
    const bool failed = message.own && message.state == chat::MessageState::Failed && m_rows.at(row).state != message.state;
    m_rows[row] = message;
    Q_EMIT dataChanged(index(row), index(row));
    if (failed)
        Q_EMIT notSent(message.id);
}

void MessageModel::remove(const chat::MessageId &message)
{
    const int row = rowOf(message);
    if (row < 0)
        return;
    if (m_firstUnread == message)
        m_firstUnread = row + 1 < m_rows.size() ? m_rows.at(row + 1).id : chat::MessageId{};
    removeRange(row, 1);
    if (m_rows.isEmpty() && !(m_reachesStart && m_reachesEnd))
        setChat(m_chat);
}

void MessageModel::insertRows(qsizetype at, const QList<chat::Message> &messages)
{
    if (messages.isEmpty())
        return;
    beginInsertRows({}, static_cast<int>(at), static_cast<int>(at + messages.size() - 1));
    if (at == m_rows.size()) {
        m_rows.append(messages);
    } else {
        QList<chat::Message> joined = m_rows.first(at);
        joined.append(messages);
        joined.append(m_rows.sliced(at));
        m_rows = std::move(joined);
    }
    endInsertRows();
}

void MessageModel::removeRange(qsizetype from, qsizetype count)
{
    beginRemoveRows({}, static_cast<int>(from), static_cast<int>(from + count - 1));
    m_rows.remove(from, count);
    endRemoveRows();
}

void MessageModel::drop(qsizetype from, qsizetype count)
{
    m_dropping = true;
    removeRange(from, count);
    m_dropping = false;
}

QList<chat::Message> MessageModel::unknownOf(const QList<chat::Message> &messages) const
{
    QList<chat::Message> unknown;
    for (const chat::Message &message : messages) {
        if (rowOf(message.id) < 0)
            unknown.append(message);
    }
    return unknown;
}

int MessageModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int MessageModel::rowOf(const chat::MessageId &message) const
{
    // From the end: facts are mostly about new messages.
    for (qsizetype i = m_rows.size() - 1; i >= 0; --i) {
        if (m_rows.at(i).id == message)
            return static_cast<int>(i);
    }
    return -1;
}

QVariant MessageModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows.size())
        return {};
    const chat::Message &message = m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return message.system == chat::SystemLine::None ? message.text : systemLineText(message, m_name);
    case Qt::AccessibleTextRole: return spokenMessage(message, m_name, m_calendar);
    case MessageIdRole: return QVariant::fromValue(message.id);
    case OwnRole: return message.own;
    case StateRole: return static_cast<int>(message.state);
    default: return {};
    }
}

} // namespace tacet::ui
