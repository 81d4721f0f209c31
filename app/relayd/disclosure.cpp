#include "app/relayd/disclosure.h"

#include "app/relay/disclosed_facts.h"

#include <QDateTime>
#include <QTimeZone>

namespace tacet::relayd {
namespace {

using relay::Disclosed;
using relay::DisclosedFact;
using relay::Holding;

std::string utc(std::int64_t seconds)
{
    return QDateTime::fromSecsSinceEpoch(seconds, QTimeZone::utc()).toString(Qt::ISODate).toStdString();
}

std::string capitalised(std::string_view text)
{
    std::string out(text);
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z')
        out[0] = char(out[0] - 'a' + 'A');
    return out;
}

std::string counted(std::int64_t count, const DisclosedFact &fact)
{
    return std::to_string(count) + " " + std::string(count == 1 ? fact.one : fact.name);
}

std::string nameOf(const DisclosedFact &fact, const StoreSummary &summary)
{
    switch (fact.what) {
    case Disclosed::Envelopes:
        return counted(summary.envelopes, fact);
    case Disclosed::Mailboxes:
        return counted(summary.mailboxes, fact);
    case Disclosed::Deletions:
        return counted(summary.deletions, fact);
    case Disclosed::Dates:
        return capitalised(fact.name) + (summary.oldest && summary.newest ? ", " + utc(*summary.oldest) + " to " + utc(*summary.newest) : "");
    default:
        return capitalised(fact.name);
    }
}

std::string lines(Holding holding, const StoreSummary &summary)
{
    std::string out;
    for (const DisclosedFact &fact : relay::kDisclosedFacts) {
        if (fact.holding != holding)
            continue;
        out += "  " + nameOf(fact, summary) + ". " + std::string(fact.sentence) + "\n";
        if (fact.what != Disclosed::Envelopes)
            continue;
        for (const auto &[size, count] : summary.envelopesBySize)
            out += "    " + std::to_string(count) + " of " + std::to_string(size) + " characters\n";
    }
    return out;
}

std::string jsonNames(Holding holding)
{
    std::string out;
    for (const DisclosedFact &fact : relay::kDisclosedFacts) {
        if (fact.holding == holding)
            out += (out.empty() ? "\"" : ",\"") + std::string(fact.name) + "\"";
    }
    return "[" + out + "]";
}

} // namespace

std::string disclosureText(const StoreSummary &summary)
{
    std::string out = "All that this relay could hand over:\n" + lines(Holding::Kept, summary);
    if (summary.otherEvents > 0)
        out += "  " + std::to_string(summary.otherEvents) + (summary.otherEvents == 1 ? " event" : " events")
            + " of other kinds, readable: other programs put them here.\n";
    out += "While a socket is open its computer also sees, and does not keep:\n" + lines(Holding::Seen, summary);
    return out + "It never had:\n" + lines(Holding::Never, summary);
}

std::string disclosureJson(const StoreSummary &summary)
{
    std::string out = "{\"envelopes\":" + std::to_string(summary.envelopes) + ",\"mailboxes\":" + std::to_string(summary.mailboxes);
    out += ",\"sizes\":{";
    bool first = true;
    for (const auto &[size, count] : summary.envelopesBySize) {
        out += std::string(first ? "" : ",") + "\"" + std::to_string(size) + "\":" + std::to_string(count);
        first = false;
    }
    out += "},\"other_events\":" + std::to_string(summary.otherEvents) + ",\"deletions\":" + std::to_string(summary.deletions);
    if (summary.oldest && summary.newest)
        out += ",\"oldest\":\"" + utc(*summary.oldest) + "\",\"newest\":\"" + utc(*summary.newest) + "\"";
    out += ",\"file_bytes\":" + std::to_string(summary.fileBytes);
    return out + ",\"only_seen\":" + jsonNames(Holding::Seen) + ",\"never_had\":" + jsonNames(Holding::Never) + "}";
}

} // namespace tacet::relayd
