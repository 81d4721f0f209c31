#pragma once
// What Tor says about its way into the network: the line of `GETINFO status/bootstrap-phase` and of its events, which look
// the same from the severity on (control-spec, "Bootstrap phases").
#include <QByteArray>
#include <QString>

#include <optional>

namespace tacet::tor {

struct Bootstrap {
    int percent = 0;
    QString phase; ///< TAG
    QString obstacle; ///< WARNING of a line that warns, else empty; plain text from outside, at most 200 characters
};

/// Nothing when the line tells of something else, or of no number from 0 to 100.
std::optional<Bootstrap> readBootstrap(const QByteArray &line);

} // namespace tacet::tor
