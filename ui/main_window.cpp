#include "ui/main_window.h"

#include "app/session/trouble_text.h"
#include "ui/accessible_role.h"
#include "ui/announce.h"
#include "ui/chat_acts.h"
#include "ui/chat_column.h"
#include "ui/chat_header.h"
#include "ui/chat_page.h"
#include "ui/composer.h"
#include "ui/key_map.h"
#include "ui/keys_sheet.h"
#include "ui/lost_focus.h"
#include "ui/message_view.h"
#include "ui/metrics.h"
#include "ui/rail.h"
#include "ui/sheet.h"
#include "ui/toast.h"

#include <QApplication>
#include <QBoxLayout>
#include <QCloseEvent>
#include <QDataStream>
#include <QIcon>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>

#include <algorithm>

namespace tacet::ui {
using namespace Qt::StringLiterals;
namespace {

constexpr quint32 kLayoutMagic = 0x7ace7001; ///< first word of a saved layout; the last digit is its version

} // namespace

MainWindow::MainWindow(Look &look, session::SessionFacade &facade, const Calendar &calendar)
    : m_look(look)
    , m_facade(facade)
    , m_chats(facade, calendar)
    , m_health(facade)
    , m_screens(new QStackedWidget(this))
    , m_home(new QWidget(this))
    , m_outer(new QBoxLayout(QBoxLayout::LeftToRight, m_home))
    , m_rail(new Rail(look, m_home))
    , m_splitter(new QSplitter(Qt::Horizontal, m_home))
    , m_lists(new QStackedWidget(m_splitter))
    , m_contents(new QStackedWidget(m_splitter))
    , m_column(new ChatColumn(look, m_chats, calendar, m_lists))
    , m_acts(new ChatActs(look, facade, m_chats, calendar, *this))
    , m_toast(new Toast(look, m_home))
    , m_page(new ChatPage(look, facade, m_chats, *m_acts, calendar, *m_toast, m_contents))
{
    setObjectName(u"mainWindow"_s);
    setAccessibleRole(this, QAccessible::Window);
    setWindowTitle(u"Tacet"_s); // never a name: the title is in every task list
    setWindowIcon(QIcon(u":/tacet/app_icon.svg"_s));
    setMinimumSize(metrics::kWindowMinWidth, metrics::kWindowMinHeight);
    resize(metrics::kWindowWidth, metrics::kWindowHeight);

    m_lists->addWidget(m_column);
    m_contents->addWidget(m_page);
    m_toast->setPlaces({m_page->view(), m_contents, m_lists}); // the history ends where the composer begins
    m_contents->setMinimumWidth(metrics::kChatMin);
    m_splitter->setObjectName(u"columns"_s);
    m_splitter->setHandleWidth(1);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->setStretchFactor(0, 0);
    m_splitter->setStretchFactor(1, 1);
    const int list = std::clamp(look.scaled(metrics::kListDefault), metrics::kListMin, metrics::kListMax);
    m_splitter->setSizes({list, metrics::kWindowWidth - metrics::kRail - list});
    m_outer->setContentsMargins(0, 0, 0, 0);
    m_outer->setSpacing(0);
    m_outer->addWidget(m_rail);
    m_outer->addWidget(m_splitter, 1);
    m_screens->addWidget(m_home);
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(m_screens);

    connect(m_rail, &Rail::sectionChosen, this, &MainWindow::showSection);
    connect(m_rail, &Rail::ledgerRequested, this, &MainWindow::ledgerRequested);
    connect(m_rail, &Rail::lockRequested, this, &MainWindow::lockRequested);
    connect(m_rail, &Rail::settingsRequested, this, &MainWindow::openSettings);
    connect(m_column, &ChatColumn::chatChosen, this, &MainWindow::openChat);
    connect(m_column, &ChatColumn::inviteRequested, this, &MainWindow::inviteRequested);
    connect(m_column, &ChatColumn::openLinkRequested, this, &MainWindow::openLinkRequested);
    connect(m_column, &ChatColumn::menuRequested, this, [this](const chat::ContactId &chat, const QPoint &at) {
        if (QMenu *menu = m_acts->menuFor(chat, m_column))
            menu->popup(at);
    });
    connect(m_page, &ChatPage::backRequested, this, &MainWindow::showList);
    connect(m_page, &ChatPage::openLinkRequested, this, &MainWindow::openLinkRequested);
    connect(m_acts, &ChatActs::safetyNumberRequested, this, &MainWindow::safetyNumberRequested);
    connect(&m_chats, &ChatListModel::countsChanged, this, [this] {
        m_rail->setUnreadChats(m_chats.unreadChats());
        m_rail->setRequests(m_chats.requests());
    });
    connect(&m_chats, &ChatListModel::troubled, this,
        [this](const chat::Trouble &trouble) { say(session::troubleText(trouble)); });
    connect(&m_health, &RelayHealth::changed, this, &MainWindow::showHealth);
    connect(&look, &Look::changed, this, qOverload<>(&MainWindow::update));
    makeShortcuts();
    arrange();
}

MainWindow::~MainWindow() = default;

// ---- Screens

void MainWindow::showScreen(QWidget *screen)
{
    QWidget *before = m_screens->currentWidget();
    m_screens->addWidget(screen);
    m_screens->setCurrentWidget(screen);
    if (before != m_home) {
        m_screens->removeWidget(before);
        before->deleteLater();
    }
    if (!screen->focusWidget()) // most screens put it into their first field when they show
        screen->setFocus(Qt::OtherFocusReason);
}

void MainWindow::showChats()
{
    QWidget *before = m_screens->currentWidget();
    m_screens->setCurrentWidget(m_home);
    if (before != m_home) {
        m_screens->removeWidget(before);
        before->deleteLater();
    }
    m_chats.reload();
    m_health.reload();
    showSection(Section::Chats);
    m_column->searchField()->setFocus(Qt::OtherFocusReason);
}

void MainWindow::forgetProfile()
{
    m_page->forgetProfile();
    m_column->forget();
    m_chats.clear();
    m_health.clear();
    forgetAnnouncements(*this);
    showList();
}

bool MainWindow::isShowingChats() const
{
    return m_screens->currentWidget() == m_home;
}

void MainWindow::setSettings(QWidget *pages, QWidget *content)
{
    Q_ASSERT(!m_settingsPages);
    m_settingsPages = pages;
    m_settingsContent = content;
    m_lists->addWidget(pages);
    m_contents->addWidget(content);
}

void MainWindow::openSettings()
{
    if (!m_settingsPages || !isShowingChats())
        return;
    m_lists->setCurrentWidget(m_settingsPages);
    m_contents->setCurrentWidget(m_settingsContent);
    m_rail->setSettingsShown(true);
    showList();
    m_settingsPages->setFocus(Qt::OtherFocusReason);
}

void MainWindow::showSettingsContent()
{
    showContent();
}

void MainWindow::showSection(Section section)
{
    m_rail->setSection(section);
    m_column->setSection(section);
    m_column->setOpenChat(m_page->chat());
    m_lists->setCurrentWidget(m_column);
    m_contents->setCurrentWidget(m_page);
    showList();
}

void MainWindow::openChat(const chat::ContactId &chat)
{
    const chat::ChatSummary *summary = m_chats.find(chat);
    if (!summary || !isShowingChats())
        return;
    const bool elsewhere = summary->request != (m_column->section() == Section::Requests);
    if (elsewhere || m_lists->currentWidget() != m_column)
        showSection(summary->request ? Section::Requests : Section::Chats);
    m_contents->setCurrentWidget(m_page);
    showContent();
    m_page->openChat(chat);
    m_column->setOpenChat(chat);
}

void MainWindow::say(const QString &sentence)
{
    m_toast->say(sentence);
}

void MainWindow::setSendWithCtrlEnter(bool on)
{
    m_page->setSendWithCtrlEnter(on);
}

void MainWindow::showHealth()
{
    m_rail->setHealth(m_health.health(), m_health.words());
    m_page->setOffline(m_health.isOffline());
}

// ---- Columns

bool MainWindow::isOneColumn() const
{
    return width() < metrics::kBreakOne;
}

void MainWindow::arrange()
{
    const bool one = isOneColumn();
    m_oneColumn = one;
    m_outer->setDirection(one ? QBoxLayout::BottomToTop : QBoxLayout::LeftToRight);
    m_rail->setHorizontal(one);
    m_page->setNarrow(one);
    m_lists->setMinimumWidth(one ? 0 : metrics::kListMin);
    m_lists->setMaximumWidth(one ? QWIDGETSIZE_MAX : metrics::kListMax);
    m_contents->setMinimumWidth(one ? 0 : metrics::kChatMin);
    m_lists->setVisible(!one || !m_contentShown);
    m_contents->setVisible(!one || m_contentShown);
    m_rail->setVisible(!one || !m_contentShown);
}

void MainWindow::showList()
{
    m_contentShown = false;
    arrange();
    if (m_oneColumn && m_lists->currentWidget() == m_column && !m_page->chat().isNull()) {
        // In one column the chat that is not seen is not open: nothing in it counts as read.
        m_page->closeChat();
        m_column->list()->setFocus(Qt::OtherFocusReason);
    }
}

void MainWindow::showContent()
{
    m_contentShown = true;
    arrange();
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool one = isOneColumn();
    if (one != m_oneColumn) {
        if (one)
            m_contentShown = !m_page->chat().isNull() || m_contents->currentWidget() != m_page;
        arrange();
    }
}

QByteArray MainWindow::saveLayout() const
{
    QByteArray state;
    QDataStream stream(&state, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_0);
    stream << kLayoutMagic << saveGeometry() << static_cast<qint32>(m_lists->width());
    return state;
}

bool MainWindow::restoreLayout(const QByteArray &state)
{
    QDataStream stream(state);
    stream.setVersion(QDataStream::Qt_6_0);
    quint32 magic = 0;
    QByteArray geometry;
    qint32 list = 0;
    stream >> magic >> geometry >> list;
    if (stream.status() != QDataStream::Ok || magic != kLayoutMagic || !restoreGeometry(geometry))
        return false;
    list = std::clamp<qint32>(list, metrics::kListMin, metrics::kListMax);
    m_splitter->setSizes({list, std::max(metrics::kChatMin, width() - metrics::kRail - list)});
    return true;
}

// ---- Keys

void MainWindow::makeShortcuts()
{
    for (const KeyEntry &entry : keyMap()) {
        auto *shortcut = new QShortcut(entry.keys, this);
        connect(shortcut, &QShortcut::activated, this, [this, id = entry.act] { act(id); });
    }
    for (int i = 0; i < 9; ++i) {
        auto *shortcut = new QShortcut(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + i)), this);
        connect(shortcut, &QShortcut::activated, this, [this, i] { openPinned(i); });
    }
}

