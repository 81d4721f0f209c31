#pragma once
// UTF-8 at the border: the vault and the wire hold std::string, people see QString.
#include "app/chat/ids.h"
#include "app/chat/trouble.h"
#include "app/vault/db_error.h"
#include "crypto/random.h"

#include <QString>

#include <string>

namespace tacet::chat {

inline QString fromUtf8(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

inline std::string toUtf8(const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    return {utf8.constData(), std::size_t(utf8.size())};
}

template<typename Tag>
Id<Tag> idOf(const std::array<std::uint8_t, 16> &bytes)
{
    Id<Tag> id;
    id.bytes = bytes;
    return id;
}
inline ContactId contactId(const std::array<std::uint8_t, 16> &bytes) { return idOf<ContactTag>(bytes); }
inline MessageId messageId(const std::array<std::uint8_t, 16> &bytes) { return idOf<MessageTag>(bytes); }
inline InvitationId invitationId(const std::array<std::uint8_t, 16> &bytes) { return idOf<InvitationTag>(bytes); }

/// 48-bit milliseconds, then 80 random bits (PROTOCOL §7): in order of time, so that the index grows at its end.
MessageId newMessageId(qint64 nowMs, crypto::Random &random);

/// What a failure of the vault means to people.
Trouble troubleOf(vault::DbError error);

} // namespace tacet::chat
