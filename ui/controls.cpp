#include "ui/controls.h"

#include "ui/metrics.h"
#include "ui/paint.h"

#include <QBoxLayout>
#include <QFontMetrics>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QStyle>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

// ---- Switch

Switch::Switch(Look &look, const QString &name, const QString &objectName, QWidget *parent)
    : QCheckBox(parent)
    , m_look(look)
{
    setObjectName(objectName);
    setAccessibleName(name);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&look, &Look::changed, this, qOverload<>(&Switch::update));
}

void Switch::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRectF track((width() - 38) / 2.0, (height() - 22) / 2.0, 38, 22);
    const bool on = isChecked();
    // Off differs by its outline and by the side of the knob, not by colour alone.
    if (on)
        fillRounded(painter, track, 11, m_look.colour(isEnabled() ? Colour::Accent : Colour::BadgeMuted));
    else
        strokeRounded(painter, track, 11, m_look.colour(isEnabled() ? Colour::Outline : Colour::Hairline), 1.5);
    const bool atRight = on != (layoutDirection() == Qt::RightToLeft);
    const qreal side = on ? 16 : 12;
    const qreal inset = (22 - side) / 2;
    const qreal x = atRight ? track.right() - inset - side : track.left() + inset;
    fillRounded(painter, QRectF(x, track.top() + inset, side, side), side / 2,
        m_look.colour(on      ? Colour::OnAccent
                : isEnabled() ? Colour::Outline
                              : Colour::Hairline));
    if (m_look.showsFocus(this))
        paintFocusRing(painter, track.adjusted(-4, -4, 4, 4), 15, m_look);
}

// ---- Segmented

namespace {

class Segment final : public QRadioButton {
public:
    Segment(Look &look, const QString &text, const QString &objectName, QWidget *parent)
        : QRadioButton(text, parent)
        , m_look(look)
    {
        setObjectName(objectName);
        setCursor(Qt::PointingHandCursor);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setAttribute(Qt::WA_Hover);
    }

    QSize sizeHint() const override
    {
        const QSize words = QFontMetrics(m_look.font(TypeRole::Label)).size(Qt::TextShowMnemonic, text());
        return {words.width() + 28, std::max(34, m_look.line(TypeRole::Label) + 16)};
    }
    QSize minimumSizeHint() const override { return {48, sizeHint().height()}; }

protected:
    bool hitButton(const QPoint &position) const override { return rect().contains(position); }

    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const QRectF box(rect());
        if (isChecked()) {
            fillRounded(painter, box, metrics::kRadiusSmall, m_look.colour(Colour::Surface));
            strokeRounded(painter, box, metrics::kRadiusSmall, m_look.colour(Colour::Outline), 1);
        } else if (underMouse()) {
            fillRounded(painter, box, metrics::kRadiusSmall, m_look.colour(Colour::Hover));
        }
        if (m_look.showsFocus(this))
            paintFocusRing(painter, box, metrics::kRadiusSmall, m_look);
        QFont font = m_look.font(TypeRole::Label);
        font.setWeight(isChecked() ? QFont::DemiBold : QFont::Medium);
        painter.setFont(font);
        painter.setPen(m_look.colour(isChecked() ? Colour::Text : Colour::TextSecondary));
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextHideMnemonic, text());
    }

private:
    Look &m_look;
};

} // namespace

Segmented::Segmented(Look &look, const QString &name, const QString &objectName, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_line(new QBoxLayout(QBoxLayout::LeftToRight, this))
{
    setObjectName(objectName);
    setAccessibleName(name);
    m_line->setContentsMargins(3, 3, 3, 3);
    m_line->setSpacing(2);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&m_group, &QButtonGroup::idToggled, this, [this](int id, bool on) {
        if (on)
            Q_EMIT currentChanged(id);
    });
    connect(&look, &Look::changed, this, [this] {
        for (QAbstractButton *segment : m_group.buttons())
            segment->updateGeometry();
        lineUp();
        update();
    });
}

