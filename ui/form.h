#pragma once
// What forms are made of: a label above a field, help below it, and the sentence that says what went wrong.
#include "ui/labels.h"

class QVBoxLayout;

namespace tacet::ui {

/// Appends "label", then the field, 6 px apart. `aside` stands after the label in a quieter colour.
void addField(QVBoxLayout &column, Look &look, const QString &label, QWidget *field, const QString &aside = {});
/// Appends a sentence of help in a quieter colour and answers it.
Label *addHelp(QVBoxLayout &column, Look &look, const QString &text);

/// Red words with a sign before them. Hidden while there is nothing to say.
class Problem : public QWidget {
    Q_OBJECT

public:
    Problem(Look &look, const QString &objectName, QWidget *parent = nullptr);

    void say(const QString &text);
    /// Not announced: the ticks of a countdown.
    void sayQuietly(const QString &text);
    void clear();
    QString text() const { return m_text->text(); }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    Label *m_text;
};

} // namespace tacet::ui
