#include "ui/labels.h"

#include "ui/accessible_role.h"

#include <QEvent>
#include <QPainter>
#include <QStyle>

#include <algorithm>
#include <array>
#include <cmath>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

/// Longest text that a label lays out; a name of 4 KB is cut before it costs time.
constexpr qsizetype kLabelLimit = 600;
/// Words that wrap are given at least so much width, logical px.
constexpr int kWordsAtLeast = 120;

constexpr std::array<QLatin1StringView, 7> kTones{
    "text"_L1,
    "secondary"_L1,
    "muted"_L1,
    "accent"_L1,
    "verified"_L1,
    "brass"_L1,
    "danger"_L1,
};

QString inLines(QString text)
{
    return text.replace(u'\n', QChar::LineSeparator);
}

} // namespace

Label::Label(Look &look, TypeRole role, const QString &text, QWidget *parent)
    : QLabel(parent)
    , m_look(look)
    , m_role(role)
{
    setTextFormat(Qt::PlainText);
    setTextInteractionFlags(Qt::NoTextInteraction);
    setText(text);
    // The leading side is the interface's, whatever the first letter is.
    setAlignment(
        Qt::AlignAbsolute | Qt::AlignVCenter | (layoutDirection() == Qt::RightToLeft ? Qt::AlignRight : Qt::AlignLeft));
    restyle();
    connect(&look, &Look::changed, this, &Label::restyle);
}

void Label::setTone(Tone tone)
{
    setProperty("tone", QString(kTones[static_cast<std::size_t>(tone)]));
    style()->unpolish(this);
    style()->polish(this);
}

void Label::setRole(TypeRole role)
{
    m_role = role;
    restyle();
}

void Label::setWrapping(bool on)
{
    setWordWrap(on);
    if (on) {
        QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
        policy.setHeightForWidth(true);
        setSizePolicy(policy);
    }
}

void Label::setSelectable(bool on)
{
    setTextInteractionFlags(on ? Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard : Qt::NoTextInteraction);
}

// QLabel breaks between words alone, and is never narrower than its longest.
bool Label::breaksWords() const
{
    return wordWrap() && textInteractionFlags() == Qt::NoTextInteraction;
}

qreal Label::breakLines(QTextLayout &layout, int width) const
{
    QTextOption option(alignment() & Qt::AlignHorizontal_Mask);
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    option.setTextDirection(text().isRightToLeft() ? Qt::RightToLeft : Qt::LeftToRight);
    layout.setTextOption(option);
    const qreal leading = std::max<qreal>(0, QFontMetricsF(font()).leading());
    qreal height = -leading;
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(width);
        height = std::ceil(height + leading);
        line.setPosition({0, height});
        height += line.height();
    }
    layout.endLayout();
    return height;
}

QSize Label::minimumSizeHint() const
{
    const QSize whole = QLabel::minimumSizeHint();
    return breaksWords() ? QSize(std::min(whole.width(), kWordsAtLeast), whole.height()) : whole;
}

int Label::heightForWidth(int width) const
{
    if (!breaksWords())
        return QLabel::heightForWidth(width);
    QTextLayout layout(inLines(text()), font());
    return std::max(minimumHeight(), static_cast<int>(std::ceil(breakLines(layout, width))));
}

void Label::paintEvent(QPaintEvent *event)
{
    if (!breaksWords())
        return QLabel::paintEvent(event);
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    QTextLayout layout(inLines(text()), font());
    const QRect box = contentsRect();
    const qreal height = breakLines(layout, box.width());
    qreal top = box.top();
    if (alignment() & Qt::AlignVCenter)
        top += std::max<qreal>(0, (box.height() - height) / 2);
    else if (alignment() & Qt::AlignBottom)
        top += std::max<qreal>(0, box.height() - height);
    layout.draw(&painter, {qreal(box.left()), std::floor(top)});
}

void Label::restyle()
{
    setFont(m_look.font(m_role));
    // One line takes the pitch of its role, so that rows of labels stand on the design's grid.
    setMinimumHeight(m_look.line(m_role));
}

RichStyle richStyle(const Look &look, Lines lines)
{
    RichStyle style;
    style.emojiFamily = look.fonts().emojiFamily();
    style.codeFont = look.font(TypeRole::Code);
    style.codeFont.setPixelSize(std::max(8, look.scaled(10)));
    style.codeColour = look.colour(Colour::Brass);
    style.lines = lines;
    return style;
}

RichStyle richStyle(const Look &look, Lines lines, Colour links)
{
    RichStyle style = richStyle(look, lines);
    style.linkColour = look.colour(links);
    return style;
}

TextBlockStyle blockStyle(const Look &look, TypeRole role, Qt::LayoutDirection fallback)
{
    TextBlockStyle style;
    style.font = look.font(role);
    style.linePitch = look.line(role);
    style.fallback = fallback;
    return style;
}

OutsideLabel::OutsideLabel(Look &look, TypeRole role, const QString &text, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_role(role)
{
    setAccessibleRole(this, QAccessible::StaticText);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setText(text);
    connect(&look, &Look::changed, this, &OutsideLabel::relayout);
}

void OutsideLabel::setText(const QString &text)
{
    m_text = text;
    setAccessibleName(visibleLine(text));
    relayout();
}

void OutsideLabel::setColour(Colour colour)
{
    m_colour = colour;
    update();
}

void OutsideLabel::setMaxLines(int lines)
{
    m_maxLines = lines;
    QSizePolicy policy(QSizePolicy::Preferred, lines == 1 ? QSizePolicy::Fixed : QSizePolicy::Minimum);
    policy.setHeightForWidth(lines != 1);
    setSizePolicy(policy);
    relayout();
}

void OutsideLabel::setCentred(bool on)
{
    m_centred = on;
    update();
}

TextBlock OutsideLabel::laidOut(qreal width) const
{
    TextBlockStyle style = blockStyle(m_look, m_role, layoutDirection());
    style.maxLines = m_maxLines;
    style.alignByText = false;
    const RichText rich = richText(QStringView(m_text).left(kLabelLimit), richStyle(m_look, Lines::Join));
    return TextBlock(rich, style, width);
}

QSize OutsideLabel::sizeHint() const
{
    const QSizeF size = laidOut(m_maxLines == 1 ? 4096 : 320).size();
    return {static_cast<int>(std::ceil(size.width())), static_cast<int>(std::ceil(size.height()))};
}

QSize OutsideLabel::minimumSizeHint() const
{
    return {m_look.scaled(24), m_look.line(m_role)};
}

int OutsideLabel::heightForWidth(int width) const
{
    return static_cast<int>(std::ceil(laidOut(width).size().height()));
}

void OutsideLabel::relayout()
{
    m_block = laidOut(std::max(1, width()));
    updateGeometry();
    update();
}

void OutsideLabel::resizeEvent(QResizeEvent *)
{
    m_block = laidOut(std::max(1, width()));
}

void OutsideLabel::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LayoutDirectionChange)
        relayout();
    QWidget::changeEvent(event);
}

void OutsideLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QSizeF size = m_block.size();
    qreal x = layoutDirection() == Qt::RightToLeft ? width() - size.width() : 0;
    if (m_centred)
        x = std::max<qreal>(0, (width() - size.width()) / 2);
    const qreal y = std::max<qreal>(0, (height() - size.height()) / 2);
    m_block.draw(painter, QPointF(x, y), m_look.colour(m_colour), m_look.colour(Colour::BrassTint),
        m_look.colour(Colour::Brass));
}

} // namespace tacet::ui
