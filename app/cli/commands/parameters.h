#pragma once
// Reading a command's parameters: what is missing or odd becomes a Trouble before anything is done.
#include "app/chat/facts.h"
#include "app/chat/trouble.h"

#include <QJsonObject>

namespace tacet::cli {

inline QString text(const QJsonObject &parameters, QLatin1StringView name)
{
    return parameters.value(name).toString();
}

/// 32 hexadecimal digits of a contact.
inline chat::Outcome<chat::ContactId> contactOf(const QJsonObject &parameters, QLatin1StringView name = QLatin1StringView("id"))
{
    const auto id = chat::ContactId::fromHex(text(parameters, name));
    return id ? chat::Outcome<chat::ContactId>(*id) : chat::trouble(chat::TroubleCode::UnknownContact);
}

} // namespace tacet::cli
