#include "ui/card_row.h"

#include <QEvent>
#include <QStyle>
#include <QVBoxLayout>

#include <algorithm>

namespace tacet::ui {

namespace {
constexpr int kHeight = 56;
constexpr QMargins kMargins{18, 10, 16, 10}; ///< leading, top, trailing, bottom
constexpr int kBeside = 16;
constexpr int kBelow = 8;
/// Words are given so much width beside a control, logical px at 100 %.
constexpr int kWordsAtLeast = 110;
} // namespace

CardRow::CardRow(Look &look, const QString &title, const QString &help, QWidget *control, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_words(new QWidget(this))
    , m_help(new Label(look, TypeRole::Small, help, m_words))
    , m_control(control)
{
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    auto *words = new QVBoxLayout(m_words);
    words->setContentsMargins(0, 0, 0, 0);
    words->setSpacing(2);
    auto *heading = new Label(look, TypeRole::Strong, title, m_words);
    heading->setWrapping(true);
    m_help->setTone(Tone::Secondary);
    m_help->setWrapping(true);
    m_help->setVisible(!help.isEmpty());
    words->addStretch();
    words->addWidget(heading);
    words->addWidget(m_help);
    words->addStretch();
    if (m_control) {
        m_control->setParent(this);
        if (m_control->accessibleDescription().isEmpty())
            m_control->setAccessibleDescription(help);
    }
}

QSize CardRow::controlSize() const
{
    return m_control && !m_control->isHidden() ? m_control->sizeHint().expandedTo(m_control->minimumSize()) : QSize(0, 0);
}

bool CardRow::isStacked(int width) const
{
    const int control = controlSize().width();
    return control > 0 && width - kMargins.left() - kMargins.right() - kBeside - control < m_look.scaled(kWordsAtLeast);
}

int CardRow::wordsWidth(int width) const
{
    const int control = controlSize().width();
    const int inside = width - kMargins.left() - kMargins.right();
    return std::max(1, control == 0 || isStacked(width) ? inside : inside - kBeside - control);
}

int CardRow::heightForWidth(int width) const
{
    const int words = m_words->heightForWidth(wordsWidth(width));
    const int control = controlSize().height();
    const int content = isStacked(width) ? words + kBelow + control : std::max(words, control);
    return std::max(kHeight, content + kMargins.top() + kMargins.bottom());
}

QSize CardRow::sizeHint() const
{
    const QSize control = controlSize();
    const int width = m_words->sizeHint().width() + kMargins.left() + kMargins.right()
        + (control.width() > 0 ? kBeside + control.width() : 0);
    return {width, heightForWidth(width)};
}

QSize CardRow::minimumSizeHint() const
{
    const int widest = std::max(m_words->minimumSizeHint().width(), controlSize().width());
    return {widest + kMargins.left() + kMargins.right(), kHeight};
}

bool CardRow::event(QEvent *event)
{
    switch (event->type()) {
    case QEvent::LayoutRequest: // words or control changed
    case QEvent::LayoutDirectionChange:
        updateGeometry();
        place();
        break;
    default: break;
    }
    return QWidget::event(event);
}

void CardRow::resizeEvent(QResizeEvent *)
{
    place();
}

void CardRow::place()
{
    const QRect inside = rect().adjusted(kMargins.left(), kMargins.top(), -kMargins.right(), -kMargins.bottom());
    const QSize control = controlSize();
    const int words = wordsWidth(width());
    const auto put = [this](QWidget *widget, const QRect &box) {
        widget->setGeometry(QStyle::visualRect(layoutDirection(), rect(), box));
    };
    if (!isStacked(width())) {
        put(m_words, {inside.left(), inside.top(), words, inside.height()});
        if (!control.isEmpty())
            put(m_control, {{inside.right() + 1 - control.width(), inside.top() + (inside.height() - control.height()) / 2}, control});
        return;
    }
    const int below = inside.bottom() + 1 - control.height();
    put(m_words, {inside.left(), inside.top(), words, std::max(1, below - kBelow - inside.top())});
    put(m_control, {inside.left(), below, std::min(control.width(), inside.width()), control.height()});
}

} // namespace tacet::ui
