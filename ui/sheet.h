#pragma once
// A sheet: a modal panel over the scrim, inside the window (no window of its own, so no window
// manager can lose it). It holds the focus and gives it back; Esc closes it, which changes nothing.
//
// To write one: derive, fill body() and foot(), call open(). Sheets delete themselves once closed.
#include "ui/buttons.h"
#include "ui/labels.h"
#include "ui/look.h"

#include <QPointer>
#include <QWidget>

class QBoxLayout;
class QHBoxLayout;
class QPropertyAnimation;
class QScrollArea;
class QVBoxLayout;

namespace tacet::ui {

class ButtonRow;

class Sheet : public QWidget {
    Q_OBJECT

public:
    /// Where the panel stands. A popover has no scrim and rises from the foot of the rail; a side panel is as high as
    /// the window and stands at its trailing edge. Both fill narrow windows, as a sheet does.
    enum class Form { Middle, Popover, Side };

    /// `host` is the widget that the scrim covers, in practice the window's central widget.
    /// `width` is the panel's width in logical px where there is room for it; below 680 px the sheet
    /// fills the window.
    Sheet(Look &look, QWidget &host, const QString &title, const QString &objectName, int width);
    ~Sheet() override;

    /// Shows it over everything in the host; the focus goes where setFirstFocus() said, or to the first control.
    void open();
    /// Closes as by Esc. Emits closed() once, then deletes itself.
    void dismiss();
    /// Closes because the profile is locked: nobody answered anything. closed() is not emitted.
    void withdraw();

    /// The content; scrolls when the window is too low for it.
    QVBoxLayout *body() const { return m_body; }
    /// The row of buttons at the end, on `field`; hidden while empty.
    QHBoxLayout *foot() const { return m_foot; }
    void setTitle(const QString &title);
    /// Before open().
    void setForm(Form form) { m_form = form; }
    /// Lays the panel out anew after its content grew or shrank.
    void fit() { place(); }
    void setFirstFocus(QWidget *widget) { m_firstFocus = widget; }
    /// It comes by itself, perhaps in the middle of a word: no button has the focus at first, and Enter presses none.
    void setUnasked() { m_unasked = true; }
    /// While false, Esc, the cross and the scrim do nothing (an act that must not be interrupted).
    void setDismissable(bool on);

    Look &look() const { return m_look; }

Q_SIGNALS:
    void closed();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    bool focusNextPrevChild(bool next) override;
    /// The body takes all height there is; without this it keeps to its own, at the top.
    void setBodyFilling();
    /// Asked before the sheet closes by Esc, cross or scrim; the default agrees.
    virtual bool mayDismiss() { return true; }

private:
    void place();
    QList<QWidget *> focusChain() const;
    bool isOnTop() const;
    /// The button that had the focus may have gone; the keyboard never works on what is behind.
    void keepFocus();
    void takeFocus();

    Look &m_look;
    QWidget &m_host;
    int m_width;
    QPointer<QWidget> m_firstFocus;
    QPointer<QWidget> m_returnTo;
    QPointer<QWidget> m_lost; ///< had the keyboard until it was disabled or hidden; Tab goes on from there
    QWidget *m_panel;
    QWidget *m_footBar;
    QScrollArea *m_scroll;
    Label *m_title;
    IconButton *m_close;
    QVBoxLayout *m_body;
    QHBoxLayout *m_foot;
    Form m_form = Form::Middle;
    qreal m_rise = 0;
    bool m_dismissable = true;
    bool m_unasked = false;
    bool m_closing = false;
};

/// A question: title, sentences, buttons at the trailing end. The safe answer is the default; a
/// destructive one is red text and never the default. Esc is the safe answer.
class Question : public Sheet {
    Q_OBJECT

public:
    Question(Look &look, QWidget &host, const QString &title, const QString &text, const QString &objectName);

    /// Adds the safe answer (default) or an act. The sheet closes before `taken` is emitted.
    void setSafeAnswer(const QString &text);
    void addAct(const QString &text, ButtonKind kind, const QString &objectName);

Q_SIGNALS:
    /// Index of the act, in the order of addAct; not emitted for the safe answer.
    void taken(int act);

private:
    ButtonRow *m_row;
    int m_acts = 0;
};

} // namespace tacet::ui
