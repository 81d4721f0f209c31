#include "tests/kat/vector_file.h"

#include "tests/kat/runners.h"

#include <QJsonDocument>

namespace tacet::kat {
using namespace Qt::StringLiterals;
namespace {

void runObject(const QString &name, const QJsonObject &root, Report &report)
{
    if (root.contains("testGroups"_L1) && root["algorithm"_L1] == "ML-KEM"_L1 && root.contains("mode"_L1))
        runMlkemAcvp(name, root, report);
    else if (root.contains("testGroups"_L1))
        runWycheproof(name, root, report);
    else if (root.contains("v2"_L1))
        runNip44(name, root, report);
    else if (root.contains("displayable"_L1))
        runSignalFingerprint(name, root, report);
    else if (root.contains("next_chain_key"_L1))
        runSignalChainKey(name, root, report);
    else if (QJsonDocument(root).toJson().contains("\"pubkey\""))
        runNostrEvents(name, root, report);
    else
        report.unknown(name + u": no format that is known here"_s);
}

} // namespace

void runVectors(const QString &name, const QByteArray &content, Report &report)
{
    const QByteArray start = content.trimmed().left(1);
    if (start == "{" || start == "[") {
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(content, &error);
        if (error.error != QJsonParseError::NoError)
            report.unknown(name + u": "_s + error.errorString());
        else if (document.isObject())
            runObject(name, document.object(), report);
        else if (document[0].toObject().contains("key_generation_seed"_L1))
            runMlkemKnownAnswers(name, document.array(), report);
        else if (document[0].toObject().contains("pubkey"_L1))
            runNostrEvents(name, document.array(), report);
        else
            report.unknown(name + u": no format that is known here"_s);
    } else if (content.startsWith("index,secret key,public key")) {
        runBip340(name, content, report);
    } else if (content.startsWith("# tacet-kat table:")) {
        runTable(name, content, report);
    } else {
        report.unknown(name + u": no format that is known here"_s);
    }
}

crypto::Bytes hexBytes(const QString &text)
{
    return crypto::fromHex(text.toLower().toStdString()).value_or(crypto::Bytes());
}

crypto::Bytes hexMember(const QJsonObject &object, QLatin1StringView member)
{
    return hexBytes(object[member].toString());
}

bool same(crypto::ByteView one, crypto::ByteView other)
{
    return std::equal(one.begin(), one.end(), other.begin(), other.end());
}

} // namespace tacet::kat
