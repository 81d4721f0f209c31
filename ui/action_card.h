#pragma once
// A way onward as large as a card: icon, title, one line of help, a chevron.
#include "ui/look.h"

#include <QAbstractButton>

namespace tacet::ui {

class ActionCard : public QAbstractButton {
    Q_OBJECT

public:
    ActionCard(Look &look, Icon icon, const QString &title, const QString &help, const QString &objectName,
        QWidget *parent = nullptr);

    void setHelp(const QString &help);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QRect wordsBox(int width) const;

    Look &m_look;
    Icon m_icon;
    QString m_help;
};

} // namespace tacet::ui
