#pragma once
// Nothing here: the rest on its staff, one sentence, at most two buttons.
#include "ui/buttons.h"
#include "ui/labels.h"
#include "ui/look.h"

#include <QWidget>

class QVBoxLayout;

namespace tacet::ui {

class EmptyState : public QWidget {
    Q_OBJECT

public:
    EmptyState(Look &look, const QString &sentence, const QString &objectName, QWidget *parent = nullptr);

    void setSentence(const QString &sentence);
    Button *addButton(ButtonKind kind, const QString &text, const QString &objectName);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    QWidget *m_staff;
    Label *m_sentence;
    QVBoxLayout *m_column;
};

} // namespace tacet::ui
