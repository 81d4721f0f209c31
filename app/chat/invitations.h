#pragma once
// The owner's side of invitations (PROTOCOL §3): making links, keeping their bundles on the relays, renewing the
// prekeys of reusable addresses, and what follows when somebody used one.
#include "app/chat/fetches.h"
#include "app/chat/mailboxes.h"
#include "app/chat/outbox.h"
#include "app/vault/invitation_rows.h"

namespace tacet::chat {

class Invitations {
public:
    Invitations(Context &context, RelayBook &relays, Mailboxes &mailboxes, Outbox &outbox, Fetches &fetches)
        : m_context(context), m_relays(relays), m_mailboxes(mailboxes), m_outbox(outbox), m_fetches(fetches)
    {
    }

    Outcome<Invitation> create(InvitationKind kind, const QString &label);
    Outcome<Done> label(const InvitationId &id, const QString &label);
    Outcome<Done> revoke(const InvitationId &id);
    Outcome<QList<Invitation>> all();

    /// A first message under these prekeys was opened: one-time prekeys go, a tombstone is posted.
    /// In the transaction that stores the session.
    void used(Step &step, vault::InvitationRow &invitation, const vault::PrekeyRow &prekeys, const ContactId &contact);
    /// A one-time invitation was opened whose keys are gone: somebody else used it before, or it had ended.
    void openedInVain(Step &step, vault::InvitationRow &invitation);

    /// Renews, expires, forgets, and looks whether the relays still have what was posted.
    void upkeep();
    /// After a restore the private halves of all bundles are gone: fresh ones under the same links.
    void renewAll(Step &step);

private:
    Outcome<Done> post(Step &step, const vault::InvitationRow &invitation, const crypto::Link &link);
    void bury(Step &step, const vault::InvitationRow &invitation, const vault::Bytes8 &bundle);
    void check(const vault::InvitationRow &invitation);
    void postAgain(const vault::Id16 &invitation, std::int64_t row, const std::string &relay);

    Context &m_context;
    RelayBook &m_relays;
    Mailboxes &m_mailboxes;
    Outbox &m_outbox;
    Fetches &m_fetches;
    qint64 m_checkedMs = 0; ///< steady
    std::set<InvitationId> m_toldLate; ///< of these it was said that somebody came too late; who has the link can come often
};

} // namespace tacet::chat
