#pragma once
// How the window looks now: colours, typefaces, icons, motion. One Look is made by the composition
// root and handed to every widget; whoever paints listens to changed().
#include "ui/appearance.h"
#include "ui/fonts.h"
#include "ui/icons.h"
#include "ui/tokens.h"

#include <QLocale>
#include <QObject>
#include <QPalette>

class QApplication;
class QPainter;
class QWidget;

namespace tacet::ui {

enum class ThemeChoice { FollowDesktop, Light, Dark };

class Look final : public QObject {
    Q_OBJECT

public:
    /// `appearance` must outlive the Look.
    Look(Tokens tokens, Appearance &appearance, const QLocale &locale = QLocale(), QObject *parent = nullptr);

    /// Gives the application its palette, style sheet and font now and after each change, and
    /// watches whether the keyboard or the mouse is being used.
    void applyTo(QApplication &application);

    Scheme scheme() const;
    /// Honours high contrast: there the quiet text colours become `text` and hairlines `outline`.
    QColor colour(Colour colour) const;
    QColor identityFill(int index) const { return m_tokens.identity(static_cast<std::size_t>(index)).fill; }
    QColor identityName(int index) const;
    const ArtColours &art() const { return m_tokens.art(); }
    QColor scrim() const; ///< with its opacity
    double shadowAlpha(int elevation) const { return m_tokens.shadowAlpha(scheme(), elevation); }

    QFont font(TypeRole role) const { return m_fonts.font(role); }
    int line(TypeRole role) const { return m_fonts.line(role); }
    int scaled(double pixels) const { return m_fonts.scaled(pixels); }
    const Fonts &fonts() const { return m_fonts; }
    Icons &icons() { return m_icons; }
    void paintIcon(
        QPainter &painter, const QRectF &box, Icon icon, int size, Colour colour, Qt::LayoutDirection direction);

    /// Milliseconds an animation takes: 0 with reduced motion.
    int duration(int milliseconds) const { return reducedMotion() ? 0 : milliseconds; }
    bool reducedMotion() const { return m_reducedMotion || m_appearance.reducedMotion(); }
    bool highContrast() const { return m_highContrast || m_appearance.highContrast(); }
    /// The focus ring is shown only after keyboard use.
    bool showsFocus(const QWidget *widget) const;

    ThemeChoice choice() const { return m_choice; }
    void setChoice(ThemeChoice choice);
    void setTextPercent(int percent);
    void setHighContrast(bool on);
    void setReducedMotion(bool on);

    QPalette palette() const;
    /// resources/theme.qss with every @name replaced; the text of the style sheet of the application.
    QString styleSheet() const;

Q_SIGNALS:
    /// Colours, sizes or both are different: drop caches, lay out and paint again.
    void changed();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void refresh();

    Tokens m_tokens;
    Appearance &m_appearance;
    Fonts m_fonts;
    Icons m_icons;
    QApplication *m_application = nullptr;
    ThemeChoice m_choice = ThemeChoice::FollowDesktop;
    bool m_highContrast = false;
    bool m_reducedMotion = false;
    bool m_keyboardUsed = false;
};

} // namespace tacet::ui
