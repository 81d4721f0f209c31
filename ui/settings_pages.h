#pragma once
// The list of settings pages, for the list column.
#include "ui/parts.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QWidget>

namespace tacet::ui {

enum class SettingsPage { Privacy, Notifications, Appearance, Chats, Relays, Backup, Keyboard, About };
inline constexpr int kSettingsPages = static_cast<int>(SettingsPage::About) + 1;

QString settingsPageTitle(SettingsPage page);
Icon settingsPageIcon(SettingsPage page);

/// One row, 44 high.
class SettingsPageButton final : public QAbstractButton {
    Q_OBJECT

public:
    SettingsPageButton(Look &look, SettingsPage page, QWidget *parent);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {120, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    Look &m_look;
    Icon m_icon;
};

class SettingsPages final : public QWidget {
    Q_OBJECT

public:
    SettingsPages(const Parts &parts, QWidget *parent = nullptr);

    void setCurrent(SettingsPage page);

Q_SIGNALS:
    void chosen(tacet::ui::SettingsPage page);

private:
    QButtonGroup m_group;
};

} // namespace tacet::ui
