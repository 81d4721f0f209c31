#include "ui/column_page.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

ColumnPage::ColumnPage(Look &look, int columnWidth, Place place, const QString &objectName, QWidget *parent)
    : QScrollArea(parent)
    , m_look(look)
    , m_columnWidth(columnWidth)
    , m_content(new QWidget)
    , m_columnWidget(new QWidget(m_content))
    , m_column(new QVBoxLayout(m_columnWidget))
{
    setObjectName(objectName);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(12);
    auto *outer = new QVBoxLayout(m_content);
    outer->setContentsMargins(24, 24, 24, 24);
    if (place == Place::Middle)
        outer->addStretch(2);
    auto *middle = new QHBoxLayout;
    middle->addStretch();
    middle->addWidget(m_columnWidget);
    middle->addStretch();
    outer->addLayout(middle);
    outer->addStretch(3);
    setWidget(m_content);
    m_content->setAutoFillBackground(false); // which setWidget() turned on
    connect(&look, &Look::changed, this, &ColumnPage::fit);
    fit();
}

void ColumnPage::setPadding(int horizontal, int vertical)
{
    m_content->layout()->setContentsMargins(horizontal, vertical, horizontal, vertical);
    fit();
}

void ColumnPage::fit()
{
    const QMargins margins = m_content->layout()->contentsMargins();
    const int room = viewport()->width() - margins.left() - margins.right();
    m_columnWidget->setFixedWidth(std::max(120, std::min(room, m_look.scaled(m_columnWidth))));
}

void ColumnPage::resizeEvent(QResizeEvent *event)
{
    QScrollArea::resizeEvent(event);
    fit();
}

bool ColumnPage::focusNextPrevChild(bool next)
{
    const bool moved = QScrollArea::focusNextPrevChild(next);
    QWidget *focused = QApplication::focusWidget();
    if (moved && focused && m_content->isAncestorOf(focused))
        ensureWidgetVisible(focused, 0, 24);
    return moved;
}

} // namespace tacet::ui
