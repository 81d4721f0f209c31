#pragma once
// Replies of Tor's control port (control-spec, section 2.3), cut out of a stream of bytes. Strict and bounded: whoever
// listens on that port may be something else.
#include "crypto/result.h"

#include <QByteArray>
#include <QList>

namespace tacet::tor {

struct ControlReply {
    int status = 0; ///< 250 done, 650 an event, the others refusals
    /// What followed the status, a line each; the text of a data block follows its line after '\n'.
    QList<QByteArray> lines;

    bool isEvent() const { return status >= 600 && status < 700; }
    bool accepted() const { return status >= 200 && status < 300; }
    /// What stands after "KEY=" in a line that begins so; empty when no line does.
    QByteArray value(const QByteArray &key) const;
};

enum class ControlError { NotTheProtocol, TooLong };

class ControlReader {
public:
    static constexpr qsizetype kLongestReply = 256 * 1024;

    /// All replies that are complete now. After an error the stream is worth nothing any more.
    Result<QList<ControlReply>, ControlError> take(const QByteArray &bytes);

private:
    Result<Done, ControlError> line(const QByteArray &text, QList<ControlReply> &complete);

    QByteArray m_rest;
    ControlReply m_reply;
    bool m_inData = false;
    qsizetype m_size = 0; ///< of the reply under way
};

/// "KEY=VALUE" pairs of a line, values quoted or not (control-spec, section 2.1.1); the last one counts.
QByteArray pairValue(const QByteArray &line, const QByteArray &key);

} // namespace tacet::tor
