#pragma once
// Five segments, a word and one reason: how hard the passphrase above is to guess.
#include "ui/labels.h"
#include "ui/passphrase_strength.h"

#include <QWidget>

namespace tacet::ui {

class StrengthMeter : public QWidget {
    Q_OBJECT

public:
    StrengthMeter(Look &look, const QString &objectName, QWidget *parent = nullptr);

    void setEstimate(const StrengthEstimate &estimate);
    /// Nothing typed yet: empty segments and `hint` in place of the word.
    void setHint(const QString &hint);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    Label *m_word;
    Label *m_reason;
    int m_filled = 0;
    Colour m_colour = Colour::Hairline;
};

} // namespace tacet::ui
