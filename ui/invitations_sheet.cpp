#include "ui/invitations_sheet.h"

#include "app/session/trouble_text.h"
#include "ui/announce.h"
#include "ui/button_row.h"
#include "ui/card.h"
#include "ui/form.h"
#include "ui/guarded.h"
#include "ui/invite_words.h"
#include "ui/large_view.h"
#include "ui/rich_runs.h"

#include <QVBoxLayout>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using chat::Invitation;
using chat::Outcome;

/// One invitation: whom it is for, its state, and what can still be done with it.
class InvitationRow final : public Card {
    Q_OBJECT

public:
    InvitationRow(const Parts &parts, QWidget *parent)
        : Card(parts.look, parent)
        , m_parts(parts)
        , m_name(new OutsideLabel(parts.look, TypeRole::Strong, {}, this))
        , m_state(new Label(parts.look, TypeRole::Small, {}, this))
        , m_alarm(new Label(parts.look, TypeRole::Small, {}, this))
    {
        column()->setContentsMargins(16, 12, 16, 10);
        column()->setSpacing(2);
        m_state->setTone(Tone::Secondary);
        m_state->setWrapping(true);
        m_alarm->setTone(Tone::Danger);
        m_alarm->setWrapping(true);
        auto *row = new ButtonRow(this);
        m_copy = new Button(parts.look, ButtonKind::Text, tr("Copy link"), {}, row, ButtonSize::Small);
        m_code = new Button(parts.look, ButtonKind::Text, tr("Show code"), {}, row, ButtonSize::Small);
        m_withdraw = new Button(parts.look, ButtonKind::Danger, tr("Withdraw"), {}, row, ButtonSize::Small);
        row->addLeading(m_copy);
        row->addLeading(m_code);
        row->add(m_withdraw);
        column()->addWidget(m_name);
        column()->addWidget(m_state);
        column()->addWidget(m_alarm);
        column()->addWidget(row);
        m_row = row;
        connect(m_copy, &Button::clicked, this, [this] {
            const bool oneTime = m_invitation.kind == chat::InvitationKind::OneTime;
            m_parts.clipboard.copy(m_invitation.link, oneTime ? std::optional(m_invitation.id) : std::nullopt);
            m_state->setText(oneTime ? tr("Link copied. It leaves the clipboard once it is used, or after an hour.")
                                     : tr("Address copied. It stays in the clipboard."));
            announce(*this, m_state->text());
        });
        connect(m_code, &Button::clicked, this, [this] { Q_EMIT codeWanted(m_invitation); });
        connect(m_withdraw, &Button::clicked, this, [this] { Q_EMIT withdrawWanted(m_invitation); });
    }

    void show(const Invitation &invitation)
    {
        m_invitation = invitation;
        const bool reusable = invitation.kind == chat::InvitationKind::Reusable;
        const bool open = invitation.state == chat::InvitationState::Open;
        const QString name = !invitation.label.isEmpty() ? invitation.label
            : reusable                                   ? tr("Reusable address")
                                                         : tr("For one person");
        m_name->setText(name);
        QString state = invitationState(invitation, m_parts.calendar) + u" · "_s
            + tr("made: %1").arg(m_parts.calendar.listTime(invitation.createdMs));
        if (open)
            state += u'\n' + invitationPlace(invitation);
        m_state->setText(state);
        m_alarm->setVisible(invitation.secondAttempts > 0);
        m_alarm->setText(tr("Someone else tried it after it was used. It did not open anything."));
        m_row->setVisible(open);
        const QString id = invitation.id.toHex();
        const QString spoken = isolatedName(name);
        m_copy->setObjectName(u"invitationCopy_"_s + id);
        m_copy->setAccessibleName(tr("Copy the link for %1").arg(spoken));
        m_code->setObjectName(u"invitationCode_"_s + id);
        m_code->setAccessibleName(tr("Show the code for %1").arg(spoken));
        m_withdraw->setObjectName(u"invitationWithdraw_"_s + id);
        m_withdraw->setAccessibleName(tr("Withdraw the invitation for %1").arg(spoken));
    }

Q_SIGNALS:
    void codeWanted(const tacet::chat::Invitation &invitation);
    void withdrawWanted(const tacet::chat::Invitation &invitation);

private:
    Parts m_parts;
    Invitation m_invitation;
    OutsideLabel *m_name;
    Label *m_state;
    Label *m_alarm;
    QWidget *m_row = nullptr;
    Button *m_copy;
    Button *m_code;
    Button *m_withdraw;
};

