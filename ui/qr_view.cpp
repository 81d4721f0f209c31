#include "ui/qr_view.h"

#include "ui/metrics.h"
#include "ui/paint.h"

#include <QPainter>

#include <algorithm>

namespace tacet::ui {

QrView::QrView(Look &look, int frame, const QString &name, const QString &objectName, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_frame(frame)
{
    setObjectName(objectName);
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&look, &Look::changed, this, qOverload<>(&QrView::update));
}

void QrView::setCode(std::optional<QrCode> code)
{
    m_code = std::move(code);
    update();
}

void QrView::setFilling(bool on)
{
    m_filling = on;
    const QSizePolicy::Policy policy = on ? QSizePolicy::Expanding : QSizePolicy::Fixed;
    setSizePolicy(policy, policy);
}

void QrView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const int edge = std::min(width(), height());
    const QRectF frame((width() - edge) / 2.0, (height() - edge) / 2.0, edge, edge);
    fillRounded(painter, frame, metrics::kRadiusCard, Qt::white);
    strokeRounded(painter, frame, metrics::kRadiusCard, m_look.colour(Colour::Hairline), 1);
    if (!m_code)
        return;
    const qreal scale = devicePixelRatioF();
    const int module = moduleFor(m_code->side(), qFloor(edge * scale));
    if (module == 0)
        return;
    // Drawn as one picture at device resolution, so that no module is rounded on its own.
    QImage image = m_code->image(module);
    image.setDevicePixelRatio(scale);
    const QSizeF size = QSizeF(image.size()) / scale;
    const QPointF corner = frame.center() - QPointF(size.width() / 2, size.height() / 2);
    // The corner stands on a device pixel as well.
    const QPointF origin = painter.deviceTransform().map(QPointF(0, 0));
    const auto snapped = [scale](qreal at, qreal base) { return (qRound(at * scale + base) - base) / scale; };
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.setClipPath(roundedPath(frame.adjusted(1, 1, -1, -1), {13, 13, 13, 13}));
    painter.drawImage(QPointF(snapped(corner.x(), origin.x()), snapped(corner.y(), origin.y())), image);
}

} // namespace tacet::ui
