#pragma once
// Where messages are written: a field that grows from one to eight lines, and the line that stands there instead when
// sending is not possible.
#include "ui/buttons.h"
#include "ui/labels.h"
#include "ui/look.h"

#include <QPlainTextEdit>
#include <QTimer>
#include <QWidget>

class QStackedLayout;
class QHBoxLayout;

namespace tacet::ui {

class ButtonRow;

/// The largest text that one message takes, in bytes of UTF-8; a paste beyond it is refused whole.
inline constexpr qsizetype kComposerMaxBytes = 28000;
inline constexpr int kComposerMaxLines = 8;

/// The field itself. Takes text only: pasted markup arrives as its words.
class ComposerEdit final : public QPlainTextEdit {
    Q_OBJECT

public:
    ComposerEdit(Look &look, QWidget *parent);

    void setSendWithCtrlEnter(bool on) { m_sendWithCtrlEnter = on; }
    /// What was typed, with '\n' between lines. toPlainText() makes plain spaces of no-break spaces.
    QString words() const;
    /// Height for the present text, between one and eight lines.
    int wantedHeight() const;

Q_SIGNALS:
    void sendRequested();
    void pasteRefused(qsizetype bytes);
    /// Page up or down: the history scrolls while the hands stay here.
    void pageRequested(int pages);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool canInsertFromMimeData(const QMimeData *source) const override;
    void insertFromMimeData(const QMimeData *source) override;

private:
    void restyle();

    Look &m_look;
    bool m_sendWithCtrlEnter = false;
};

class Composer final : public QWidget {
    Q_OBJECT

public:
    Composer(Look &look, QWidget *parent = nullptr);

    QString text() const { return m_edit->words(); }
    void setText(const QString &text);
    void clear() { setText({}); }
    /// Puts letters at the cursor and takes the focus.
    void type(const QString &letters);
    void setSendWithCtrlEnter(bool on) { m_edit->setSendWithCtrlEnter(on); }
    /// Whom one writes to, as from outside, for who does not see it; empty: nobody.
    void setRecipient(const QString &name);
    void takeFocus() { m_edit->setFocus(Qt::ShortcutFocusReason); }
    ComposerEdit *edit() const { return m_edit; }

    /// Instead of the field: an icon, a sentence and up to two acts.
    void showBlocked(Icon icon, const QString &sentence);
    Button *addBlockedAct(ButtonKind kind, const QString &text, const QString &objectName);
    void showField();
    bool isBlocked() const { return m_blocked->isVisibleTo(this); }

Q_SIGNALS:
    void sendRequested(const QString &text);
    void textEdited();
    void pasteRefused(qsizetype bytes);
    void pageRequested(int pages);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void grow();
    void send();

    Look &m_look;
    QWidget *m_field;
    ComposerEdit *m_edit;
    IconButton *m_send;
    QWidget *m_blocked;
    QHBoxLayout *m_blockedRow;
    QWidget *m_blockedIconBox;
    Label *m_blockedText;
    ButtonRow *m_blockedActRow;
    Icon m_blockedIcon = Icon::Lock;
    bool m_setting = false;
};

} // namespace tacet::ui