bool MainWindow::isSheetOpen() const
{
    const QList<Sheet *> sheets = findChildren<Sheet *>(QString(), Qt::FindDirectChildrenOnly);
    return std::any_of(sheets.begin(), sheets.end(), [](const Sheet *sheet) { return !sheet->isHidden(); });
}

void MainWindow::act(KeyAct act)
{
    if (act == KeyAct::Quit) {
        Q_EMIT quitRequested();
        return;
    }
    if (!isShowingChats() || isSheetOpen())
        return; // a sheet holds the keys; the lock and onboarding know none of these
    switch (act) {
    case KeyAct::GoToChat:
        if (m_lists->currentWidget() != m_column)
            showSection(Section::Chats);
        if (m_oneColumn)
            showList();
        m_column->searchField()->setFocus(Qt::ShortcutFocusReason);
        m_column->searchField()->selectAll();
        break;
    case KeyAct::NewChat: m_column->showNewMenu(); break;
    case KeyAct::Invite: Q_EMIT inviteRequested(); break;
    case KeyAct::Lock: Q_EMIT lockRequested(); break;
    case KeyAct::Settings: openSettings(); break;
    case KeyAct::Ledger: Q_EMIT ledgerRequested(); break;
    case KeyAct::SafetyNumber: // of the chat that is seen, not of one behind the settings
        if (const chat::ChatSummary *chat = m_chats.find(m_page->chat());
            chat && m_page->isVisible() && chat->link == chat::Link::Live && !chat->request)
            Q_EMIT safetyNumberRequested(chat->id);
        break;
    case KeyAct::Mute:
        if (const chat::ChatSummary *chat = m_chats.find(m_page->chat()); chat && m_page->isVisible())
            m_acts->setMuted(chat->id, !chat->muted);
        break;
    case KeyAct::PreviousChat: stepChat(-1, false); break;
    case KeyAct::NextChat: stepChat(1, false); break;
    case KeyAct::NextUnread: stepChat(1, true); break;
    case KeyAct::NextRegion: moveRegion(1); break;
    case KeyAct::PreviousRegion: moveRegion(-1); break;
    case KeyAct::ShowKeys: showKeys(); break;
    case KeyAct::Quit: break;
    }
}

