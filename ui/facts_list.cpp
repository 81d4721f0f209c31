#include "ui/facts_list.h"

#include "ui/paint.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace tacet::ui {

namespace {
constexpr int kSmallIcon = 18;
constexpr int kIcon = 20;
} // namespace

FactLine::FactLine(Look &look, Icon icon, const QString &objectName, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_icon(icon)
    , m_text(new Label(look, TypeRole::Small, {}, this))
{
    setObjectName(objectName);
    m_text->setTone(Tone::Secondary);
    m_text->setWrapping(true);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(directedMargins(this, kSmallIcon + 10, 0, 0, 0));
    row->addWidget(m_text);
    connect(&look, &Look::changed, this, qOverload<>(&FactLine::update));
}

void FactLine::setText(const QString &text)
{
    m_text->setText(text);
    setAccessibleName(text);
    setVisible(!text.isEmpty());
}

void FactLine::setTint(Colour icon, Tone text)
{
    m_tint = icon;
    m_text->setTone(text);
    update();
}

void FactLine::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const QRectF box(mirrored ? width() - kSmallIcon : 0, 0, kSmallIcon, m_look.line(TypeRole::Small));
    m_look.paintIcon(painter, box, m_icon, kSmallIcon, m_tint, layoutDirection());
}

FactBlock::FactBlock(
    Look &look, Icon icon, Colour tint, const QString &fact, const QString &sentence, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_icon(icon)
    , m_tint(tint)
{
    auto *strong = new Label(look, TypeRole::Strong, fact, this);
    strong->setWrapping(true);
    auto *words = new Label(look, TypeRole::Small, sentence, this);
    words->setTone(Tone::Secondary);
    words->setWrapping(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(directedMargins(this, kIcon + 12, 0, 0, 0));
    column->setSpacing(1);
    column->addWidget(strong);
    column->addWidget(words);
    connect(&look, &Look::changed, this, qOverload<>(&FactBlock::update));
}

void FactBlock::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const QRectF box(mirrored ? width() - kIcon : 0, 0, kIcon, m_look.line(TypeRole::Strong));
    m_look.paintIcon(painter, box, m_icon, kIcon, m_tint, layoutDirection());
}

} // namespace tacet::ui
