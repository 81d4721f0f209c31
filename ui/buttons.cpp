#include "ui/buttons.h"

#include "ui/metrics.h"
#include "ui/paint.h"
#include "ui/tool_tip.h"

#include <QFontMetrics>
#include <QKeyEvent>
#include <QPainter>
#include <QStyle>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kIcon = 20;
constexpr int kIconGap = 8;
constexpr int kMark = 14;

int padding(ButtonKind kind, ButtonSize size)
{
    if (kind == ButtonKind::Text || kind == ButtonKind::Danger)
        return size == ButtonSize::Small ? 8 : 12;
    return size == ButtonSize::Small ? 12 : 16;
}

struct Paints {
    std::optional<Colour> fill;
    Colour text = Colour::Text;
    std::optional<Colour> line;
};

Paints paintsOf(ButtonKind kind, bool enabled, bool hovered, bool down)
{
    if (!enabled) {
        switch (kind) {
        case ButtonKind::Text:
        case ButtonKind::Danger: return {std::nullopt, Colour::TextMuted, std::nullopt};
        case ButtonKind::Secondary: return {Colour::Surface, Colour::TextMuted, Colour::Hairline};
        default: return {Colour::Field, Colour::TextMuted, Colour::Hairline};
        }
    }
    switch (kind) {
    case ButtonKind::Primary:
        return {down      ? Colour::AccentPressed
                : hovered ? Colour::AccentHover
                          : Colour::Accent,
            Colour::OnAccent, std::nullopt};
    case ButtonKind::Secondary:
        return {down ? Colour::Pressed : hovered ? Colour::Hover : Colour::Surface, Colour::Text, Colour::Outline};
    case ButtonKind::Soft:
        return {down ? Colour::Pressed : hovered ? Colour::Selected : Colour::Field, Colour::Text, std::nullopt};
    case ButtonKind::Text:
    case ButtonKind::Danger: break;
    }
    const Colour words = kind == ButtonKind::Danger ? Colour::Danger : Colour::Accent;
    if (down || hovered)
        return {Colour::Hover, words, std::nullopt};
    return {std::nullopt, words, std::nullopt};
}

} // namespace

bool pressesOnReturn(QAbstractButton &button, const QKeyEvent &event)
{
    if (event.isAutoRepeat() || (event.key() != Qt::Key_Return && event.key() != Qt::Key_Enter))
        return false;
    button.click();
    return true;
}

