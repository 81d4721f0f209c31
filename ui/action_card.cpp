#include "ui/action_card.h"

#include "ui/buttons.h"
#include "ui/metrics.h"
#include "ui/paint.h"

#include <QFontMetrics>
#include <QPainter>
#include <QStyle>

#include <algorithm>

namespace tacet::ui {

namespace {
constexpr int kPad = 12;
constexpr int kIconPlace = 16;
constexpr int kIcon = 24;
constexpr int kWords = 54; ///< from the leading edge
constexpr int kChevron = 18;
} // namespace

ActionCard::ActionCard(Look &look, Icon icon, const QString &title, const QString &help, const QString &objectName,
    QWidget *parent)
    : QAbstractButton(parent)
    , m_look(look)
    , m_icon(icon)
{
    setText(title);
    setObjectName(objectName);
    setAccessibleName(title);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setHelp(help);
    connect(&look, &Look::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void ActionCard::setHelp(const QString &help)
{
    m_help = help;
    setAccessibleDescription(help);
    updateGeometry();
    update();
}

QSize ActionCard::sizeHint() const
{
    return {440, heightForWidth(440)};
}

QRect ActionCard::wordsBox(int width) const
{
    return {kWords, kPad, std::max(40, width - kWords - kPad - kChevron - 8), height() - 2 * kPad};
}

int ActionCard::heightForWidth(int width) const
{
    const int words = wordsBox(width).width();
    const QRect title = QFontMetrics(m_look.font(TypeRole::Strong)).boundingRect(0, 0, words, 4000, Qt::TextWordWrap, text());
    const QRect help = QFontMetrics(m_look.font(TypeRole::Small)).boundingRect(0, 0, words, 4000, Qt::TextWordWrap, m_help);
    return 2 * kPad + std::max(title.height(), m_look.line(TypeRole::Strong))
        + std::max(help.height(), m_look.line(TypeRole::Small)) + 2;
}

void ActionCard::keyPressEvent(QKeyEvent *event)
{
    if (!pressesOnReturn(*this, *event))
        QAbstractButton::keyPressEvent(event);
}

void ActionCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRectF box(rect());
    fillRounded(painter, box, metrics::kRadiusRow,
        m_look.colour(isDown() ? Colour::Pressed : underMouse() ? Colour::Hover : Colour::Surface));
    if (m_look.showsFocus(this))
        paintFocusRing(painter, box, metrics::kRadiusRow, m_look);
    else
        strokeRounded(painter, box, metrics::kRadiusRow, m_look.colour(Colour::Hairline), 1);
    const Qt::LayoutDirection direction = layoutDirection();
    const auto mirrored = [&](const QRect &part) { return QRectF(QStyle::visualRect(direction, rect(), part)); };
    m_look.paintIcon(painter, mirrored({kIconPlace, 0, kIcon, height()}), m_icon, kIcon, Colour::Accent, direction);
    m_look.paintIcon(painter, mirrored({width() - kPad - kChevron, 0, kChevron, height()}), Icon::Next, kChevron,
        Colour::TextSecondary, direction);
    const QRect words = mirrored(wordsBox(width())).toRect();
    const int align = static_cast<int>(QStyle::visualAlignment(direction, Qt::AlignLeft)) | Qt::TextWordWrap;
    painter.setFont(m_look.font(TypeRole::Strong));
    painter.setPen(m_look.colour(Colour::Text));
    QRect titleBox;
    painter.drawText(words, align | Qt::AlignTop, text(), &titleBox);
    painter.setFont(m_look.font(TypeRole::Small));
    painter.setPen(m_look.colour(Colour::TextSecondary));
    painter.drawText(words.adjusted(0, std::max(titleBox.height(), m_look.line(TypeRole::Strong)) + 2, 0, 0),
        align | Qt::AlignTop, m_help);
}

} // namespace tacet::ui
