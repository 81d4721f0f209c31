#pragma once
// The history of one chat, as a list that lays out only what is seen. A plain QListView asks for the size of every
// row before it paints one; this view knows exact heights near the viewport and guesses the rest, keeps the row under
// the reader's eyes where it is while guesses become known, and stays at the end when it was there.
#include "ui/message_layout.h"
#include "ui/message_model.h"

#include <QAbstractScrollArea>
#include <QSet>
#include <QTimer>
#include <QUrl>

#include <vector>

class QMenu;
class QVariantAnimation;

namespace tacet::ui {

class EndButton;

class MessageView : public QAbstractScrollArea {
    Q_OBJECT

public:
    /// All of them must outlive the view.
    MessageView(Look &look, MessageModel &model, const Calendar &calendar, QWidget *parent = nullptr);

    /// 12 px instead of 24 beside the column: windows of one column.
    void setNarrow(bool narrow);

    int count() const { return static_cast<int>(m_rows.size()); }
    MessageModel &model() const { return m_model; }
    /// The message's body (bubble or system line) in viewport coordinates; lays the row out if need be.
    QRect bodyRect(int row);
    /// Precondition: 0 <= row < count(). Laid out if need be.
    const MessageLayout &layoutOf(int row);

    int currentRow() const; ///< -1: none
    void setCurrentRow(int row);
    bool isSelected(int row) const;
    QString selectedText() const;

    /// Dates are told as seen from today; when that is another day than before, they are laid out anew.
    void followTheDay();
    bool isAtEnd() const { return m_stick; }
    void scrollToEnd();
    /// Messages from the other side that arrived below the viewport.
    int unseenBelow() const { return m_unseen; }
    QString spoken(int row) const;
    /// The context menu of a row; deletes itself when closed. Without an address under the pointer it offers all of the
    /// message's.
    QMenu *menuFor(int row, const QUrl &address = {});

Q_SIGNALS:
    void addressActivated(const QUrl &address);
    void retryRequested(const tacet::chat::MessageId &message);
    void detailsRequested(const tacet::chat::MessageId &message);
    void deleteRequested(const tacet::chat::MessageId &message);
    /// Text went to the clipboard.
    void copied(int messages);
    /// Letters typed while the list had the focus: they belong into the composer.
    void typed(const QString &text);
    /// Whether the newest message is in view. While a first page is on its way nothing is said; once the model says
    /// opened(), isAtEnd() tells.
    void endCameIntoView(bool inView);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    struct Row {
        MessageLayout layout;
        qreal height = kGuess;
        bool known = false; ///< the layout is valid for the present width, look and neighbours
    };
    static constexpr qreal kGuess = 54;

    // Layout and scrolling (message_view.cpp)
    void forgetAll();
    void forget(int row);
    void layOut(int row);
    MessagePlace placeOf(int row) const;
    MessageRoom room() const;
    void settle();
    void settleRest();
    void computeTops();
    qreal contentHeight() const;
    qreal lift() const; ///< a short history stands at the lower edge
    int rowAt(qreal contentY) const;
    qreal bodyTop(int row) const; ///< content coordinates; what stands above a body comes and goes
    void rememberAnchor();
    void setScroll(int value, bool animated);
    void userScrolled();
    void placeEndButton();
    void tellEnd(bool inView);
    void takeOpened();
    void takeInserted(int first, int last);
    void takeRemoved(int first, int last);
    void takeArrived(const chat::MessageId &message, bool own);
    void speakArrived();
    void speakNotSent(const chat::MessageId &message);

    // Keys and mouse (message_view_input.cpp)
    int rowUnder(const QPoint &viewportPoint) const;
    void moveCurrent(int rows, bool extend);
    void select(int from, int to);
    void clearSelection();
    void copySelection();
    void ensureVisible(int row);
    QUrl addressUnder(const QPoint &viewportPoint) const;
    void tellFocus();
    void tellChanged(int row);

    Look &m_look;
    MessageModel &m_model;
    const Calendar &m_calendar;
    std::vector<Row> m_rows;
    std::vector<qreal> m_tops;
    QDate m_today; ///< as it was when the rows were laid out
    bool m_narrow = false;

    bool m_stick = true;
    bool m_endWanted = false; ///< by whoever waits for a first page: not the unread divider
    chat::MessageId m_anchor; ///< the row that keeps its place …
    qreal m_anchorOffset = 0; ///< … and its top's distance from the viewport's top
    bool m_settling = false;
    bool m_animateNext = false;
    QVariantAnimation *m_animation = nullptr;
    QTimer m_rest;
    QTimer m_chipTimer;
    bool m_chipShown = false;

    chat::MessageId m_current;
    chat::MessageId m_selectionStart;
    QSet<chat::MessageId> m_selected;
    int m_currentOnOpen = 0; ///< -1, 1: the first or last row becomes current once the page is there
    int m_pressRow = -1;
    bool m_dragging = false;

    EndButton *m_endButton;
    int m_unseen = 0;
    bool m_toldEnd = true;
    bool m_opening = false; ///< between a reset of the model and opened(): nobody has seen anything yet
    QTimer m_focusTimer; ///< tells assistive technology where the focus is, after QWidget has told of the whole list
    QList<chat::MessageId> m_unspoken;
    QTimer m_speakTimer;
};

} // namespace tacet::ui
