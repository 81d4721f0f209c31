#include "ui/strength_meter.h"

#include "ui/paint.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QPainter>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int kSegments = 5;
constexpr int kBar = 4;
constexpr int kGap = 4;
} // namespace

StrengthMeter::StrengthMeter(Look &look, const QString &objectName, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_word(new Label(look, TypeRole::Label, {}, this))
    , m_reason(new Label(look, TypeRole::Small, {}, this))
{
    setObjectName(objectName);
    m_word->setObjectName(objectName + u"Word"_s);
    m_reason->setObjectName(objectName + u"Reason"_s);
    m_reason->setWrapping(true);
    m_reason->setTone(Tone::Secondary);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, kBar + 6, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_word, 0, Qt::AlignTop);
    row->addWidget(m_reason, 1, Qt::AlignTop);
    connect(&look, &Look::changed, this, qOverload<>(&StrengthMeter::update));
}

void StrengthMeter::setEstimate(const StrengthEstimate &estimate)
{
    const QString word = strengthWord(estimate.strength);
    const QString reason = strengthReasonText(estimate.reason);
    const bool good = estimate.strength >= Strength::Strong;
    const bool bad = estimate.strength <= Strength::Weak;
    m_filled = static_cast<int>(estimate.strength) + 1;
    m_colour = good ? Colour::Verified : bad ? Colour::Danger : Colour::Brass;
    m_word->setVisible(true);
    m_word->setText(word);
    m_word->setTone(good ? Tone::Verified : bad ? Tone::Danger : Tone::Brass);
    m_reason->setText(reason);
    const QString spoken = tr("Strength: %1. %2").arg(word, reason);
    if (spoken != accessibleName()) {
        setAccessibleName(spoken);
        QAccessibleEvent renamed(this, QAccessible::NameChanged);
        QAccessible::updateAccessibility(&renamed);
    }
    update();
}

void StrengthMeter::setHint(const QString &hint)
{
    m_filled = 0;
    m_word->setVisible(false);
    m_reason->setText(hint);
    setAccessibleName(hint);
    update();
}

void StrengthMeter::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const qreal segment = (width() - kGap * (kSegments - 1)) / double(kSegments);
    for (int i = 0; i < kSegments; ++i) {
        const int place = layoutDirection() == Qt::RightToLeft ? kSegments - 1 - i : i;
        const QRectF box(place * (segment + kGap), 0, segment, kBar);
        fillRounded(painter, box, kBar / 2.0, m_look.colour(i < m_filled ? m_colour : Colour::Hairline));
    }
}

} // namespace tacet::ui
