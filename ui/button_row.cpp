#include "ui/button_row.h"

#include <QStyle>

#include <algorithm>

namespace tacet::ui {

namespace {
constexpr int kGap = 8;
} // namespace

ButtonRowLayout::ButtonRowLayout(QWidget *parent) : QLayout(parent)
{
    setContentsMargins(0, 0, 0, 0);
    setSpacing(kGap);
}

ButtonRowLayout::~ButtonRowLayout()
{
    qDeleteAll(m_items);
}

void ButtonRowLayout::addLeading(QWidget *widget)
{
    addWidget(widget);
    m_leading.append(m_items.last());
}

void ButtonRowLayout::addItem(QLayoutItem *item)
{
    m_items.append(item);
}

QLayoutItem *ButtonRowLayout::itemAt(int index) const
{
    return m_items.value(index);
}

QLayoutItem *ButtonRowLayout::takeAt(int index)
{
    if (index < 0 || index >= m_items.size())
        return nullptr;
    m_leading.removeAll(m_items.at(index));
    return m_items.takeAt(index);
}

QList<QLayoutItem *> ButtonRowLayout::visible() const
{
    QList<QLayoutItem *> items;
    std::copy_if(m_items.begin(), m_items.end(), std::back_inserter(items),
        [](const QLayoutItem *item) { return !item->isEmpty(); });
    return items;
}

bool ButtonRowLayout::isLeading(const QLayoutItem *item) const
{
    return m_leading.contains(item);
}

int ButtonRowLayout::rowWidth() const
{
    int width = 0;
    for (const QLayoutItem *item : visible())
        width += item->sizeHint().width() + (width > 0 ? spacing() : 0);
    return width;
}

int ButtonRowLayout::heightForWidth(int width) const
{
    const bool row = rowWidth() <= width;
    int height = 0;
    for (const QLayoutItem *item : visible()) {
        const int own = item->hasHeightForWidth() && !row ? item->heightForWidth(width) : item->sizeHint().height();
        height = row ? std::max(height, own) : height + own + (height > 0 ? spacing() : 0);
    }
    return height;
}

QSize ButtonRowLayout::sizeHint() const
{
    return {rowWidth(), heightForWidth(QWIDGETSIZE_MAX)};
}

QSize ButtonRowLayout::minimumSize() const
{
    QSize size;
    for (const QLayoutItem *item : visible())
        size = size.expandedTo(item->minimumSize());
    return size;
}

void ButtonRowLayout::setGeometry(const QRect &rect)
{
    QLayout::setGeometry(rect);
    const QList<QLayoutItem *> items = visible();
    const Qt::LayoutDirection direction = parentWidget() ? parentWidget()->layoutDirection() : Qt::LeftToRight;
    const auto place = [&](QLayoutItem *item, const QRect &box) {
        item->setGeometry(QStyle::visualRect(direction, rect, box));
    };
    if (rowWidth() <= rect.width()) {
        int left = rect.left();
        int right = rect.right() + 1;
        for (QLayoutItem *item : items) {
            if (!isLeading(item))
                continue;
            const QSize size = item->sizeHint();
            place(item, QRect(left, rect.top() + (rect.height() - size.height()) / 2, size.width(), size.height()));
            left += size.width() + spacing();
        }
        for (auto item = items.rbegin(); item != items.rend(); ++item) {
            if (isLeading(*item))
                continue;
            const QSize size = (*item)->sizeHint();
            right -= size.width();
            place(*item, QRect(right, rect.top() + (rect.height() - size.height()) / 2, size.width(), size.height()));
            right -= spacing();
        }
        return;
    }
    QList<QLayoutItem *> column;
    for (auto item = items.rbegin(); item != items.rend(); ++item) {
        if (!isLeading(*item))
            column.append(*item);
    }
    std::copy_if(items.begin(), items.end(), std::back_inserter(column), [this](auto *item) { return isLeading(item); });
    int top = rect.top();
    for (QLayoutItem *item : std::as_const(column)) {
        const int height = item->hasHeightForWidth() ? item->heightForWidth(rect.width()) : item->sizeHint().height();
        place(item, QRect(rect.left(), top, rect.width(), height));
        top += height + spacing();
    }
}

ButtonRow::ButtonRow(QWidget *parent) : QWidget(parent), m_row(new ButtonRowLayout(this))
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

} // namespace tacet::ui