void Segmented::lineUp()
{
    const QMargins margins = m_line->contentsMargins();
    int wanted = margins.left() + margins.right() - m_line->spacing();
    for (const QAbstractButton *segment : m_group.buttons())
        wanted += segment->sizeHint().width() + m_line->spacing();
    const auto direction = width() < wanted ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight;
    if (direction == m_line->direction())
        return;
    m_line->setDirection(direction);
    updateGeometry();
}

void Segmented::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    lineUp();
}

void Segmented::addChoice(const QString &text, const QString &objectName)
{
    auto *segment = new Segment(m_look, text, objectName, this);
    const bool first = m_group.buttons().isEmpty();
    m_group.addButton(segment, static_cast<int>(m_group.buttons().size()));
    m_line->addWidget(segment);
    if (first) {
        const QSignalBlocker quiet(m_group);
        segment->setChecked(true);
    }
}

void Segmented::setCurrent(int index)
{
    QAbstractButton *segment = m_group.button(index);
    Q_ASSERT(segment);
    segment->setChecked(true);
}

void Segmented::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    fillRounded(painter, rect(), metrics::kRadiusControl, m_look.colour(Colour::Field));
}

// ---- RadioCard

RadioCard::RadioCard(Look &look, const QString &title, const QString &help, const QString &objectName, QWidget *parent)
    : QRadioButton(title, parent)
    , m_look(look)
{
    setObjectName(objectName);
    setCursor(Qt::PointingHandCursor);
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

void RadioCard::setHelp(const QString &help)
{
    m_help = help;
    setAccessibleDescription(help);
    updateGeometry();
    update();
}

namespace {
constexpr int kCardPad = 12;
constexpr int kCardMark = 44; ///< from the leading edge to the words
} // namespace

QSize RadioCard::sizeHint() const
{
    return {320, heightForWidth(320)};
}

int RadioCard::heightForWidth(int width) const
{
    const int words = std::max(40, width - kCardMark - kCardPad);
    const QFontMetrics strong(m_look.font(TypeRole::Strong));
    const QFontMetrics small(m_look.font(TypeRole::Small));
    const int title = strong.boundingRect(0, 0, words, 4000, Qt::TextWordWrap, text()).height();
    const int help = small.boundingRect(0, 0, words, 4000, Qt::TextWordWrap, m_help).height();
    return 2 * kCardPad + std::max(title, m_look.line(TypeRole::Strong)) + 2
        + std::max(help, m_look.line(TypeRole::Small));
}

void RadioCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRectF box(rect());
    const Colour ground = !isEnabled() ? Colour::Field
        : isChecked()                  ? Colour::AccentTint
        : underMouse()                 ? Colour::Hover
                                       : Colour::Surface;
    fillRounded(painter, box, metrics::kRadiusRow, m_look.colour(ground));
    const bool strong = isChecked() || m_look.showsFocus(this);
    strokeRounded(painter, box, metrics::kRadiusRow,
        m_look.colour(strong  ? Colour::Accent
                : isEnabled() ? Colour::Outline
                              : Colour::Hairline),
        strong ? 2 : 1);

    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const qreal markX = mirrored ? width() - kCardPad - 20 : kCardPad + 2;
    const QRectF mark(markX, kCardPad + (m_look.line(TypeRole::Strong) - 18) / 2.0, 18, 18);
    if (isChecked()) {
        strokeRounded(painter, mark, 9, m_look.colour(Colour::Accent), 5.5);
    } else {
        strokeRounded(painter, mark, 9, m_look.colour(isEnabled() ? Colour::Outline : Colour::Hairline), 1.5);
    }

    const QRect words = mirrored ? QRect(kCardPad, kCardPad, width() - kCardMark - kCardPad, height() - 2 * kCardPad)
                                 : QRect(kCardMark, kCardPad, width() - kCardMark - kCardPad, height() - 2 * kCardPad);
    const int align = static_cast<int>(QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft)) | Qt::TextWordWrap;
    painter.setFont(m_look.font(TypeRole::Strong));
    painter.setPen(m_look.colour(isEnabled() ? Colour::Text : Colour::TextMuted));
    QRect titleBox;
    painter.drawText(words, align | Qt::AlignTop, text(), &titleBox);
    painter.setFont(m_look.font(TypeRole::Small));
    painter.setPen(m_look.colour(isEnabled() ? Colour::TextSecondary : Colour::TextMuted));
    const int titleHeight = std::max(titleBox.height(), m_look.line(TypeRole::Strong));
    painter.drawText(words.adjusted(0, titleHeight + 2, 0, 0), align | Qt::AlignTop, m_help);
}