Button::Button(
    Look &look, ButtonKind kind, const QString &text, const QString &objectName, QWidget *parent, ButtonSize size)
    : QPushButton(text, parent)
    , m_look(look)
    , m_kind(kind)
    , m_size(size)
{
    setObjectName(objectName);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAutoDefault(false);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    connect(&look, &Look::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void Button::setIconName(std::optional<Icon> icon)
{
    m_icon = icon;
    updateGeometry();
    update();
}

void Button::setHasMenuMark(bool on)
{
    m_menuMark = on;
    updateGeometry();
    update();
}

void Button::setWrapping()
{
    m_wraps = true;
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

QFont Button::wordsFont() const
{
    QFont font = m_look.font(m_size == ButtonSize::Small ? TypeRole::Label : TypeRole::Strong);
    font.setWeight(QFont::DemiBold);
    return font;
}

int Button::besideWords() const
{
    return (m_icon ? kIcon + kIconGap : 0) + (m_menuMark ? kMark + kIconGap : 0);
}

int Button::contentWidth() const
{
    return QFontMetrics(wordsFont()).size(Qt::TextShowMnemonic, text()).width() + besideWords();
}

QSize Button::sizeHint() const
{
    const int base = m_size == ButtonSize::Small ? metrics::kButtonSmall : metrics::kButton;
    const TypeRole role = m_size == ButtonSize::Small ? TypeRole::Label : TypeRole::Strong;
    const int height = std::max(base, m_look.line(role) + (m_size == ButtonSize::Small ? 12 : 16));
    return {contentWidth() + 2 * padding(m_kind, m_size) + 2, height};
}

QSize Button::minimumSizeHint() const
{
    QSize size = sizeHint();
    if (m_wraps) {
        int word = 0;
        for (const QString &each : text().split(u' '))
            word = std::max(word, QFontMetrics(wordsFont()).size(Qt::TextShowMnemonic, each).width());
        size.setWidth(word + besideWords() + 2 * padding(m_kind, m_size) + 2);
    }
    return size;
}

int Button::heightForWidth(int width) const
{
    const QSize one = sizeHint();
    if (!m_wraps || width >= one.width())
        return one.height();
    const QFontMetrics metrics(wordsFont());
    const int words = width - besideWords() - 2 * padding(m_kind, m_size) - 2;
    const QRect lines = metrics.boundingRect(QRect(0, 0, words, QWIDGETSIZE_MAX), Qt::TextWordWrap | Qt::TextHideMnemonic, text());
    return one.height() + std::max(0, lines.height() - metrics.height());
}

void Button::keyPressEvent(QKeyEvent *event)
{
    if (!pressesOnReturn(*this, *event))
        QPushButton::keyPressEvent(event);
}

void Button::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Paints paints = paintsOf(m_kind, isEnabled(), underMouse(), isDown());
    const bool focused = m_look.showsFocus(this);
    const qreal radius = m_size == ButtonSize::Small ? metrics::kRadiusSmall : metrics::kRadiusControl;
    // A filled button keeps a gap of 2 px to its ring, so it draws itself smaller while focused.
    const bool filled = paints.fill.has_value() && m_kind != ButtonKind::Secondary;
    const QRectF shape = focused && filled ? QRectF(rect()).adjusted(4, 4, -4, -4) : QRectF(rect());
    const qreal shapeRadius = focused && filled ? radius - 3 : radius;
    if (paints.fill)
        fillRounded(painter, shape, shapeRadius, m_look.colour(*paints.fill));
    if (paints.line && !focused)
        strokeRounded(painter, shape, shapeRadius, m_look.colour(*paints.line), 1);
    if (focused)
        paintFocusRing(painter, rect(), radius, m_look);

    painter.setFont(wordsFont());
    painter.setPen(m_look.colour(paints.text));

    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const bool wrapped = m_wraps && width() < sizeHint().width();
    const int content = std::min(contentWidth(), width() - (wrapped ? 2 * padding(m_kind, m_size) : 8));
    QRect box((width() - content) / 2, 0, content, height());
    const auto take = [&box, mirrored](int amount, bool leading) {
        QRect part(box);
        if (leading != mirrored) {
            part.setWidth(amount);
            box.setLeft(box.left() + amount + kIconGap);
        } else {
            part.setLeft(box.right() - amount + 1);
            box.setRight(box.right() - amount - kIconGap);
        }
        return part;
    };
    if (m_icon)
        m_look.paintIcon(painter, take(kIcon, true), *m_icon, kIcon, paints.text, layoutDirection());
    if (m_menuMark)
        m_look.paintIcon(painter, take(kMark, false), Icon::Down, kMark, paints.text, layoutDirection());
    const Qt::Alignment align = wrapped && m_icon ? QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft | Qt::AlignVCenter)
                                                  : Qt::Alignment(Qt::AlignCenter);
    painter.drawText(box, static_cast<int>(align) | Qt::TextHideMnemonic | (wrapped ? Qt::TextWordWrap : Qt::TextSingleLine), text());
}

IconButton::IconButton(Look &look, Icon icon, const QString &name, const QString &objectName, QWidget *parent)
    : QAbstractButton(parent)
    , m_look(look)
    , m_icon(icon)
    , m_name(name)
{
    setObjectName(objectName);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    connect(&look, &Look::changed, this, qOverload<>(&IconButton::update));
    retitle();
}

void IconButton::setName(const QString &name)
{
    m_name = name;
    retitle();
}

void IconButton::setIconName(Icon icon)
{
    m_icon = icon;
    update();
}

void IconButton::setSizes(int icon, int button)
{
    m_iconSize = icon;
    m_buttonSize = std::max(button, metrics::kButtonSmall);
    updateGeometry();
}

void IconButton::setTint(Colour colour)
{
    m_tint = colour;
    update();
}

void IconButton::setFilled(bool on)
{
    m_filled = on;
    update();
}

void IconButton::setShortcutText(const QKeySequence &keys)
{
    m_keys = keys;
    retitle();
}

void IconButton::keyPressEvent(QKeyEvent *event)
{
    if (!pressesOnReturn(*this, *event))
        QAbstractButton::keyPressEvent(event);
}

void IconButton::retitle()
{
    setAccessibleName(m_name);
    setPlainToolTip(this, m_keys.isEmpty() ? m_name : m_name + u"  "_s + m_keys.toString(QKeySequence::NativeText));
}

void IconButton::enterEvent(QEnterEvent *)
{
    update();
}

void IconButton::leaveEvent(QEvent *)
{
    update();
}

void IconButton::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const bool focused = m_look.showsFocus(this);
    const QRectF box(rect());
    if (m_filled) {
        const Paints paints = paintsOf(ButtonKind::Primary, isEnabled(), underMouse(), isDown());
        const QRectF disc = focused ? box.adjusted(4, 4, -4, -4) : box;
        fillRounded(painter, disc, disc.height() / 2, m_look.colour(*paints.fill));
        if (focused)
            paintFocusRing(painter, box, box.height() / 2, m_look);
        m_look.paintIcon(painter, box, m_icon, m_iconSize, paints.text, layoutDirection());
        return;
    }
    if (isEnabled() && (isDown() || isChecked()))
        fillRounded(
            painter, box, metrics::kRadiusControl, m_look.colour(isDown() ? Colour::Pressed : Colour::Selected));
    else if (isEnabled() && underMouse())
        fillRounded(painter, box, metrics::kRadiusControl, m_look.colour(Colour::Hover));
    if (focused)
        paintFocusRing(painter, box, metrics::kRadiusControl, m_look);
    const Colour tint = !isEnabled() ? Colour::TextMuted : isChecked() ? Colour::Accent : m_tint;
    m_look.paintIcon(painter, box, m_icon, m_iconSize, tint, layoutDirection());
}

} // namespace tacet::ui
