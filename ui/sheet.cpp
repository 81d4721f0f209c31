#include "ui/sheet.h"

#include "ui/accessible_role.h"
#include "ui/button_row.h"
#include "ui/lost_focus.h"
#include "ui/metrics.h"
#include "ui/overlay_scroll.h"
#include "ui/paint.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>
#include <QVariantAnimation>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kPad = 24;
constexpr int kMargin = 24; ///< between panel and window
constexpr int kRise = 8;
constexpr int kPopoverGap = 12; ///< between a popover and the window's lower edge

/// The panel paints its rounded ground; the foot bar is part of the same shape.
class Panel final : public QWidget {
public:
    Panel(Look &look, QWidget *parent) : QWidget(parent), m_look(look) { }

    QWidget *footBar = nullptr;
    bool fillsWindow = false;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const qreal radius = fillsWindow ? 0 : metrics::kRadiusSheet;
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_look.colour(Colour::Surface));
        painter.drawRoundedRect(rect(), radius, radius);
        if (footBar && footBar->isVisible()) {
            const QRectF foot(footBar->geometry());
            painter.setBrush(m_look.colour(Colour::Field));
            painter.drawPath(roundedPath(foot, {0, 0, radius, radius}));
            painter.setBrush(m_look.colour(Colour::Hairline));
            painter.drawRect(QRectF(foot.left(), foot.top(), foot.width(), 1));
        }
        if (!fillsWindow)
            strokeRounded(painter, rect(), radius, m_look.colour(Colour::Hairline), 1);
    }

private:
    Look &m_look;
};

} // namespace

Sheet::Sheet(Look &look, QWidget &host, const QString &title, const QString &objectName, int width)
    : QWidget(&host)
    , m_look(look)
    , m_host(host)
    , m_width(width)
{
    setObjectName(objectName);
    setAccessibleRole(this, QAccessible::Dialog);
    setAccessibleName(title);
    setFocusPolicy(Qt::NoFocus);
    hide();

    auto *panel = new Panel(look, this);
    m_panel = panel;
    m_panel->setObjectName(objectName + u"Panel"_s);
    auto *column = new QVBoxLayout(m_panel);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);

    auto *head = new QHBoxLayout;
    head->setContentsMargins(directedMargins(this, kPad, 16, 14, 8));
    m_title = new Label(look, TypeRole::Sheet, title, m_panel);
    m_title->setWrapping(true);
    m_close = new IconButton(look, Icon::Close, tr("Close"), objectName + u"Close"_s, m_panel);
    m_close->setSizes(20, 36);
    connect(m_close, &IconButton::clicked, this, [this] {
        if (mayDismiss())
            dismiss();
    });
    head->addWidget(m_title, 1);
    head->addWidget(m_close, 0, Qt::AlignTop);
    column->addLayout(head);

    m_scroll = new QScrollArea(m_panel);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->viewport()->setAutoFillBackground(false);
    auto *content = new QWidget;
    auto *whole = new QVBoxLayout(content); // what is left in a sheet that fills the window is below the body
    whole->setContentsMargins(kPad, 8, kPad, kPad);
    m_body = new QVBoxLayout;
    m_body->setSpacing(12);
    whole->addLayout(m_body);
    whole->addStretch();
    m_scroll->setWidget(content);
    content->setAutoFillBackground(false); // which setWidget() turned on
    content->installEventFilter(this);
    new OverlayScroll(look, *m_scroll);
    column->addWidget(m_scroll, 1);

    m_footBar = new QWidget(m_panel);
    m_foot = new QHBoxLayout(m_footBar);
    m_foot->setContentsMargins(kPad, 12, kPad, 12);
    m_foot->setSpacing(12);
    column->addWidget(m_footBar);
    panel->footBar = m_footBar;

    m_host.installEventFilter(this);
    connect(qApp, &QApplication::focusChanged, this, &Sheet::keepFocus, Qt::QueuedConnection);
    connect(&look, &Look::changed, this, [this] {
        place();
    });
}

Sheet::~Sheet() = default;

void Sheet::setTitle(const QString &title)
{
    m_title->setText(title);
    setAccessibleName(title);
}

void Sheet::setBodyFilling()
{
    static_cast<QVBoxLayout *>(m_scroll->widget()->layout())->setStretchFactor(m_body, 1);
}

void Sheet::setDismissable(bool on)
{
    m_dismissable = on;
    m_close->setVisible(on);
}

