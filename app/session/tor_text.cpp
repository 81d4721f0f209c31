#include "app/session/tor_text.h"

#include "app/session/trouble_text.h"

#include <QCoreApplication>

namespace tacet::session {
namespace {

using namespace Qt::StringLiterals;

/// The context that lupdate files these sentences under.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(Tor)
};

/// Tor's phases, by how their tags begin (control-spec, "Bootstrap phases"), in words for everybody.
QString phaseText(const QString &phase)
{
    if (phase.startsWith("conn"_L1) || phase.startsWith("handshake"_L1) || phase.startsWith("starting"_L1))
        return Words::tr("It looks for a way into the network.");
    if (phase.startsWith("onehop"_L1) || phase.startsWith("request"_L1) || phase.startsWith("loading"_L1)
        || phase.startsWith("enough"_L1))
        return Words::tr("It fetches the list of the network's relays.");
    if (phase.startsWith("ap_"_L1) || phase.startsWith("circuit"_L1))
        return Words::tr("It builds the first circuits.");
    return {};
}

QString withWords(const QString &sentence, const QString &more)
{
    return more.isEmpty() ? sentence : sentence + u' ' + more;
}

QString reasonText(const QString &reason)
{
    return reason.isEmpty() ? QString() : Words::tr("The reason given: %1.").arg(printable(reason));
}

} // namespace

QString torText(const tor::TorStatus &status)
{
    using tor::TorState;
    switch (status.state) {
    case TorState::Off:
        return {};
    case TorState::Missing:
        return Words::tr("Tor is not on this computer, so Tacet stays silent. The command \"sudo apt install tor\" installs it.");
    case TorState::Starting:
        return Words::tr("Tor is starting. Nothing is sent before it is connected.");
    case TorState::Connecting:
        return withWords(withWords(Words::tr("Tor is still connecting: %1 %. Nothing is sent yet.").arg(status.percent),
                                   status.reason.isEmpty() ? phaseText(status.phase) : QString()),
                         reasonText(status.reason));
    case TorState::Ready:
        return Words::tr("Tor is connected. Everything goes through it.");
    case TorState::Failed:
        return withWords(Words::tr("Tor does not run, so Tacet stays silent. It is started again by itself."),
                         reasonText(status.reason));
    }
    return {};
}

} // namespace tacet::session
