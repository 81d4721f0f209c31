#pragma once
// A short sentence that goes by itself: one at a time, at the bottom of what is seen, announced politely. Whatever needs
// an act is a banner, not a toast.
#include "ui/look.h"

#include <QTimer>
#include <QWidget>

namespace tacet::ui {

class Toast final : public QWidget {
    Q_OBJECT

public:
    static constexpr int kShownMs = 5000; ///< for each line that was given

    /// Lies over `parent`, 16 px above its lower edge.
    Toast(Look &look, QWidget *parent);
    /// Lies over the first of these parts of its parent that is seen, and moves with them. They are there as long as it.
    void setPlaces(const QList<QWidget *> &places);

    /// Own words, plain text, sentences one a line; names in it are isolated. Replaces the one that is shown. While
    /// another screen stands in the parent's place, the lock for one, nothing is said.
    void say(const QString &sentence);
    void clear();
    QString sentence() const { return m_sentence; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();
    QRect room() const;

    Look &m_look;
    QString m_sentence;
    QTimer m_timer;
    QList<QWidget *> m_places;
};

} // namespace tacet::ui