// ---- Choice

Choice::Choice(Look &look, const QString &name, const QString &objectName, QWidget *parent)
    : Button(look, ButtonKind::Soft, {}, objectName, parent, ButtonSize::Small)
    , m_name(name)
{
    setHasMenuMark(true);
    connect(this, &QPushButton::clicked, this, &Choice::open);
}

void Choice::addChoice(const QString &text, const QVariant &value)
{
    m_entries.push_back({text, value});
    if (m_entries.size() == 1)
        show(0);
}

QVariant Choice::current() const
{
    return m_entries.empty() ? QVariant() : m_entries[m_current].value;
}

void Choice::setCurrent(const QVariant &value)
{
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        if (m_entries[i].value == value)
            show(i);
    }
}

void Choice::show(std::size_t index)
{
    m_current = index;
    setText(m_entries[index].text);
    setAccessibleName(u"%1: %2"_s.arg(m_name, m_entries[index].text));
    updateGeometry();
}

void Choice::open()
{
    auto *menu = new QMenu(this); // popup(), not exec(): locking deletes this button while the menu is open
    menu->setObjectName(objectName() + u"Menu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        QAction *action = menu->addAction(m_entries[i].text, this, [this, i] {
            show(i);
            Q_EMIT chosen(m_entries[m_current].value);
        });
        action->setCheckable(true);
        action->setChecked(i == m_current);
    }
    menu->popup(mapToGlobal(QPoint(0, height() + 4)));
}

// ---- Field

Field::Field(Look &look, const QString &name, const QString &objectName, QWidget *parent)
    : QLineEdit(parent)
    , m_look(look)
{
    setObjectName(objectName);
    setAccessibleName(name);
    connect(&look, &Look::changed, this, &Field::restyle);
    restyle();
}

void Field::setWrong(bool wrong)
{
    if (property("wrong").toBool() == wrong)
        return;
    setProperty("wrong", wrong);
    style()->unpolish(this);
    style()->polish(this);
}

void Field::setMono(bool on)
{
    m_mono = on;
    restyle();
}

void Field::restyle()
{
    setFont(m_look.font(m_mono ? TypeRole::Code : TypeRole::Body));
    setFixedHeight(std::max(metrics::kField, m_look.line(TypeRole::Body) + 24));
}

// ---- SearchField

SearchField::SearchField(Look &look, const QString &name, const QString &objectName, QWidget *parent)
    : QLineEdit(parent)
    , m_look(look)
{
    setObjectName(objectName);
    setAccessibleName(name);
    setPlaceholderText(name);
    setProperty("plain", true);
    connect(&look, &Look::changed, this, &SearchField::restyle);
    restyle();
}

void SearchField::restyle()
{
    setFont(m_look.font(TypeRole::Body));
    setFixedHeight(std::max(metrics::kSearchField, m_look.line(TypeRole::Body) + 16));
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    setTextMargins(mirrored ? 0 : 24, 0, mirrored ? 24 : 0, 0);
}

void SearchField::paintEvent(QPaintEvent *event)
{
    QLineEdit::paintEvent(event);
    QPainter painter(this);
    const QRectF box(layoutDirection() == Qt::RightToLeft ? width() - 30 : 10, 0, 20, height());
    m_look.paintIcon(painter, box, Icon::Search, 18, Colour::TextMuted, layoutDirection());
}

void SearchField::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Down: Q_EMIT moveRequested(1); return;
    case Qt::Key_Up: Q_EMIT moveRequested(-1); return;
    case Qt::Key_Return:
    case Qt::Key_Enter: Q_EMIT activated(); return;
    default: QLineEdit::keyPressEvent(event);
    }
}

} // namespace tacet::ui
