#include "app/session/disclosed_text.h"

#include <QCoreApplication>
#include <QLocale>

namespace tacet::session {
namespace {

using namespace Qt::StringLiterals;
using relay::Disclosed;

QString translated(std::string_view text)
{
    return QCoreApplication::translate("Disclosure", std::string(text).c_str());
}

QString counted(qint64 count, const relay::DisclosedFact &fact)
{
    return QLocale().toString(count) + u' ' + translated(count == 1 ? fact.one : fact.name);
}

QString capitalised(QString text)
{
    text[0] = text[0].toUpper();
    return text;
}

QString nameOf(const relay::DisclosedFact &fact, const chat::Disclosure &disclosure)
{
    qint64 envelopes = 0;
    qint64 mailboxes = 0;
    for (const chat::RelayDisclosure &relay : disclosure.relays) {
        envelopes += relay.envelopesIn + relay.envelopesOut;
        mailboxes += relay.mailboxes;
    }
    if (fact.what == Disclosed::Envelopes)
        return counted(envelopes, fact);
    if (fact.what == Disclosed::Mailboxes)
        return counted(mailboxes, fact);
    if (fact.what == Disclosed::Address) {
        const QString whose = QCoreApplication::translate("Disclosure", disclosure.throughProxy ? "The proxy's %1" : "Your %1");
        return whose.arg(translated(fact.name));
    }
    return capitalised(translated(fact.name));
}

} // namespace

QList<DisclosedText> disclosedTexts(const chat::Disclosure &disclosure)
{
    QList<DisclosedText> texts;
    for (const relay::DisclosedFact &fact : relay::kDisclosedFacts)
        texts.append({fact.what, fact.holding, nameOf(fact, disclosure), translated(fact.sentence)});
    return texts;
}

} // namespace tacet::session