void MainWindow::keyPressEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Escape || !isShowingChats()) {
        QWidget::keyPressEvent(event);
        return;
    }
    // Sheets and menus took theirs already: now the search, then the chat (one column), then the settings.
    if (m_column->clearSearch())
        return;
    if (m_oneColumn && m_contentShown)
        showList();
    else if (m_lists->currentWidget() == m_settingsPages)
        showSection(Section::Chats);
}

bool MainWindow::focusNextPrevChild(bool next)
{
    QWidget *now = focusWidget();
    if (!now || !isVisible() || holdsKeys(*now))
        return QWidget::focusNextPrevChild(next);
    nearestForKeys(*now).setFocus(Qt::OtherFocusReason);
    return true;
}

void MainWindow::moveRegion(int step)
{
    QList<QWidget *> regions;
    if (m_rail->isVisible())
        regions.append(m_rail);
    if (m_lists->isVisible())
        regions.append(m_lists);
    if (m_contents->isVisible()) {
        if (m_contents->currentWidget() == m_page && !m_page->chat().isNull()) {
            regions.append(m_page->header());
            regions.append(m_page->view());
            regions.append(m_page->composer());
        } else {
            regions.append(m_contents);
        }
    }
    QWidget *focused = QApplication::focusWidget();
    int at = -1;
    for (int i = 0; i < regions.size(); ++i) {
        if (focused && (regions.at(i) == focused || regions.at(i)->isAncestorOf(focused)))
            at = i;
    }
    for (int tried = 0; tried < regions.size(); ++tried) {
        at = static_cast<int>((at + step + regions.size()) % regions.size());
        QWidget *region = regions.at(at);
        if (region == m_lists && m_lists->currentWidget() == m_column) {
            m_column->list()->setFocus(Qt::TabFocusReason);
            return;
        }
        if (region->focusPolicy() & Qt::TabFocus) {
            region->setFocus(Qt::TabFocusReason);
            return;
        }
        // The first control in it that takes the focus, in the order of Tab.
        for (QWidget *widget = region->nextInFocusChain(); widget != region; widget = widget->nextInFocusChain()) {
            if (region->isAncestorOf(widget) && widget->isVisible() && widget->isEnabled()
                && (widget->focusPolicy() & Qt::TabFocus)) {
                widget->setFocus(Qt::TabFocusReason);
                return;
            }
        }
    }
}