InvitationsSheet::InvitationsSheet(const Parts &parts, QWidget &host)
    : Sheet(parts.look, host, tr("Invitations"), u"invitationsSheet"_s, 560)
    , m_parts(parts)
    , m_none(new Label(parts.look, TypeRole::Body, tr("No invitation was made yet."), this))
    , m_rows(new QVBoxLayout)
    , m_problem(new Problem(parts.look, u"invitationsProblem"_s, this))
{
    m_none->setTone(Tone::Secondary);
    m_rows->setSpacing(10);
    body()->addWidget(m_none);
    body()->addWidget(m_problem);
    body()->addLayout(m_rows);
    connect(&parts.session, &session::SessionFacade::factStored, this, [this](const chat::Fact &fact) {
        if (const auto *changed = std::get_if<chat::InvitationChanged>(&fact)) {
            put(changed->invitation, true);
            fit();
        }
    });
    parts.session.invitations(guarded(this, [this](const Outcome<QList<Invitation>> &all) {
        if (!all.ok()) {
            m_problem->say(session::troubleText(all.error()));
        } else {
            QList<Invitation> sorted = *all;
            std::sort(sorted.begin(), sorted.end(), [](const Invitation &a, const Invitation &b) {
                const bool openA = a.state == chat::InvitationState::Open;
                const bool openB = b.state == chat::InvitationState::Open;
                return openA != openB ? openA : a.createdMs > b.createdMs;
            });
            for (const Invitation &invitation : sorted)
                put(invitation, false);
        }
        fit();
    }));
}

void InvitationsSheet::put(const Invitation &invitation, bool atTop)
{
    m_none->setVisible(false);
    if (InvitationRow *known = m_byId.value(invitation.id)) {
        known->show(invitation);
        return;
    }
    auto *row = new InvitationRow(m_parts, this);
    row->show(invitation);
    m_byId.insert(invitation.id, row);
    m_rows->insertWidget(atTop ? 0 : m_rows->count(), row);
    connect(row, &InvitationRow::withdrawWanted, this, &InvitationsSheet::askToWithdraw);
    connect(row, &InvitationRow::codeWanted, this, [this](const Invitation &wanted) {
        if (const auto code = QrCode::encode(wanted.link.toUtf8()))
            (new LargeView(look(), *parentWidget(), tr("Invitation"), *code, tr("QR code of the invitation")))->open();
    });
}

void InvitationsSheet::askToWithdraw(const Invitation &invitation)
{
    auto *question = new Question(look(), *parentWidget(), tr("Withdraw this invitation?"),
        invitation.kind == chat::InvitationKind::Reusable
            ? tr("Nobody new can write to this address any more. Chats that began with it go on.")
            : tr("Whoever has the link cannot use it any more."),
        u"withdrawQuestion"_s);
    question->setSafeAnswer(tr("Keep it"));
    question->addAct(tr("Withdraw"), ButtonKind::Danger, u"withdrawYes"_s);
    connect(question, &Question::taken, this, [this, id = invitation.id] {
        m_parts.session.revokeInvitation(id, guarded(this, [this](const Outcome<Done> &revoked) {
            if (!revoked.ok())
                m_problem->say(session::troubleText(revoked.error()));
        }));
    });
    question->open();
}

} // namespace tacet::ui

#include "invitations_sheet.moc"
