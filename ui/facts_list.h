#pragma once
// An icon and a sentence a line: facts that stand beside something, such as when an invitation ends.
#include "ui/labels.h"

#include <QWidget>

class QVBoxLayout;

namespace tacet::ui {

class FactLine final : public QWidget {
    Q_OBJECT

public:
    FactLine(Look &look, Icon icon, const QString &objectName, QWidget *parent = nullptr);

    void setText(const QString &text);
    QString text() const { return m_text->text(); }
    void setTint(Colour icon, Tone text);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    Icon m_icon;
    Colour m_tint = Colour::TextSecondary;
    Label *m_text;
};

/// A fact in bold and one sentence below it, with a larger icon: the lines of the disclosure.
class FactBlock final : public QWidget {
    Q_OBJECT

public:
    FactBlock(Look &look, Icon icon, Colour tint, const QString &fact, const QString &sentence, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    Icon m_icon;
    Colour m_tint;
};

} // namespace tacet::ui
