#pragma once
// A row of a card: a title, a line of help, and one control at the end, or below the words where these would get too narrow.
#include "ui/labels.h"

namespace tacet::ui {

class CardRow final : public QWidget {
    Q_OBJECT

public:
    /// `control` may be null; the row takes it.
    CardRow(Look &look, const QString &title, const QString &help, QWidget *control, QWidget *parent);

    Label *help() const { return m_help; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    int heightForWidth(int width) const override;

protected:
    bool event(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    QSize controlSize() const;
    bool isStacked(int width) const;
    int wordsWidth(int width) const;
    void place();

    Look &m_look;
    QWidget *m_words;
    Label *m_help;
    QWidget *m_control;
};

} // namespace tacet::ui
