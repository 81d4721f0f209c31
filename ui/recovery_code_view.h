#pragma once
// The recovery code, shown once: twelve groups, ways to keep them, and the proof that they were kept (one group typed
// from the sheet). Used when a profile is made, after a restore, and when the code is renewed.
#include "ui/controls.h"
#include "ui/form.h"
#include "ui/group_grid.h"
#include "ui/parts.h"

#include <QWidget>

namespace tacet::ui {

class RecoveryCodeView : public QWidget {
    Q_OBJECT

public:
    explicit RecoveryCodeView(const Parts &parts, QWidget *parent = nullptr);
    ~RecoveryCodeView() override;

    /// `ask`: which group the person types as proof, 0 to 11. The code is wiped from here with this widget.
    void setCode(QStringList groups, int ask);
    bool isProved() const;
    Field *proofField() const { return m_proof; }

    /// What is printed and saved: plain text.
    static QString sheetText(const QStringList &groups);

Q_SIGNALS:
    void provedChanged();

private:
    void print();
    void sayDone(const QString &text);
    void save();

    Parts m_parts;
    GroupGrid *m_grid;
    Label *m_question;
    Field *m_proof;
    Problem *m_problem;
    Label *m_done;
    QStringList m_groups;
    int m_ask = 0;
};

} // namespace tacet::ui