void MainWindow::stepChat(int step, bool unreadOnly)
{
    ChatFilter &filter = m_column->filter();
    const int count = filter.rowCount();
    if (count == 0)
        return;
    const int start = filter.rowOf(m_page->chat());
    for (int i = 1; i <= count; ++i) {
        const int raw = start < 0 ? (step > 0 ? i - 1 : count - i) : start + step * i;
        const int row = ((raw % count) + count) % count;
        const chat::ChatSummary *chat = m_chats.find(filter.idAt(row));
        if (chat && (!unreadOnly || chat->unread > 0)) {
            openChat(chat->id);
            return;
        }
    }
}

void MainWindow::openPinned(int index)
{
    if (!isShowingChats() || isSheetOpen())
        return;
    ChatFilter pinned(m_chats); // in the order of the list, whatever section is shown
    for (int row = 0; row < pinned.rowCount(); ++row) {
        const chat::ChatSummary *chat = m_chats.find(pinned.idAt(row));
        if (chat && chat->pinned && index-- == 0) {
            openChat(chat->id);
            return;
        }
    }
}

void MainWindow::showKeys()
{
    (new KeysSheet(m_look, *this))->open();
}

// ---- Widget

void MainWindow::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::ActivationChange)
        m_page->setWindowActive(isActiveWindow());
}

void MainWindow::childEvent(QChildEvent *event)
{
    QWidget::childEvent(event);
    if (event->added()) // what it is shows once it is made; see eventFilter()
        event->child()->installEventFilter(this);
}

bool MainWindow::eventFilter(QObject *watched, QEvent *event)
{
    if ((event->type() == QEvent::Show || event->type() == QEvent::Hide) && qobject_cast<Sheet *>(watched))
        m_page->setCovered(isSheetOpen());
    return QWidget::eventFilter(watched, event);
}

void MainWindow::saveDraft()
{
    m_page->flushDraft();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    saveDraft();
    event->ignore();
    Q_EMIT closeRequested();
}

void MainWindow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_look.colour(Colour::List));
}

} // namespace tacet::ui
