#pragma once
// The way between the parts of the window: a rail at the edge, or a bar at the bottom of narrow windows.
#include "ui/chat_list_model.h"
#include "ui/glyphs.h"
#include "ui/look.h"

#include <QAbstractButton>
#include <QWidget>

class QBoxLayout;

namespace tacet::ui {

/// An icon with a badge or a health disc.
class RailButton final : public QAbstractButton {
    Q_OBJECT

public:
    RailButton(Look &look, Icon icon, const QString &name, const QString &objectName, const QKeySequence &keys,
        QWidget *parent);

    void setBadge(int count);
    /// Shows the disc, or none; `words` is added to the accessible name.
    void setHealth(std::optional<Health> health, const QString &words);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void retitle();

    Look &m_look;
    Icon m_icon;
    QString m_name;
    QKeySequence m_keys;
    int m_badge = 0;
    std::optional<Health> m_health;
    QString m_healthWords;
};

class Rail final : public QWidget {
    Q_OBJECT

public:
    Rail(Look &look, QWidget *parent = nullptr);

    void setHorizontal(bool horizontal);
    void setUnreadChats(int count) { m_chats->setBadge(count); }
    void setRequests(int count) { m_requests->setBadge(count); }
    void setHealth(std::optional<Health> health, const QString &words) { m_relays->setHealth(health, words); }
    void setSection(Section section);
    void setSettingsShown(bool shown);

Q_SIGNALS:
    void sectionChosen(tacet::ui::Section section);
    void ledgerRequested();
    void lockRequested();
    void settingsRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    Look &m_look;
    QBoxLayout *m_row;
    QWidget *m_mark;
    RailButton *m_chats;
    RailButton *m_requests;
    RailButton *m_contacts;
    RailButton *m_relays;
    RailButton *m_lock;
    RailButton *m_settings;
    bool m_horizontal = false;
};

/// The mark in the colours of the theme: bubble, ledger line, rest.
void paintMark(QPainter &painter, const QRectF &box, const QColor &bubble, const QColor &line, const QColor &rest);

} // namespace tacet::ui
