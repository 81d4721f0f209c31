#include "app/chat/invitations.h"

#include "app/chat/history.h"
#include "app/chat/limits.h"
#include "app/chat/settings_store.h"
#include "app/chat/text.h"
#include "crypto/bundle.h"
#include "crypto/gift_wrap.h"
#include "crypto/hkdf.h"

#include <algorithm>

namespace tacet::chat {

using vault::InvitationRow;

Outcome<Invitation> Invitations::create(InvitationKind kind, const QString &label)
{
    const std::string labelUtf8 = toUtf8(label.trimmed());
    if (labelUtf8.size() > std::size_t(kMaxLabelBytes))
        return trouble(TroubleCode::NameTooLong, {}, kMaxLabelBytes);
    Step step(m_context);
    int open = 0;
    for (const InvitationRow &each : vault::readInvitations(step.db()))
        open += InvitationState(each.state) == InvitationState::Open ? 1 : 0;
    if (open >= kMaxOpenInvitations)
        return trouble(TroubleCode::TooManyInvitations, {}, kMaxOpenInvitations);

    std::vector<std::string> relays;
    for (const std::string &url : m_relays.listed(step.db(), m_relays.own(step.db()))) {
        if (crypto::isRelayUrl(url) && relays.size() < crypto::kMaxLinkRelays)
            relays.push_back(url);
    }
    if (relays.empty())
        return trouble(TroubleCode::NoRelayConfigured);
    const auto type = kind == InvitationKind::OneTime ? crypto::LinkType::OneTime : crypto::LinkType::Reusable;
    auto link = crypto::Link::create(type, m_context.identity->publicKey(), relays, step.random());
    while (!link && link.error() == crypto::LinkCreateError::TooLong && relays.size() > 1) {
        relays.pop_back(); // a link stays within a QR code that a phone reads
        link = crypto::Link::create(type, m_context.identity->publicKey(), relays, step.random());
    }
    if (!link)
        return trouble(TroubleCode::BadRelayUrl, fromUtf8(relays.front()));

    InvitationRow row;
    row.id = step.random().bytes<16>();
    row.kind = int(kind);
    row.label = labelUtf8;
    row.link = link->uri();
    row.createdMs = step.now();
    row.untilMs = step.now() + (kind == InvitationKind::OneTime ? kOneTimeLifetimeMs : kReusableLifetimeMs);
    row.mailbox = m_mailboxes.create(step, vault::MailboxPurpose::Invitation, row.id, step.now(), relays).publicKey;
    row.renewedMs = step.now();
    vault::writeInvitation(step.db(), row);
    if (const auto made = post(step, row, *link); !made)
        return fail(made.error());
    step.touched(invitationId(row.id));
    Invitation invitation = invitationOf(step.db(), row);
    if (const auto committed = step.commit(); !committed)
        return fail(committed.error());
    return invitation;
}

Outcome<Done> Invitations::post(Step &step, const InvitationRow &invitation, const crypto::Link &link)
{
    crypto::BundleCard card;
    card.name = toUtf8(loadSettings(step.db()).displayName);
    card.mailbox = crypto::NostrPublicKey{invitation.mailbox};
    card.relays = link.relays();
    card.validFrom = step.now();
    card.validUntil = InvitationKind(invitation.kind) == InvitationKind::OneTime ? invitation.untilMs
                                                                                  : step.now() + kBundleLifetimeMs;
    auto made = crypto::makeBundle(*m_context.identity, link, card, step.random());
    if (!made)
        return trouble(TroubleCode::Internal, QStringLiteral("bundle"));
    vault::PrekeyRow prekeys;
    prekeys.bundle = made->prekeys.id().bytes;
    prekeys.invitation = invitation.id;
    prekeys.body = made->prekeys.body();
    prekeys.state = made->prekeys.serialise();
    prekeys.createdMs = step.now();
    vault::insertPrekeys(step.db(), prekeys);
    vault::markPrekeysReplaced(step.db(), invitation.id, prekeys.bundle, step.now());
    for (const vault::OutboxRow &old : vault::readOutboxOfInvitation(step.db(), invitation.id))
        vault::deleteOutbox(step.db(), old.row); // the newest counts
    m_outbox.enqueueSealed(step, invitation.id, std::move(made->sealed), link.bundleMailbox().publicKey().bytes,
                           link.relays());
    return Done{};
}

void Invitations::bury(Step &step, const InvitationRow &invitation, const vault::Bytes8 &bundle)
{
    for (const vault::OutboxRow &old : vault::readOutboxOfInvitation(step.db(), invitation.id))
        vault::deleteOutbox(step.db(), old.row);
    const auto link = crypto::Link::parse(invitation.link);
    if (!link)
        return;
    m_outbox.enqueueSealed(step, invitation.id,
                           crypto::makeTombstone(*m_context.identity, *link, crypto::BundleId{bundle}, step.now(),
                                                 step.random()),
                           link->bundleMailbox().publicKey().bytes, link->relays());
}

void Invitations::used(Step &step, InvitationRow &invitation, const vault::PrekeyRow &prekeys, const ContactId &contact)
{
    if (InvitationKind(invitation.kind) != InvitationKind::OneTime)
        return;
    for (const vault::PrekeyRow &each : vault::readPrekeysOf(step.db(), invitation.id))
        vault::forgetPrekeySecrets(step.db(), each.bundle);
    invitation.state = int(InvitationState::Used);
    invitation.usedBy = contact.bytes;
    vault::writeInvitation(step.db(), invitation);
    bury(step, invitation, prekeys.bundle);
    if (const auto mailbox = vault::readMailbox(step.db(), invitation.mailbox))
        m_mailboxes.retire(step, *mailbox, step.now() + kUsedInvitationMs); // late first messages, second openers
    step.touched(invitationId(invitation.id));
}

void Invitations::openedInVain(Step &step, InvitationRow &invitation)
{
    if (InvitationState(invitation.state) != InvitationState::Used) { // withdrawn, or its time was over: nobody else had it
        const InvitationId id = invitationId(invitation.id);
        if (!m_toldLate.contains(id)) {
            step.notice(TroubleCode::InviteOpenedLate, fromUtf8(invitation.label));
            step.afterwards([this, id] { m_toldLate.insert(id); });
        }
        return;
    }
    constexpr int kMaxCounted = 99; // beyond, it only says "many"
    if (invitation.secondAttempts >= kMaxCounted)
        return;
    ++invitation.secondAttempts;
    vault::writeInvitation(step.db(), invitation);
    step.touched(invitationId(invitation.id));
    if (invitation.usedBy && vault::readContact(step.db(), *invitation.usedBy))
        addSystemLine(step, contactId(*invitation.usedBy), SystemLine::InvitationTriedTwice);
    step.notice(TroubleCode::InviteTriedAgain, fromUtf8(invitation.label),
                invitation.usedBy ? std::optional(contactId(*invitation.usedBy)) : std::nullopt);
}

Outcome<Done> Invitations::label(const InvitationId &id, const QString &label)
{
    const std::string utf8 = toUtf8(label.trimmed());
    if (utf8.size() > std::size_t(kMaxLabelBytes))
        return trouble(TroubleCode::NameTooLong, {}, kMaxLabelBytes);
    Step step(m_context);
    auto row = vault::readInvitation(step.db(), id.bytes);
    if (!row)
        return trouble(TroubleCode::InviteNotFound);
    row->label = utf8;
    vault::writeInvitation(step.db(), *row);
    step.touched(id);
    return step.commit();
}

Outcome<Done> Invitations::revoke(const InvitationId &id)
{
    Step step(m_context);
    auto row = vault::readInvitation(step.db(), id.bytes);
    if (!row)
        return trouble(TroubleCode::InviteNotFound);
    if (InvitationState(row->state) != InvitationState::Open)
        return Done{};
    row->state = int(InvitationState::Revoked);
    vault::writeInvitation(step.db(), *row);
    vault::Bytes8 newest{};
    for (const vault::PrekeyRow &prekeys : vault::readPrekeysOf(step.db(), row->id)) {
        if (newest == vault::Bytes8{})
            newest = prekeys.bundle;
        vault::forgetPrekeySecrets(step.db(), prekeys.bundle);
    }
    bury(step, *row, newest);
    if (const auto mailbox = vault::readMailbox(step.db(), row->mailbox))
        m_mailboxes.retire(step, *mailbox, step.now() + kUsedInvitationMs);
    step.touched(id);
    return step.commit();
}

Outcome<QList<Invitation>> Invitations::all()
{
    return readOnly<QList<Invitation>>(m_context, [](vault::Database &db) -> Outcome<QList<Invitation>> {
        QList<Invitation> list;
        for (const InvitationRow &row : vault::readInvitations(db))
            list.append(invitationOf(db, row));
        return list;
    });
}

void Invitations::renewAll(Step &step)
{
    for (InvitationRow &row : vault::readInvitations(step.db())) {
        const auto link = crypto::Link::parse(row.link);
        if (InvitationState(row.state) != InvitationState::Open || !link)
            continue;
        row.renewedMs = step.now();
        vault::writeInvitation(step.db(), row);
        static_cast<void>(post(step, row, *link));
    }
}

void Invitations::upkeep()
{
    std::vector<InvitationRow> open;
    {
        Step step(m_context);
        for (InvitationRow &row : vault::readInvitations(step.db())) {
            for (const vault::PrekeyRow &prekeys : vault::readPrekeysOf(step.db(), row.id)) {
                // Two weeks after every relay of this mailbox was read past the replacement, not before, and not while the bundle
                // is valid on a clock that may be as wrong as we allow.
                const auto drained = readUntil(step, row.mailbox);
                const qint64 until = std::max<qint64>(prekeys.replacedMs + kPrekeyGraceMs,
                                                      prekeys.createdMs + kBundleLifetimeMs + crypto::kClockTolerance);
                if (prekeys.state && prekeys.replacedMs != 0 && drained && *drained * 1000 > until)
                    vault::forgetPrekeySecrets(step.db(), prekeys.bundle);
            }
            if (InvitationState(row.state) != InvitationState::Open)
                continue;
            const auto link = crypto::Link::parse(row.link);
            if (step.now() > row.untilMs + crypto::kClockTolerance) {
                row.state = int(InvitationState::Expired);
                vault::writeInvitation(step.db(), row);
                for (const vault::PrekeyRow &prekeys : vault::readPrekeysOf(step.db(), row.id))
                    vault::forgetPrekeySecrets(step.db(), prekeys.bundle);
                for (const vault::OutboxRow &old : vault::readOutboxOfInvitation(step.db(), row.id))
                    vault::deleteOutbox(step.db(), old.row);
                if (const auto mailbox = vault::readMailbox(step.db(), row.mailbox))
                    m_mailboxes.retire(step, *mailbox, step.now() + kUsedInvitationMs);
                step.touched(invitationId(row.id));
                continue;
            }
            // A renewal that is ahead of now: the wall clock went back, and that bundle is not valid yet.
            const bool due = step.now() - row.renewedMs >= kPrekeyRenewalMs || row.renewedMs > step.now() + kDayMs;
            if (InvitationKind(row.kind) == InvitationKind::Reusable && link && due) {
                row.renewedMs = step.now();
                vault::writeInvitation(step.db(), row);
                static_cast<void>(post(step, row, *link));
            }
            open.push_back(row);
        }
        if (!step.commit())
            return;
    }
    const qint64 now = m_context.clock.steadyMs();
    if (m_checkedMs != 0 && now - m_checkedMs < kBundleCheckMs)
        return;
    m_checkedMs = now;
    for (const InvitationRow &row : open)
        check(row);
}

void Invitations::check(const InvitationRow &invitation)
{
    const auto link = crypto::Link::parse(invitation.link);
    if (!link)
        return;
    std::vector<vault::OutboxRow> postings;
    std::vector<vault::TargetRow> targets;
    {
        vault::Snapshot snapshot(m_context.db);
        postings = vault::readOutboxOfInvitation(m_context.db, invitation.id);
        if (!postings.empty())
            targets = vault::readTargets(m_context.db, postings.back().row);
        if (!snapshot.finish() || postings.empty())
            return;
    }
    const vault::OutboxRow posting = postings.back();
    for (const vault::TargetRow &target : targets) {
        const auto url = relay::RelayUrl::parse(target.relay);
        if (target.state != vault::TargetState::Accepted || !url)
            continue;
        auto mailbox = std::make_shared<crypto::NostrKeyPair>(link->bundleMailbox());
        m_fetches.fetch(*url, *mailbox,
                        [this, posting, mailbox, relay = target.relay](const relay::FetchOutcome &outcome) {
                            if (outcome.kind != relay::FetchOutcome::Kind::Complete || outcome.truncated)
                                return;
                            for (const crypto::NostrEvent &event : outcome.events) {
                                const auto inner = crypto::unwrap(event, *mailbox);
                                if (inner && crypto::sha256(*inner) == posting.hash)
                                    return; // still there
                            }
                            postAgain(*posting.invitation, posting.row, relay);
                        });
    }
}

void Invitations::postAgain(const vault::Id16 &invitation, std::int64_t row, const std::string &relay)
{
    Step step(m_context);
    for (vault::TargetRow &target : vault::readTargets(step.db(), row)) {
        if (target.relay != relay || target.state != vault::TargetState::Accepted)
            continue;
        target.state = vault::TargetState::Waiting; // the relay lost it: post it again
        target.nextTryMs = step.now();
        vault::updateTarget(step.db(), row, target);
    }
    step.touched(invitationId(invitation));
    step.wake();
    static_cast<void>(step.commit());
}

} // namespace tacet::chat
