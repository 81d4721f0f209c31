#pragma once
// How far the Tor that this program started has come. A value; it crosses threads and the facade.
#include <QMetaType>
#include <QString>

namespace tacet::tor {

enum class TorState : int {
    Off,        ///< not wanted
    Missing,    ///< the program `tor` is not on this computer
    Starting,   ///< the process is there, its control port is not yet
    Connecting, ///< to the Tor network: `percent` and `phase` tell how far
    Ready,
    Failed,     ///< it ended or could not be started: `reason`; tried again later
};

struct TorStatus {
    TorState state = TorState::Off;
    int percent = 0;      ///< 0 to 100
    QString phase;        ///< Tor's tag for what it does now, e.g. "conn_done" (control-spec, bootstrap phases)
    QString reason;       ///< Tor's own words about a failure or an obstacle: plain text from outside
    quint16 socksPort = 0; ///< on 127.0.0.1, once it is known

    friend bool operator==(const TorStatus &, const TorStatus &) = default;
};

} // namespace tacet::tor

Q_DECLARE_METATYPE(tacet::tor::TorStatus)
