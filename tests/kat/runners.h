#pragma once
// One function per format; each checks that it knows every algorithm it is handed.
#include "crypto/bytes.h"
#include "tests/kat/report.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>

namespace tacet::kat {

void runWycheproof(const QString &name, const QJsonObject &root, Report &report);
void runMlkemKnownAnswers(const QString &name, const QJsonArray &cases, Report &report);
void runMlkemAcvp(const QString &name, const QJsonObject &root, Report &report);
void runBip340(const QString &name, const QByteArray &csv, Report &report);
void runNip44(const QString &name, const QJsonObject &root, Report &report);
void runNostrEvents(const QString &name, const QJsonValue &value, Report &report);
void runSignalFingerprint(const QString &name, const QJsonObject &root, Report &report);
void runSignalChainKey(const QString &name, const QJsonObject &root, Report &report);
void runTable(const QString &name, const QByteArray &table, Report &report);

/// Hexadecimal of either case; empty when it is none, which no case then passes.
crypto::Bytes hexBytes(const QString &text);
/// The same, of a JSON member.
crypto::Bytes hexMember(const QJsonObject &object, QLatin1StringView member);

template<typename Tagged>
std::optional<Tagged> taggedMember(const QJsonObject &object, QLatin1StringView member)
{
    return Tagged::from(hexMember(object, member));
}

bool same(crypto::ByteView one, crypto::ByteView other);

} // namespace tacet::kat
