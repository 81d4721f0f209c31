#pragma once
// The composition of the engine: its parts, wired once. Private to chat_engine.cpp and locking.cpp.
#include "app/chat/chat_engine.h"
#include "app/chat/clock_hint.h"
#include "app/chat/contacts.h"
#include "app/chat/inbox.h"
#include "app/chat/invitations.h"
#include "app/chat/openings.h"
#include "app/chat/relay_moves.h"
#include "app/chat/text.h"

namespace tacet::chat {

struct ChatEngine::Parts final : relay::RelayListener {
    Parts(vault::Database &database, relay::RelayPort &port, const Clock &clock, Timers &timers, crypto::Random &random,
          FactSink sink)
        : context{database, port, clock, timers, random, std::move(sink)}
    {
        // Never from inside a step: the pump reads the vault and asks the port.
        context.wake = [this] { outbox.pump(); };
    }

    // --- RelayListener: each callback is at most one step ---
    Kept arrived(const relay::RelayUrl &url, const crypto::NostrPublicKey &mailbox, std::span<const crypto::NostrEvent> events,
                 bool more) override
    {
        return inbox.arrived(url, mailbox, events, more);
    }
    void published(relay::PublishId id, const relay::PublishOutcome &outcome) override { outbox.published(id, outcome); }
    void fetched(relay::FetchId id, const relay::FetchOutcome &outcome) override { fetches.fetched(id, outcome); }
    void tested(relay::TestId id, const relay::SelfTestReport &report) override { tests.tested(id, report); }
    void caughtUp(const relay::RelayUrl &url, const crypto::NostrPublicKey &mailbox,
                  const relay::SyncReport &report) override
    {
        moves.caughtUp(url);
        inbox.passEnded(url, mailbox, report);
    }
    void flooded(const relay::RelayUrl &url, const crypto::NostrPublicKey &mailbox) override
    {
        inbox.passEnded(url, mailbox, std::nullopt);
        if (context.sink)
            context.sink(Noticed{int(TroubleCode::RelayRefused), fromUtf8(url.host()), std::nullopt});
    }
    void relayChanged(const relay::RelayStatus &status) override
    {
        const bool before = relays.isConnected(status.url.text());
        relays.changed(status);
        moves.changed(status);
        inbox.relayChanged(status.url.text());
        clockHint.changed(status);
        {
            Step step(context);
            if (RelayInfo relay = relays.infoOf(step.db(), status.url); relays.isOfInterest(relay))
                step.tell(RelayChanged{std::move(relay)});
            static_cast<void>(step.commit());
        }
        if (!before && relays.isConnected(status.url.text())) {
            outbox.relayConnected(status.url.text());
            openings.runDue();
        }
    }

    Outcome<Done> load();
    Outcome<Done> start();
    void stop();
    void upkeep();
    void proxyChanges(Step &step, const QString &proxy);
    /// Relays that may be contacted have changed; at the `fresh` ones mailboxes are read again.
    void readAndWriteElsewhere(const std::set<relay::RelayUrl> &fresh);

    Context context;
    RelayBook relays{context};
    Mailboxes mailboxes{context, relays};
    Fetches fetches{context};
    Outbox outbox{context, relays};
    Greeting greeting{context, relays, mailboxes, outbox};
    Receipts receipts{context, outbox};
    GapRepair gaps{context, outbox, mailboxes};
    Invitations invitations{context, relays, mailboxes, outbox, fetches};
    Openings openings{context, relays, greeting, outbox, fetches};
    Reunion reunion{context, relays, greeting, outbox};
    Contacts contacts{context, relays, mailboxes, outbox, greeting, receipts, gaps};
    Inbox inbox{context, relays, mailboxes, outbox, greeting, invitations, receipts, gaps, reunion};
    RelayTests tests{context, relays, mailboxes, greeting};
    RelayMoves moves{context, relays, mailboxes, greeting, tests};
    ClockHint clockHint{context};
    TimerHandle upkeepTimer;
};

} // namespace tacet::chat
