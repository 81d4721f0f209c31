#pragma once
// The numbers of what a contact writes (README, Numbers): each numbered payload carries (epoch, sequence). A writer
// counts 1, 2, 3 … through session after session; a restored writer, whose counter may have gone back, begins a
// later epoch. So a hole in the numbers is a message that has not come, and an acknowledgement outlives sessions.
#include "app/chat/payload.h"
#include "app/chat/step.h"
#include "app/vault/receipt_rows.h"

namespace tacet::chat {

struct ReceivedEpoch {
    std::int64_t epoch = 0;
    NumberRanges received;
    NumberRanges closed; ///< will never come: said the writer, or nobody answered
    std::int64_t readUpTo = 0;

    NumberRanges settled() const;
};

class Numbers {
public:
    static std::vector<ReceivedEpoch> all(vault::Database &db, const ContactId &contact);
    static ReceivedEpoch inEpoch(vault::Database &db, const ContactId &contact, std::int64_t epoch);
    static void store(vault::Database &db, const ContactId &contact, const ReceivedEpoch &numbers);

    /// False when this number came before. An absurd jump closes what lies between.
    static bool note(Step &step, const ContactId &contact, std::int64_t epoch, std::int64_t sequence);
    /// The same in memory, for an epoch that has begun.
    static bool note(ReceivedEpoch &numbers, std::int64_t sequence);
    static void close(Step &step, const ContactId &contact, const EpochRanges &gone);
    /// Everything up to the newest text is read.
    static void markRead(Step &step, const ContactId &contact, const vault::WriterPlace &place);
};

} // namespace tacet::chat
