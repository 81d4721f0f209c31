#pragma once
// Buttons beside each other where there is room, under each other at full width where there is not (360 px, 200 %
// text, long translations).
#include <QLayout>
#include <QWidget>

namespace tacet::ui {

/// Items added with addLeading stand at the leading side, the others at the trailing side. Under each other, the last
/// trailing one, which is the main one, comes first.
class ButtonRowLayout final : public QLayout {
    Q_OBJECT

public:
    explicit ButtonRowLayout(QWidget *parent = nullptr);
    ~ButtonRowLayout() override;

    void addLeading(QWidget *widget);
    void addItem(QLayoutItem *item) override;
    int count() const override { return static_cast<int>(m_items.size()); }
    QLayoutItem *itemAt(int index) const override;
    QLayoutItem *takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return Qt::Horizontal; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    void setGeometry(const QRect &rect) override;

private:
    QList<QLayoutItem *> visible() const;
    int rowWidth() const;
    bool isLeading(const QLayoutItem *item) const;

    QList<QLayoutItem *> m_items;
    QList<const QLayoutItem *> m_leading;
};

/// A widget of nothing but that layout.
class ButtonRow final : public QWidget {
    Q_OBJECT

public:
    explicit ButtonRow(QWidget *parent = nullptr);

    void addLeading(QWidget *widget) { m_row->addLeading(widget); }
    void add(QWidget *widget) { m_row->addWidget(widget); }

private:
    ButtonRowLayout *m_row;
};

} // namespace tacet::ui
