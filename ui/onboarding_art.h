#pragma once
// The left half of onboarding: a staff with two voices and a rest, or what a friend will see. Decoration: a screen
// reader passes it by, and under 900 px it is not there.
#include "ui/look.h"

#include <QWidget>

namespace tacet::ui {

class OnboardingArt : public QWidget {
    Q_OBJECT

public:
    explicit OnboardingArt(Look &look, QWidget *parent = nullptr);

    /// Voices and rest, with the meaning of the program's name.
    void showScore();
    /// A chat as the other side sees it, with the name typed so far.
    void showPreview(const QString &name);

    QSize minimumSizeHint() const override { return {340, 480}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void paintScore(QPainter &painter) const;
    void paintPreview(QPainter &painter) const;

    Look &m_look;
    QString m_name;
    bool m_preview = false;
};

} // namespace tacet::ui
