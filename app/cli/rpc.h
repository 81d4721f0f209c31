#pragma once
// JSON-RPC 2.0 over standard input and output, a line each way. One method per command ("contact.add"), events as
// notifications (method "event"). Requests are answered in order; the end of input ends the program.
#include "app/cli/context.h"

#include <QByteArray>
#include <QQueue>
#include <QSocketNotifier>

namespace tacet::cli {

class Rpc : public QObject {
    Q_OBJECT

public:
    explicit Rpc(Context &context);

    /// Runs until standard input ends or the program is told to stop; answers the exit code.
    int run();

private:
    void readInput();
    void work();
    QJsonObject answerTo(const QByteArray &line);
    void notify(const chat::Fact &fact) const;

    Context &m_context;
    QSocketNotifier m_input;
    QByteArray m_partial;
    QQueue<QByteArray> m_lines;
    bool m_overlong = false;
    bool m_working = false;
    bool m_ended = false;
};

} // namespace tacet::cli
