#pragma once
// The four named steps of a backup: Writing, Reading back, Comparing, Done. Each is waiting, under way or behind us.
#include "app/session/session_facade.h"
#include "ui/look.h"

#include <QWidget>

namespace tacet::ui {

class BackupSteps final : public QWidget {
    Q_OBJECT

public:
    explicit BackupSteps(Look &look, QWidget *parent = nullptr);

    /// `total` 0: how far is not known.
    void show(session::BackupStep step, qint64 done, qint64 total);
    /// Of the step under way, in percent: what the bar shows.
    int percent() const { return qRound(m_share * 100); }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString stepName(session::BackupStep step) const;

    Look &m_look;
    session::BackupStep m_step = session::BackupStep::Writing;
    double m_share = 0;
    bool m_shareKnown = false;
};

} // namespace tacet::ui
