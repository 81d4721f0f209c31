#pragma once
// The pages of the settings: cards of rows, each with a title, one line of help and one control. Changes apply at once.
#include "ui/parts.h"
#include "ui/settings_pages.h"
#include "ui/settings_store.h"

#include <QStackedWidget>

namespace tacet::ui {

class Card;
class IconButton;
class ColumnPage;
class Label;
class Problem;
class Switch;

class SettingsContent final : public QStackedWidget {
    Q_OBJECT

public:
    /// `sheetHost` is what the sheets that pages open lie over; it must outlive this.
    SettingsContent(const Parts &parts, QWidget &sheetHost, QWidget *parent = nullptr);

    void showPage(SettingsPage page);
    /// In one column a way back to the list of pages stands before each title.
    void setBackShown(bool shown);
    /// Without asking; a failure is told on the page Privacy and lock.
    void makeRecoveryCode();

Q_SIGNALS:
    void backRequested();
    void ledgerRequested();
    void disclosureRequested();
    void backupRequested();
    void recoveryCodeMade(const QStringList &groups); ///< the one moment to show it

private:
    ColumnPage *makePage(SettingsPage page);
    Card *addCard(ColumnPage &page, const QString &section);
    /// A switch that shows and changes one of the vault's settings.
    void addSwitch(Card &card, const QString &title, const QString &help, const QString &objectName,
        bool chat::Settings::*which);
    ColumnPage *makePrivacy();
    ColumnPage *makeNotifications();
    ColumnPage *makeAppearance();
    ColumnPage *makeChats();
    ColumnPage *makeRelays();
    ColumnPage *makeBackup();
    ColumnPage *makeKeyboard();
    ColumnPage *makeAbout();

    void changeName();
    void changePassphrase();
    void renewCode();
    void addOnion(Card &card);
    void changeProxy();
    void useProxy(const QString &proxy);
    void askToLeaveTor(const QString &onion, const QString &proxy);
    void showBlocked();

    Parts m_parts;
    QWidget &m_host;
    SettingsStore m_store;
    QList<Problem *> m_problems;
    QList<IconButton *> m_backs;
};

} // namespace tacet::ui
