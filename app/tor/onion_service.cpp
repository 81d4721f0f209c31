#include "app/tor/onion_service.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace tacet::tor {
namespace {

constexpr qsizetype kServiceIdLength = 56; // rend-spec-v3, "Encoding onion addresses"
constexpr qsizetype kKeyLength = 88; // 64 bytes as base64

bool isServiceId(const QByteArray &id)
{
    return id.size() == kServiceIdLength
        && std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); });
}

/// Nothing that could end the command and begin another.
bool isKey(const QByteArray &key)
{
    return key.startsWith("ED25519-V3:") && key.size() == 11 + kKeyLength
        && std::all_of(key.begin() + 11, key.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
           });
}

} // namespace

void publishOnion(ControlPort &control, const QByteArray &key, quint16 port,
                  std::function<void(Result<OnionService, QString>)> then)
{
    const QByteArray wanted = isKey(key) ? key : QByteArray("NEW:ED25519-V3");
    const QByteArray where = QByteArray::number(port);
    control.ask("ADD_ONION " + wanted + " Port=80,127.0.0.1:" + where,
                [known = isKey(key) ? key : QByteArray(), then = std::move(then)](const ControlReply &reply) {
                    const QByteArray id = reply.value("ServiceID");
                    const QByteArray made = known.isEmpty() ? reply.value("PrivateKey") : known;
                    if (!reply.accepted() || !isServiceId(id) || !isKey(made))
                        return then(fail(QString::fromUtf8(reply.lines.value(0).left(200))));
                    then(OnionService{QString::fromLatin1(id) + u".onion"_s, made});
                });
}

void withdrawOnion(ControlPort &control, const QString &host)
{
    const QByteArray id = host.toLatin1().left(kServiceIdLength);
    if (isServiceId(id))
        control.ask("DEL_ONION " + id, {});
}

} // namespace tacet::tor
