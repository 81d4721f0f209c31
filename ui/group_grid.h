#pragma once
// A number in groups, as people read it aloud: safety numbers, recovery codes. Always left to right, Latin digits, one
// accessible element a group: "group 1 of 12: 3 8 2 1 4".
#include "ui/labels.h"

#include <QWidget>

class QGridLayout;

namespace tacet::ui {

class GroupGrid : public QWidget {
    Q_OBJECT

public:
    /// `columns` groups a row where there is room, else as many as fit.
    GroupGrid(Look &look, TypeRole role, int columns, const QString &objectName, QWidget *parent = nullptr);

    void setGroups(const QStringList &groups);
    /// Paints one group on a red ground (-1: none): the first that differs.
    void setMarked(int index);
    /// A size of its own in place of the role's: the large view.
    void setPixelSize(int px);
    /// What a screen reader says of a group.
    static QString spokenGroup(const QString &group, qsizetype index, qsizetype count);

    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QFont groupFont() const;
    QSize cell() const;
    int columnsFor(int width) const;
    void place();

    Look &m_look;
    TypeRole m_role;
    int m_columns;
    int m_pixelSize = 0;
    int m_marked = -1;
    QList<Label *> m_labels;
};

} // namespace tacet::ui
