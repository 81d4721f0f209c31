#include "app/relayd/disclosure.h"

#include <QDateTime>
#include <QTimeZone>

namespace tacet::relayd {
namespace {

std::string utc(std::int64_t seconds)
{
    return QDateTime::fromSecsSinceEpoch(seconds, QTimeZone::utc()).toString(Qt::ISODate).toStdString();
}

std::string counted(std::int64_t count, const char *one, const char *many)
{
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

} // namespace

std::string disclosureText(const StoreSummary &summary)
{
    std::string out = "All that this relay could hand over:\n";
    out += "  " + counted(summary.envelopes, "sealed envelope", "sealed envelopes") + ". Nobody but the reader holds a key.\n";
    for (const auto &[size, count] : summary.envelopesBySize)
        out += "    " + std::to_string(count) + " of " + std::to_string(size) + " characters\n";
    out += "  " + counted(summary.mailboxes, "random mailbox", "random mailboxes") + ", named after nobody.\n";
    out += "  The dates on the envelopes, which their writers spread over two days, and the order in which they came";
    if (summary.oldest && summary.newest)
        out += ": " + utc(*summary.oldest) + " to " + utc(*summary.newest);
    out += ".\n";
    if (summary.deletions > 0)
        out += "  " + counted(summary.deletions, "id of an event", "ids of events") + " that must not come back, and the key that asked for it.\n";
    if (summary.otherEvents > 0)
        out += "  " + counted(summary.otherEvents, "event of another kind", "events of other kinds")
            + ", readable: other programs put them here.\n";
    out += "While a socket is open the relay's computer also sees the network address behind it. It does not keep it.\n"
           "It never had: names, contacts, words, file names, who writes to whom.\n";
    return out;
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
    out += ",\"never_had\":[\"addresses\",\"names\",\"contacts\",\"words\",\"file names\",\"who writes to whom\"]}";
    return out;
}

} // namespace tacet::relayd
