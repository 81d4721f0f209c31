#pragma once
// The round button that leads to the newest message, with the number of those not seen yet.
#include "ui/look.h"

#include <QAbstractButton>

namespace tacet::ui {

class EndButton final : public QAbstractButton {
    Q_OBJECT

public:
    EndButton(Look &look, QWidget *parent);

    void setCount(int count);
    QSize sizeHint() const override { return {48, 52}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    int m_count = 0;
};

} // namespace tacet::ui