void Sheet::open()
{
    m_returnTo = m_host.window()->focusWidget(); // the application has none while another program is in front
    m_footBar->setVisible(m_foot->count() > 0);
    setGeometry(m_host.rect());
    raise();
    show();
    place();

    takeFocus();

    const int duration = m_look.duration(metrics::kMotionBase);
    if (duration == 0)
        return;
    auto *rise = new QVariantAnimation(this);
    rise->setDuration(duration);
    rise->setEasingCurve(QEasingCurve::OutCubic);
    rise->setStartValue(1.0);
    rise->setEndValue(0.0);
    connect(rise, &QVariantAnimation::valueChanged, this, [this](const QVariant &value) {
        m_rise = value.toReal();
        place();
    });
    rise->start(QAbstractAnimation::DeleteWhenStopped);
}

void Sheet::dismiss()
{
    if (m_closing)
        return;
    m_closing = true;
    hide();
    if (m_returnTo)
        nearestForKeys(*m_returnTo).setFocus(Qt::PopupFocusReason);
    Q_EMIT closed();
    deleteLater();
}

void Sheet::withdraw()
{
    if (m_closing)
        return;
    m_closing = true;
    hide();
    deleteLater();
}

void Sheet::place()
{
    update(); // the shadow lies outside the panel
    auto *panel = static_cast<Panel *>(m_panel);
    panel->fillsWindow = width() < metrics::kBreakOne;
    if (panel->fillsWindow) {
        m_panel->setGeometry(rect());
        return;
    }
    const int panelWidth = std::min(m_width, width() - 2 * kMargin);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    if (m_form == Form::Side) {
        const int slide = mirrored ? -qRound(m_rise * kRise) : qRound(m_rise * kRise);
        m_panel->setGeometry(mirrored ? slide : width() - panelWidth + slide, 0, panelWidth, height());
        return;
    }
    // The content decides the height, at this width; the scroll area takes over when it is too much.
    QWidget *content = m_scroll->widget();
    const int contentHeight = content->layout()->hasHeightForWidth()
        ? content->layout()->totalHeightForWidth(panelWidth)
        : content->sizeHint().height();
    QLayout *column = m_panel->layout();
    const QLayoutItem *head = column->itemAt(0);
    const int headHeight = head->hasHeightForWidth() ? head->heightForWidth(panelWidth) : head->sizeHint().height();
    const int footHeight = !m_footBar->isVisibleTo(m_panel) ? 0
        : m_foot->hasHeightForWidth()                       ? m_foot->totalHeightForWidth(panelWidth)
                                                            : m_footBar->sizeHint().height();
    const int wanted = headHeight + contentHeight + footHeight;
    const int panelHeight = std::min(wanted, height() - 2 * kMargin);
    if (m_form == Form::Popover) {
        const int left = mirrored ? width() - metrics::kRail - 8 - panelWidth : metrics::kRail + 8;
        m_panel->setGeometry(
            left, height() - panelHeight - kPopoverGap + qRound(m_rise * kRise), panelWidth, panelHeight);
        return;
    }
    const int top = std::max(kMargin, (height() - panelHeight) * 2 / 5);
    m_panel->setGeometry((width() - panelWidth) / 2, top + qRound(m_rise * kRise), panelWidth, panelHeight);
}

void Sheet::takeFocus()
{
    if (m_unasked)
        return setFocus(Qt::PopupFocusReason);
    const QList<QWidget *> chain = focusChain();
    if (m_firstFocus && (chain.isEmpty() || chain.contains(m_firstFocus))) {
        m_firstFocus->setFocus(Qt::PopupFocusReason);
        return;
    }
    for (QWidget *widget : chain) {
        if (widget != m_close)
            return widget->setFocus(Qt::PopupFocusReason);
    }
    if (!chain.isEmpty())
        chain.first()->setFocus(Qt::PopupFocusReason);
}

bool Sheet::isOnTop() const
{
    for (auto each = m_host.children().rbegin(); each != m_host.children().rend(); ++each) {
        if (const auto *sheet = qobject_cast<const Sheet *>(*each); sheet && sheet->isVisible() && !sheet->m_closing)
            return sheet == this;
    }
    return false;
}

void Sheet::keepFocus()
{
    const QWidget *now = QApplication::focusWidget();
    if (!isVisible() || m_closing || (now && (isAncestorOf(now) || now->window() != window())) || !window()->isActiveWindow()
        || QApplication::activePopupWidget() || QApplication::activeModalWidget() || !isOnTop())
        return;
    takeFocus();
}

