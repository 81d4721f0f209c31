#pragma once
// A page that scrolls: one column of at most so many px, in the middle of the width.
#include "ui/look.h"

#include <QScrollArea>

class QVBoxLayout;

namespace tacet::ui {

class ColumnPage : public QScrollArea {
    Q_OBJECT

public:
    enum class Place { Top, Middle };

    /// `columnWidth` is the widest that the column gets, in logical px at 100 % text; it grows with the text.
    ColumnPage(Look &look, int columnWidth, Place place, const QString &objectName, QWidget *parent = nullptr);

    QVBoxLayout *column() const { return m_column; }
    /// Distance to the edges of the page (default 24).
    void setPadding(int horizontal, int vertical);

protected:
    void resizeEvent(QResizeEvent *event) override;
    bool focusNextPrevChild(bool next) override;

private:
    void fit();

    Look &m_look;
    int m_columnWidth;
    QWidget *m_content;
    QWidget *m_columnWidget;
    QVBoxLayout *m_column;
};

} // namespace tacet::ui
