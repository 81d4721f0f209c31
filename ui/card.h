#pragma once
// Cards hold facts and settings: a rounded frame with a hairline, and rows between hairlines.
#include "ui/labels.h"
#include "ui/look.h"

#include <QFrame>

#include <optional>

class QVBoxLayout;

namespace tacet::ui {

/// What a card says by its ground; the words in it say the same.
enum class CardTone { Plain, Tint, Good, Notice, Wrong };

class Card : public QFrame {
    Q_OBJECT

public:
    explicit Card(Look &look, QWidget *parent = nullptr);

    void setTone(CardTone tone);
    QVBoxLayout *column() const { return m_column; }
    /// Appends a row (card_row.h) with a hairline before it; `control` may be null. Answers the label of the help line.
    Label *addRow(const QString &title, const QString &help, QWidget *control);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    QVBoxLayout *m_column;
    CardTone m_tone = CardTone::Plain;
};

/// An icon and a sentence on a tinted ground: a note that belongs to what stands above it.
class Note : public QFrame {
    Q_OBJECT

public:
    Note(Look &look, Icon icon, CardTone tone, const QString &text, QWidget *parent = nullptr);

    void setText(const QString &text);
    void setKind(Icon icon, CardTone tone);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    Icon m_icon;
    CardTone m_tone;
    Label *m_label;
};

/// A hairline, 1 px, horizontal or vertical.
class Hairline : public QFrame {
    Q_OBJECT

public:
    explicit Hairline(Qt::Orientation orientation, QWidget *parent = nullptr);
};

} // namespace tacet::ui
