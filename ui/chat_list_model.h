#pragma once
// Everyone there is, as the facade tells it, and the three ways of looking at them: chats, requests, contacts.
#include "app/session/session_facade.h"
#include "ui/calendar.h"

#include <QAbstractListModel>
#include <QSortFilterProxyModel>

namespace tacet::ui {

class ChatListModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role { IdRole = Qt::UserRole + 1, SummaryRole };

    ChatListModel(session::SessionFacade &facade, const Calendar &calendar, QObject *parent = nullptr);

    /// Reads everything again; used when a profile was opened.
    void reload();
    /// Empties the model; used when the profile is locked.
    void clear();

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

    /// Null when there is no such contact (any more).
    const chat::ChatSummary *find(const chat::ContactId &chat) const;
    const QList<chat::ChatSummary> &all() const { return m_chats; }
    bool isLoaded() const { return m_loaded; }
    int unreadChats() const; ///< chats with unread messages that are not muted and no requests
    int requests() const;

Q_SIGNALS:
    void loaded();
    /// A contact was added, changed or removed.
    void chatChanged(const tacet::chat::ContactId &chat);
    void countsChanged();
    void troubled(const tacet::chat::Trouble &trouble);

private:
    void takeFact(const chat::Fact &fact);
    void put(const chat::ChatSummary &chat);
    void drop(const chat::ContactId &chat);
    int rowOf(const chat::ContactId &chat) const;

    session::SessionFacade &m_facade;
    const Calendar &m_calendar;
    QList<chat::ChatSummary> m_chats;
    bool m_loaded = false;
    quint64 m_generation = 0;
    QList<chat::Fact> m_early; ///< facts that came while the list was on its way
};

enum class Section { Chats, Requests, Contacts };

/// One section, narrowed by what is typed into the search field. Chats: pinned first, then the newest; requests: the
/// newest first; contacts: by name.
class ChatFilter final : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit ChatFilter(ChatListModel &source, QObject *parent = nullptr);

    void setSection(Section section);
    Section section() const { return m_section; }
    /// Every word must begin a word of the name, in any case and with or without accents.
    void setWords(const QString &words);
    const QString &words() const { return m_words; }
    chat::ContactId idAt(int row) const; ///< null outside
    int rowOf(const chat::ContactId &chat) const;

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    ChatListModel &m_source;
    Section m_section = Section::Chats;
    QString m_words;
};

/// Lower case without accents: "Lefèvre" → "lefevre".
QString searchForm(const QString &text);

/// When the row last changed: its newest message, or when the contact was added.
qint64 lastMs(const chat::ChatSummary &chat);
/// What a screen reader says for a row.
QString spokenChat(const chat::ChatSummary &chat, const Calendar &calendar);
/// A long absence: so many messages are here and wait for those written before them.
QString catchingUp(int waiting);
/// The words under the name when it is no message: waiting, blocked, typing. Empty when the last message is shown.
QString chatCondition(const chat::ChatSummary &chat);

} // namespace tacet::ui

Q_DECLARE_METATYPE(tacet::chat::ChatSummary)