QList<QWidget *> Sheet::focusChain() const
{
    QList<QWidget *> chain;
    QWidget *start = m_panel;
    for (QWidget *widget = start->nextInFocusChain(); widget && widget != start; widget = widget->nextInFocusChain()) {
        if (isAncestorOf(widget) && widget->isVisible() && widget->isEnabled()
            && (widget->focusPolicy() & Qt::TabFocus))
            chain.append(widget);
    }
    return chain;
}

bool Sheet::focusNextPrevChild(bool next)
{
    // The focus goes round inside the sheet and never behind it.
    const QList<QWidget *> chain = focusChain();
    if (chain.isEmpty())
        return true;
    // What was pressed was disabled or hidden: pressed once more by chance, Enter must not find the next control.
    if (isAncestorOf(window()->focusWidget()) && !holdsKeys(*window()->focusWidget())) {
        m_lost = window()->focusWidget();
        setFocus(Qt::OtherFocusReason);
        return true;
    }
    QWidget *from = hasFocus() && m_lost ? m_lost.data() : QApplication::focusWidget();
    QWidget *to = from;
    if (from == this || !isAncestorOf(from))
        to = next ? chain.first() : chain.last();
    else if (!hasFocus() || !chain.contains(to)) { // what was lost and can be pressed again is where one was
        do
            to = next ? to->nextInFocusChain() : to->previousInFocusChain();
        while (!chain.contains(to));
    }
    m_lost.clear();
    to->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
    m_scroll->ensureWidgetVisible(to);
    return true;
}

void Sheet::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape) {
        if (m_dismissable && mayDismiss())
            dismiss();
        return;
    }
    // With the focus on the sheet itself, nothing was chosen yet, or what was pressed is still at work.
    if (!m_unasked && !hasFocus() && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
        for (QPushButton *button : findChildren<QPushButton *>()) {
            if (button->isDefault() && button->isEnabled() && button->isVisible()) {
                button->click();
                return;
            }
        }
    }
    // Whatever the sheet does not know must not reach the window below.
    event->accept();
}

void Sheet::mousePressEvent(QMouseEvent *event)
{
    if (!m_panel->geometry().contains(event->position().toPoint()) && m_dismissable && mayDismiss())
        dismiss();
}

void Sheet::resizeEvent(QResizeEvent *)
{
    place();
}

bool Sheet::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == &m_host && event->type() == QEvent::Resize)
        setGeometry(m_host.rect());
    if (watched == m_scroll->widget() && event->type() == QEvent::LayoutRequest)
        place(); // rows that were added are shown, and counted, a moment later
    return QWidget::eventFilter(watched, event);
}

void Sheet::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (m_form != Form::Popover) {
        QColor scrim = m_look.scrim();
        scrim.setAlphaF(static_cast<float>(scrim.alphaF() * (1.0 - m_rise)));
        painter.fillRect(rect(), scrim);
    }
    if (!static_cast<Panel *>(m_panel)->fillsWindow)
        paintShadow(painter, m_panel->geometry(), metrics::kRadiusSheet, m_look, m_form == Form::Middle ? 3 : 2);
}

// ---- Question

Question::Question(Look &look, QWidget &host, const QString &title, const QString &text, const QString &objectName)
    : Sheet(look, host, title, objectName, 420)
    , m_row(new ButtonRow(this))
{
    auto *words = new Label(look, TypeRole::Body, text, this);
    words->setWrapping(true);
    words->setTone(Tone::Secondary);
    body()->addWidget(words);
    setAccessibleDescription(text);
    foot()->addWidget(m_row, 1);
}

void Question::setSafeAnswer(const QString &text)
{
    auto *safe = new Button(look(), ButtonKind::Secondary, text, objectName() + u"Safe"_s, m_row);
    safe->setDefault(true);
    connect(safe, &Button::clicked, this, &Question::dismiss);
    m_row->add(safe);
    setFirstFocus(safe);
}

void Question::addAct(const QString &text, ButtonKind kind, const QString &objectName)
{
    auto *button = new Button(look(), kind, text, objectName, m_row);
    const int act = m_acts++;
    connect(button, &Button::clicked, this, [this, act] {
        dismiss();
        Q_EMIT taken(act);
    });
    m_row->add(button);
}

} // namespace tacet::ui
