#pragma once
// A short sentence that goes by itself: one at a time, at the bottom of its parent, announced politely. Whatever needs
// an act is a banner, not a toast.
#include "ui/look.h"

#include <QTimer>
#include <QWidget>

namespace tacet::ui {

class Toast final : public QWidget {
    Q_OBJECT

public:
    static constexpr int kShownMs = 5000; ///< for each line that was given

    /// Lies over `parent`, 16 px above its lower edge less `clearance` (see setClearance).
    Toast(Look &look, QWidget *parent);

    /// Own words, plain text, sentences one a line; names in it are isolated. Replaces the one that is shown.
    void say(const QString &sentence);
    void clear();
    /// Height of what must stay free below: the composer.
    void setClearance(int height);
    QString sentence() const { return m_sentence; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();

    Look &m_look;
    QString m_sentence;
    QTimer m_timer;
    int m_clearance = 0;
};

} // namespace tacet::ui
