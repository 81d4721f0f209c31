#pragma once
// The window: rail, list column, chat. Below 680 px one column with a bar at the bottom. Other screens (onboarding,
// lock) take its whole place; sheets lie over it. It knows the facade and no other part of the program; what it cannot
// do itself it asks for by signals, which the composition root connects.
#include "app/session/session_facade.h"
#include "ui/chat_list_model.h"
#include "ui/look.h"
#include "ui/relay_health.h"

#include <QWidget>

class QBoxLayout;
class QSplitter;
class QStackedWidget;

namespace tacet::ui {

class ChatActs;
class ChatColumn;
class ChatPage;
class Rail;
class Toast;
enum class KeyAct;

class MainWindow final : public QWidget {
    Q_OBJECT

public:
    /// All of them must outlive the window.
    MainWindow(Look &look, session::SessionFacade &facade, const Calendar &calendar);
    ~MainWindow() override;

    /// Shows onboarding or the lock instead of the chats. The window takes ownership and deletes the one before.
    void showScreen(QWidget *screen);
    /// Back to the chats; reads them again.
    void showChats();
    /// Nothing of the profile stays in any widget or model.
    void forgetProfile();
    bool isShowingChats() const;
    bool isSheetOpen() const;

    /// The settings: the list of pages for the list column and their content for the chat's place. The window takes
    /// ownership of both. In one column showSettingsContent() switches to the content.
    void setSettings(QWidget *pages, QWidget *content);
    void openSettings();
    void showSettingsContent();

    void openChat(const chat::ContactId &chat);
    void showSection(Section section);
    /// A sentence at the bottom of what is seen: chat, settings or list.
    void say(const QString &sentence);
    void setSendWithCtrlEnter(bool on);

    /// What sheets lie over.
    QWidget &sheetHost() { return *this; }
    ChatListModel &chats() { return m_chats; }
    ChatPage *chatPage() const { return m_page; }
    ChatColumn *listColumn() const { return m_column; }
    Rail *rail() const { return m_rail; }
    bool isOneColumn() const;

    /// What was typed and not sent is stored now, not in a moment.
    void saveDraft();
    /// Size, place and the width of the list; for tacet.conf. restoreLayout answers whether it could be read.
    QByteArray saveLayout() const;
    bool restoreLayout(const QByteArray &state);

Q_SIGNALS:
    void inviteRequested();
    void openLinkRequested();
    void safetyNumberRequested(const tacet::chat::ContactId &chat);
    void ledgerRequested();
    void lockRequested(); ///< from the window, the tray or AutoLock
    void quitRequested();
    /// The user closes the window: whether to stay in the tray is the composition root's business.
    void closeRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void childEvent(QChildEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool focusNextPrevChild(bool next) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void makeShortcuts();
    void act(KeyAct act);
    void arrange();
    void showList();
    void showContent();
    void moveRegion(int step);
    void stepChat(int step, bool unreadOnly);
    void openPinned(int index);
    void showKeys();
    void showHealth();

    Look &m_look;
    session::SessionFacade &m_facade;
    ChatListModel m_chats;
    RelayHealth m_health;
    QStackedWidget *m_screens;
    QWidget *m_home;
    QBoxLayout *m_outer;
    Rail *m_rail;
    QSplitter *m_splitter;
    QStackedWidget *m_lists;
    QStackedWidget *m_contents;
    ChatColumn *m_column;
    ChatActs *m_acts;
    Toast *m_toast;
    ChatPage *m_page;
    QWidget *m_settingsPages = nullptr;
    QWidget *m_settingsContent = nullptr;
    bool m_oneColumn = false;
    bool m_contentShown = false; ///< in one column: the chat instead of the list
};

} // namespace tacet::ui
