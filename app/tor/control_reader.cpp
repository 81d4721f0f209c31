#include "app/tor/control_reader.h"

namespace tacet::tor {
namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// A quoted string that begins at `at`; `at` is left behind its end.
QByteArray quoted(const QByteArray &line, qsizetype &at)
{
    QByteArray text;
    for (++at; at < line.size() && line[at] != '"'; ++at) {
        if (line[at] == '\\' && at + 1 < line.size())
            ++at;
        text += line[at];
    }
    ++at;
    return text;
}

QByteArray bare(const QByteArray &line, qsizetype &at)
{
    const qsizetype begin = at;
    while (at < line.size() && line[at] != ' ')
        ++at;
    return line.mid(begin, at - begin);
}

} // namespace

QByteArray pairValue(const QByteArray &line, const QByteArray &key)
{
    QByteArray found;
    qsizetype at = 0;
    while (at < line.size()) {
        const qsizetype begin = at;
        while (at < line.size() && line[at] != ' ' && line[at] != '=')
            ++at;
        const QByteArray name = line.mid(begin, at - begin);
        QByteArray text;
        if (at < line.size() && line[at] == '=') {
            ++at;
            text = at < line.size() && line[at] == '"' ? quoted(line, at) : bare(line, at);
            if (name == key)
                found = text;
        }
        while (at < line.size() && line[at] == ' ')
            ++at;
    }
    return found;
}

QByteArray ControlReply::value(const QByteArray &key) const
{
    const QByteArray begin = key + '=';
    for (const QByteArray &line : lines) {
        if (line.startsWith(begin))
            return line.mid(begin.size());
    }
    return {};
}

Result<QList<ControlReply>, ControlError> ControlReader::take(const QByteArray &bytes)
{
    QList<ControlReply> complete;
    m_rest += bytes;
    qsizetype end = 0;
    while ((end = m_rest.indexOf("\r\n")) >= 0) {
        const QByteArray text = m_rest.left(end);
        m_rest.remove(0, end + 2);
        if (const auto read = line(text, complete); !read)
            return fail(read.error());
    }
    if (m_size + m_rest.size() > kLongestReply)
        return fail(ControlError::TooLong);
    return complete;
}

Result<Done, ControlError> ControlReader::line(const QByteArray &text, QList<ControlReply> &complete)
{
    m_size += text.size() + 2;
    if (m_size > kLongestReply)
        return fail(ControlError::TooLong);
    if (m_inData) {
        if (text == ".")
            m_inData = false;
        else
            m_reply.lines.last() += '\n' + (text.startsWith('.') ? text.mid(1) : text);
        return Done{};
    }
    if (text.size() < 4 || !isDigit(text[0]) || !isDigit(text[1]) || !isDigit(text[2]))
        return fail(ControlError::NotTheProtocol);
    m_reply.status = text.left(3).toInt();
    m_reply.lines.append(text.mid(4));
    switch (text[3]) {
    case '-':
        return Done{};
    case '+':
        m_inData = true;
        return Done{};
    case ' ':
        complete.append(std::exchange(m_reply, {}));
        m_size = 0;
        return Done{};
    default:
        return fail(ControlError::NotTheProtocol);
    }
}

} // namespace tacet::tor
