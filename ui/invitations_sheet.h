#pragma once
// Every invitation that was made, with its state; open ones can be looked at and withdrawn.
#include "ui/parts.h"
#include "ui/sheet.h"

#include <QHash>

namespace tacet::ui {

class InvitationRow;
class Problem;

class InvitationsSheet final : public Sheet {
    Q_OBJECT

public:
    InvitationsSheet(const Parts &parts, QWidget &host);

private:
    void put(const chat::Invitation &invitation, bool atTop);
    void askToWithdraw(const chat::Invitation &invitation);

    Parts m_parts;
    Label *m_none;
    QVBoxLayout *m_rows;
    Problem *m_problem;
    QHash<chat::InvitationId, InvitationRow *> m_byId;
};

} // namespace tacet::ui
