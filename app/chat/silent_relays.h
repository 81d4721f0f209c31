#pragma once
// Which relays do not answer while others do, counted in days and kept over restarts. After kRelayGiveUpDays
// (limits.h) a relay is given up: it is still read, and contacts are told to write elsewhere, until it answers again.
#include "app/vault/row_ids.h"

#include <QtGlobal>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tacet::chat {

class SilentRelays {
public:
    static SilentRelays read(vault::Database &db);
    void write(vault::Database &db) const;

    /// It did not answer since the last look, and another one did. One look a day counts. True: it is given up now.
    bool missed(const std::string &url, qint64 nowMs);
    /// It answered, or is of no interest any more. True: it had been given up.
    bool forget(const std::string &url);

    /// Others are not read any more.
    void keepOnly(const std::set<std::string> &urls);

    bool isGivenUp(const std::string &url) const;
    /// Silent for so long that a place which is not one's own is read there no more.
    bool isForgotten(const std::string &url) const;
    std::vector<std::string> living(const std::vector<std::string> &urls) const;
    /// The same for telling others; a list of dead places alone stays as it is, for want of a better one.
    std::vector<std::string> listed(const std::vector<std::string> &urls) const;

    friend bool operator==(const SilentRelays &, const SilentRelays &) = default;

private:
    struct Silence {
        int days = 0;
        qint64 countedMs = 0; ///< when the last day was counted
        friend bool operator==(const Silence &, const Silence &) = default;
    };
    int daysOf(const std::string &url) const;

    std::map<std::string, Silence> m_relays;
};

} // namespace tacet::chat
