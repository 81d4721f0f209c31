#pragma once
// Buttons. They paint themselves from the Look, so that size, contrast and focus ring are the same
// on every desktop. Each has a name for the screen reader and at least 36 × 36 px to hit.
#include "ui/look.h"

#include <QAbstractButton>
#include <QPushButton>

#include <optional>

namespace tacet::ui {

enum class ButtonKind {
    Primary,   ///< filled accent; one per view
    Secondary, ///< outlined, on surface
    Soft,      ///< filled `field`; in cards and rows
    Text,      ///< accent words alone
    Danger,    ///< red words alone: never the default button
};
enum class ButtonSize { Normal, Small };

/// Return presses what has the focus, as Space does.
bool pressesOnReturn(QAbstractButton &button, const QKeyEvent &event);

/// A button with words and, if wanted, an icon before them.
class Button : public QPushButton {
    Q_OBJECT

public:
    /// `objectName` is the handle of tests and scripts; the accessible name is the text.
    Button(Look &look, ButtonKind kind, const QString &text, const QString &objectName, QWidget *parent = nullptr,
        ButtonSize size = ButtonSize::Normal);

    void setIconName(std::optional<Icon> icon);
    /// A small chevron after the words: the button opens a menu.
    void setHasMenuMark(bool on);
    /// Words go into several lines where one has no room; the height follows the width. For buttons that stand alone.
    void setWrapping();

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return m_wraps; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QFont wordsFont() const;
    int besideWords() const;
    int contentWidth() const;

    Look &m_look;
    ButtonKind m_kind;
    ButtonSize m_size;
    std::optional<Icon> m_icon;
    bool m_menuMark = false;
    bool m_wraps = false;
};

/// A button of an icon alone. `name` says what it does and is both the accessible name and, with the
/// shortcut behind it, the tooltip.
class IconButton : public QAbstractButton {
    Q_OBJECT

public:
    IconButton(Look &look, Icon icon, const QString &name, const QString &objectName, QWidget *parent = nullptr);

    void setName(const QString &name);
    void setIconName(Icon icon);
    /// Side of the icon (default 22) and of the whole button (default 40), logical px.
    void setSizes(int icon, int button);
    void setTint(Colour colour);
    /// A filled disc of the accent colour: the send button.
    void setFilled(bool on);
    /// Shown in the tooltip; the shortcut itself is the window's business.
    void setShortcutText(const QKeySequence &keys);

    QSize sizeHint() const override { return {m_buttonSize, m_buttonSize}; }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    void retitle();

    Look &m_look;
    Icon m_icon;
    QString m_name;
    QKeySequence m_keys;
    int m_iconSize = 22;
    int m_buttonSize = 40;
    Colour m_tint = Colour::TextSecondary;
    bool m_filled = false;
};

} // namespace tacet::ui
