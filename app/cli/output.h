#pragma once
// Standard output: one JSON object a line with --json, else plain lines. Standard error: one sentence.
#include "app/chat/facts.h"
#include "app/cli/command.h"

namespace tacet::cli {

class Output {
public:
    explicit Output(bool json) : m_json(json) { }

    bool json() const { return m_json; }
    /// Each line is flushed: a reader behind a pipe sees it at once.
    void print(const Answer &answer) const;
    void object(const QJsonObject &object, const QString &line) const;
    void error(const chat::Trouble &trouble) const;
    void sentence(const QString &text) const;

private:
    bool m_json;
};

// Stable field names of --json and JSON-RPC.
QString stateName(chat::MessageState state);
QJsonObject toJson(const chat::Message &message);
QJsonObject toJson(const chat::ChatSummary &chat);
QJsonObject toJson(const chat::RelayInfo &relay);
QJsonObject toJson(const chat::Invitation &invitation);
/// Nothing for facts that concern windows only.
std::optional<QJsonObject> toJson(const chat::Fact &fact);

// The same for people. Control characters in texts from outside are shown, never sent to the terminal.
QString toLine(const chat::Message &message);
QString toLine(const chat::ChatSummary &chat);
QString toLine(const chat::RelayInfo &relay);
std::optional<QString> toLine(const chat::Fact &fact);
QString visible(const QString &foreignText);

} // namespace tacet::cli
