#include "app/chat/text.h"

namespace tacet::chat {

MessageId newMessageId(qint64 nowMs, crypto::Random &random)
{
    MessageId id;
    id.bytes = random.bytes<16>();
    const auto time = static_cast<std::uint64_t>(nowMs < 0 ? 0 : nowMs);
    for (int i = 0; i < 6; ++i)
        id.bytes[std::size_t(i)] = static_cast<std::uint8_t>(time >> (8 * (5 - i)));
    return id;
}

Trouble troubleOf(vault::DbError error)
{
    switch (error) {
    case vault::DbError::DiskFull:
        return {TroubleCode::DiskFull};
    case vault::DbError::ReadOnly:
        return {TroubleCode::ReadOnly};
    case vault::DbError::Newer:
        return {TroubleCode::ProfileNewer};
    case vault::DbError::Corrupt:
    case vault::DbError::WrongKey:
        return {TroubleCode::ProfileDamaged};
    case vault::DbError::Cancelled:
        return {TroubleCode::Cancelled};
    default:
        return {TroubleCode::DiskError};
    }
}

} // namespace tacet::chat
