#include "ui/backup_steps.h"

#include "ui/announce.h"
#include "ui/paint.h"

#include <QAccessibleWidget>
#include <QPainter>
#include <QStyle>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using session::BackupStep;

namespace {
constexpr BackupStep kSteps[] = {BackupStep::Writing, BackupStep::ReadingBack, BackupStep::Comparing, BackupStep::Done};
constexpr int kMark = 18;
constexpr int kBar = 4;

class AccessibleSteps final : public QAccessibleWidget, public QAccessibleValueInterface {
public:
    explicit AccessibleSteps(BackupSteps *steps) : QAccessibleWidget(steps, QAccessible::ProgressBar), m_steps(steps) { }

    void *interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::ValueInterface ? static_cast<QAccessibleValueInterface *>(this)
                                                   : QAccessibleWidget::interface_cast(type);
    }
    QAccessible::State state() const override
    {
        QAccessible::State state = QAccessibleWidget::state();
        state.readOnly = true;
        return state;
    }
    QVariant currentValue() const override { return m_steps->percent(); }
    void setCurrentValue(const QVariant &) override { }
    QVariant minimumValue() const override { return 0; }
    QVariant maximumValue() const override { return 100; }
    QVariant minimumStepSize() const override { return 1; }

private:
    BackupSteps *m_steps;
};

QAccessibleInterface *accessibleSteps(const QString &, QObject *object)
{
    auto *steps = qobject_cast<BackupSteps *>(object);
    return steps ? new AccessibleSteps(steps) : nullptr;
}

} // namespace

BackupSteps::BackupSteps(Look &look, QWidget *parent) : QWidget(parent), m_look(look)
{
    QAccessible::installFactory(accessibleSteps); // installing twice is nothing
    setObjectName(u"backupSteps"_s);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&look, &Look::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QString BackupSteps::stepName(BackupStep step) const
{
    switch (step) {
    case BackupStep::Writing: return tr("Writing");
    case BackupStep::ReadingBack: return tr("Reading back");
    case BackupStep::Comparing: return tr("Comparing");
    case BackupStep::Done: return tr("Done");
    }
    Q_UNREACHABLE();
}

void BackupSteps::show(BackupStep step, qint64 done, qint64 total)
{
    const int before = percent();
    const bool next = step != m_step || accessibleName().isEmpty();
    m_step = step;
    m_shareKnown = total > 0;
    m_share = m_shareKnown ? std::clamp(double(done) / double(total), 0.0, 1.0) : 0;
    if (step == BackupStep::Done)
        m_share = 1;
    if (next) {
        setAccessibleName(
            tr("Step %1 of 4: %2").arg(QString::number(static_cast<int>(step) + 1), stepName(step)));
        QAccessibleEvent renamed(this, QAccessible::NameChanged);
        QAccessible::updateAccessibility(&renamed);
        if (isVisible())
            announce(*this, accessibleName());
    }
    if (percent() != before) {
        QAccessibleValueChangeEvent moved(this, percent());
        QAccessible::updateAccessibility(&moved);
    }
    update();
}

QSize BackupSteps::sizeHint() const
{
    const int line = std::max(m_look.line(TypeRole::Small), kMark) + 8;
    return {480, 4 * line + kBar + 12};
}

void BackupSteps::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const int line = std::max(m_look.line(TypeRole::Small), kMark) + 8;
    const auto visual = [&](const QRect &box) { return QStyle::visualRect(layoutDirection(), rect(), box); };
    const Qt::Alignment side = QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft) | Qt::AlignVCenter;
    for (const BackupStep step : kSteps) {
        const int index = static_cast<int>(step);
        const bool behind = step < m_step || m_step == BackupStep::Done;
        const bool now = step == m_step && !behind;
        const QRectF mark(visual({0, index * line + (line - kMark) / 2, kMark, kMark}));
        if (behind) {
            fillRounded(painter, mark, kMark / 2.0, m_look.colour(Colour::VerifiedTint));
            m_look.paintIcon(painter, mark, Icon::Check, 14, Colour::Verified, Qt::LeftToRight);
        } else {
            strokeRounded(painter, mark.adjusted(1, 1, -1, -1), kMark / 2.0 - 1,
                m_look.colour(now ? Colour::Accent : Colour::Outline), now ? 4 : 1.5);
        }
        painter.setFont(m_look.font(now ? TypeRole::Label : TypeRole::Small));
        painter.setPen(m_look.colour(now || behind ? Colour::Text : Colour::TextSecondary));
        painter.drawText(visual({kMark + 10, index * line, width() - kMark - 10, line}), static_cast<int>(side), stepName(step));
    }
    const QRectF groove(0, 4 * line + 6, width(), kBar);
    fillRounded(painter, groove, kBar / 2.0, m_look.colour(Colour::Hairline));
    if (m_share > 0)
        fillRounded(painter, visual(QRect(0, 4 * line + 6, qRound(width() * m_share), kBar)), kBar / 2.0,
            m_look.colour(Colour::Accent));
}

} // namespace tacet::ui
