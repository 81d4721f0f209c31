#pragma once
// A window of some hundred rows on one chat's history. Pages come from the facade by (time, id); facts patch the
// window; an answer to a question that was asked before the chat was changed is dropped. data() never touches the
// vault and never lays out text.
#include "app/session/session_facade.h"

#include <QAbstractListModel>

#include <optional>
#include <vector>

namespace tacet::ui {

class Calendar;

class MessageModel final : public QAbstractListModel {
    Q_OBJECT

public:
    static constexpr int kFirstPage = 60;
    static constexpr int kPage = 50;
    static constexpr int kWindow = 300; ///< rows kept; the far side is dropped when a page comes in, or by trim()

    enum Role { MessageIdRole = Qt::UserRole + 1, OwnRole, StateRole };

    MessageModel(session::SessionFacade &facade, const Calendar &calendar, QObject *parent = nullptr);

    /// Shows another chat from its end, or none (null id). The old rows are gone at once.
    void setChat(const chat::ContactId &chat);
    const chat::ContactId &chat() const { return m_chat; }
    /// The contact's name, for system lines and for the words that a screen reader speaks.
    void setName(const QString &name);
    const QString &name() const { return m_name; }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

    const chat::Message &at(int row) const { return m_rows.at(row); }
    int rowOf(const chat::MessageId &message) const; ///< -1: not in the window
    bool reachesStart() const { return m_reachesStart; }
    bool reachesEnd() const { return m_reachesEnd; }
    bool isLoading() const { return m_loadingOlder || m_loadingNewer || m_loadingFirst; }
    /// While rows are removed: they only leave the window, their messages stay in the history.
    bool isDropping() const { return m_dropping; }
    /// Nothing was ever written here (known once the first page came).
    bool isKnownEmpty() const { return !m_loadingFirst && m_rows.isEmpty() && m_reachesStart && m_reachesEnd; }

    /// The message above which the unread divider stands; it stays until the chat is left.
    const chat::MessageId &firstUnread() const { return m_firstUnread; }
    int unreadAtOpening() const { return m_unread; }

    /// Ask for the next page towards the start or the end. Nothing happens while one is on its way or at the edge.
    void loadOlder();
    void loadNewer();
    /// Throws the window away and shows the end, or the start, of the history.
    void jumpToEnd();
    void jumpToStart();
    /// After messages arrived: drops what is too much, on the side that nobody reads. `firstShown`: the row at the
    /// top of the viewport; the end when it is -1.
    void trim(int firstShown);

Q_SIGNALS:
    /// The first page of a chat is there (also when the chat is empty).
    void opened();
    /// A message arrived at the end, or beyond the window; own says who wrote it.
    void arrived(const tacet::chat::MessageId &message, bool own);
    /// A message of one's own, in the window, is known not to have been sent.
    void notSent(const tacet::chat::MessageId &message);
    /// A page could not be read.
    void troubled(const tacet::chat::Trouble &trouble);

private:
    enum class Question { First, Older, Newer };

    void ask(Question question, const chat::Anchor &anchor, chat::PageDirection direction, int count);
    void take(Question question, const chat::Page &page);
    void takeFact(const chat::Fact &fact);
    void store(const chat::Message &message);
    void change(const chat::Message &message);
    void remove(const chat::MessageId &message);
    void insertRows(qsizetype at, const QList<chat::Message> &messages);
    void removeRange(qsizetype from, qsizetype count);
    void drop(qsizetype from, qsizetype count);
    QList<chat::Message> unknownOf(const QList<chat::Message> &messages) const;

    session::SessionFacade &m_facade;
    const Calendar &m_calendar;
    chat::ContactId m_chat;
    QString m_name;
    QList<chat::Message> m_rows;
    chat::MessageId m_firstUnread;
    int m_unread = 0;
    bool m_reachesStart = false;
    bool m_reachesEnd = false;
    bool m_loadingFirst = false;
    bool m_loadingOlder = false;
    bool m_loadingNewer = false;
    bool m_dropping = false;
    quint64 m_generation = 0; ///< answers of an older one are stale
    /// Facts about this chat that came while its first page was on its way: the page may or may not contain them.
    std::vector<chat::Fact> m_early;
};

} // namespace tacet::ui
