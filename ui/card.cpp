#include "ui/card.h"

#include "ui/card_row.h"
#include "ui/metrics.h"
#include "ui/paint.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace tacet::ui {

namespace {

Colour groundOf(CardTone tone)
{
    switch (tone) {
    case CardTone::Plain: return Colour::Surface;
    case CardTone::Tint: return Colour::AccentTint;
    case CardTone::Good: return Colour::VerifiedTint;
    case CardTone::Notice: return Colour::BrassTint;
    case CardTone::Wrong: return Colour::DangerTint;
    }
    Q_UNREACHABLE();
}

Colour inkOf(CardTone tone)
{
    switch (tone) {
    case CardTone::Plain: return Colour::TextSecondary;
    case CardTone::Tint: return Colour::Accent;
    case CardTone::Good: return Colour::Verified;
    case CardTone::Notice: return Colour::Brass;
    case CardTone::Wrong: return Colour::Danger;
    }
    Q_UNREACHABLE();
}

constexpr int kNoteIcon = 20;

} // namespace

Hairline::Hairline(Qt::Orientation orientation, QWidget *parent) : QFrame(parent)
{
    setProperty("hairline", true);
    if (orientation == Qt::Horizontal)
        setFixedHeight(1);
    else
        setFixedWidth(1);
}

Card::Card(Look &look, QWidget *parent) : QFrame(parent), m_look(look), m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    connect(&look, &Look::changed, this, qOverload<>(&Card::update));
}

void Card::setTone(CardTone tone)
{
    m_tone = tone;
    update();
}

Label *Card::addRow(const QString &title, const QString &help, QWidget *control)
{
    if (m_column->count() > 0)
        m_column->addWidget(new Hairline(Qt::Horizontal, this));
    auto *row = new CardRow(m_look, title, help, control, this);
    m_column->addWidget(row);
    return row->help();
}

void Card::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    fillRounded(painter, rect(), metrics::kRadiusCard, m_look.colour(groundOf(m_tone)));
    if (m_tone == CardTone::Plain)
        strokeRounded(painter, rect(), metrics::kRadiusCard, m_look.colour(Colour::Hairline), 1);
}

Note::Note(Look &look, Icon icon, CardTone tone, const QString &text, QWidget *parent)
    : QFrame(parent)
    , m_look(look)
    , m_icon(icon)
    , m_tone(tone)
    , m_label(new Label(look, TypeRole::Small, text, this))
{
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(directedMargins(this, 14 + kNoteIcon + 12, 12, 14, 12));
    m_label->setWrapping(true);
    line->addWidget(m_label);
    connect(&look, &Look::changed, this, qOverload<>(&Note::update));
}

void Note::setText(const QString &text)
{
    m_label->setText(text);
}

void Note::setKind(Icon icon, CardTone tone)
{
    m_icon = icon;
    m_tone = tone;
    update();
}

void Note::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    fillRounded(painter, rect(), metrics::kRadiusRow, m_look.colour(groundOf(m_tone)));
    if (m_tone == CardTone::Plain)
        strokeRounded(painter, rect(), metrics::kRadiusRow, m_look.colour(Colour::Hairline), 1);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const QRectF box(mirrored ? width() - 14 - kNoteIcon : 14, 12, kNoteIcon, m_look.line(TypeRole::Small));
    m_look.paintIcon(painter, box, m_icon, kNoteIcon, inkOf(m_tone), layoutDirection());
}

} // namespace tacet::ui
