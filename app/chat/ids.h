#pragma once
// 16-byte ids, one type each: a contact can never be passed where a message is meant.
#include "crypto/bytes.h"

#include <QHash>
#include <QMetaType>
#include <QString>

namespace tacet::chat {

template<typename Tag>
struct Id {
    std::array<std::uint8_t, 16> bytes{};

    crypto::FixedView<16> view() const { return crypto::FixedView<16>(bytes); }
    bool isNull() const { return bytes == std::array<std::uint8_t, 16>{}; }
    /// 32 lower-case hexadecimal digits, as everywhere (windows, command line, JSON).
    QString toHex() const { return QString::fromStdString(crypto::toHex(bytes)); }

    static std::optional<Id> from(crypto::ByteView source)
    {
        if (source.size() != 16)
            return std::nullopt;
        Id id;
        std::copy(source.begin(), source.end(), id.bytes.begin());
        return id;
    }
    static std::optional<Id> fromHex(const QString &text)
    {
        const auto raw = crypto::fromHex(text.toStdString());
        return raw ? from(*raw) : std::nullopt;
    }

    friend auto operator<=>(const Id &, const Id &) = default;
    friend std::size_t qHash(const Id &id, std::size_t seed = 0) { return qHashBits(id.bytes.data(), 16, seed); }
};

struct ContactTag;
struct MessageTag;
struct InvitationTag;
/// Random, made when the contact is added; it stays through key changes and restores.
using ContactId = Id<ContactTag>;
/// Made by the writer: 48-bit milliseconds since 1970 UTC, then 80 random bits (PROTOCOL §7).
using MessageId = Id<MessageTag>;
using InvitationId = Id<InvitationTag>;

} // namespace tacet::chat

Q_DECLARE_METATYPE(tacet::chat::ContactId)
Q_DECLARE_METATYPE(tacet::chat::MessageId)
Q_DECLARE_METATYPE(tacet::chat::InvitationId)
