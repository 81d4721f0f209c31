#include "app/cli/rpc.h"

#include "app/cli/exit_code.h"
#include "app/cli/output.h"
#include "app/session/trouble_text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <unistd.h>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace tacet::cli {
namespace {

constexpr qsizetype kMaxLine = 1 << 20; // a text of the largest size, escaped, fits ten times

// JSON-RPC 2.0 §5.1
constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kTroubleBase = -32000; // minus the exit code of the command line

QJsonObject errorObject(int code, const QString &message)
{
    return {{u"code"_s, code}, {u"message"_s, message}};
}

void writeObject(QJsonObject object)
{
    object.insert(u"jsonrpc"_s, u"2.0"_s);
    const QByteArray line = QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
    std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), stdout);
    std::fflush(stdout);
}

} // namespace

Rpc::Rpc(Context &context) : m_context(context), m_input(STDIN_FILENO, QSocketNotifier::Read)
{
    connect(&m_input, &QSocketNotifier::activated, this, &Rpc::readInput);
}

int Rpc::run()
{
    m_context.stayOnline();
    m_context.onFact([this](const chat::Fact &fact) { notify(fact); });
    if (!m_ended)
        m_context.runUntilStopped();
    return 0;
}

void Rpc::readInput()
{
    char buffer[65536];
    const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got <= 0) {
        m_input.setEnabled(false);
        m_ended = true;
        work();
        return;
    }
    m_partial.append(buffer, got);
    qsizetype end = 0;
    while ((end = m_partial.indexOf('\n')) >= 0) {
        if (m_overlong)
            m_lines.enqueue(QByteArray()); // answered as a parse error
        else
            m_lines.enqueue(m_partial.first(end));
        m_overlong = false;
        m_partial.remove(0, end + 1);
    }
    if (m_partial.size() > kMaxLine) {
        m_overlong = true;
        m_partial.clear();
    }
    work();
}

void Rpc::work()
{
    if (m_working)
        return; // a command that waits for a relay lets input arrive; it is answered afterwards, in order
    m_working = true;
    while (!m_lines.isEmpty()) {
        const QJsonObject answer = answerTo(m_lines.dequeue());
        if (!answer.isEmpty())
            writeObject(answer);
    }
    m_working = false;
    if (m_ended)
        m_context.stop();
}

QJsonObject Rpc::answerTo(const QByteArray &line)
{
    const QJsonDocument document = QJsonDocument::fromJson(line);
    if (!document.isObject())
        return {{u"id"_s, QJsonValue()}, {u"error"_s, errorObject(kParseError, u"This line is not a JSON object."_s)}};
    const QJsonObject request = document.object();
    const QJsonValue id = request.value(u"id"_s);
    const bool isNotification = !request.contains(u"id"_s);
    const auto answer = [&](const QString &key, const QJsonValue &value) {
        return isNotification ? QJsonObject() : QJsonObject{{u"id"_s, id}, {key, value}};
    };
    if (request.value(u"jsonrpc"_s) != u"2.0"_s || !request.value(u"method"_s).isString())
        return answer(u"error"_s, errorObject(kInvalidRequest, u"This is not a JSON-RPC 2.0 request."_s));
    const Command *command = findCommand(request.value(u"method"_s).toString().replace(u'.', u' '));
    if (!command)
        return answer(u"error"_s, errorObject(kMethodNotFound, u"There is no such method."_s));
    const QJsonValue parameters = request.value(u"params"_s);
    if (!parameters.isUndefined() && !parameters.isObject())
        return answer(u"error"_s, errorObject(kInvalidParams, u"Parameters are an object with names."_s));
    const QJsonObject named = parameters.toObject();
    for (const Operand &operand : command->operands) {
        if (operand.required && !named.contains(QLatin1StringView(operand.name)))
            return answer(u"error"_s, errorObject(kInvalidParams, u"\"%1\" is missing."_s.arg(QLatin1StringView(operand.name))));
    }
    const auto outcome = m_context.run(*command, named);
    if (!outcome)
        return answer(u"error"_s, errorObject(kTroubleBase - exitCodeFor(outcome.error().code), session::troubleText(outcome.error())));
    QJsonArray results;
    for (const QJsonObject &object : outcome->objects)
        results.append(object);
    return answer(u"result"_s, QJsonObject{{u"answers"_s, results}, {u"code"_s, outcome->exitCode}});
}

void Rpc::notify(const chat::Fact &fact) const
{
    if (const auto object = toJson(fact))
        writeObject({{u"method"_s, u"event"_s}, {u"params"_s, *object}});
}

} // namespace tacet::cli
