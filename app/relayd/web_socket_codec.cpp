#include "app/relayd/web_socket_codec.h"

#include "app/relay/json_reader.h"
#include "crypto/base64.h"

#include <QByteArray>
#include <QCryptographicHash>

#include <algorithm>

namespace tacet::relayd {
namespace {

constexpr std::uint8_t kContinuation = 0x0;
constexpr std::uint8_t kText = 0x1;
constexpr std::uint8_t kBinary = 0x2;
constexpr std::uint8_t kClose = 0x8;
constexpr std::uint8_t kPing = 0x9;
constexpr std::uint8_t kPong = 0xA;
constexpr std::size_t kMaximumControl = 125; // RFC 6455 §5.5

bool isControl(std::uint8_t opcode)
{
    return opcode >= kClose;
}

/// Server frames are not masked (RFC 6455 §5.1).
void appendFrame(std::string &out, std::uint8_t opcode, std::string_view payload)
{
    out += char(0x80 | opcode);
    const std::uint64_t size = payload.size();
    const int lengthBytes = size < 126 ? 0 : size < 65'536 ? 2 : 8;
    out += char(lengthBytes == 0 ? size : lengthBytes == 2 ? 126 : 127);
    for (int i = lengthBytes - 1; i >= 0; --i)
        out += char(std::uint8_t(size >> (8 * i)));
    out += payload;
}

/// What a peer may put into a close frame (RFC 6455 §7.4).
bool isCloseCode(unsigned code)
{
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) || (code >= 3000 && code <= 4999);
}

} // namespace

/// Reads m_head when it is complete: false until then, or after a failure.
bool WebSocketReader::readHead()
{
    const auto at = [this](std::size_t i) { return std::uint8_t(m_head[i]); };
    if (m_head.size() < 2)
        return false;
    const std::uint8_t opcode = at(0) & 0x0f;
    const bool final = at(0) & 0x80;
    const bool isKnown = opcode <= kBinary || (opcode >= kClose && opcode <= kPong);
    // No extension was agreed on: no reserved bit; a client masks (RFC 6455 §5.1, §5.2).
    if ((at(0) & 0x70) || !isKnown || !(at(1) & 0x80))
        return failWith(CloseCode::ProtocolError), false;
    const std::uint8_t shortLength = at(1) & 0x7f;
    if (isControl(opcode) && (!final || shortLength > kMaximumControl))
        return failWith(CloseCode::ProtocolError), false;
    const std::size_t lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
    if (m_head.size() < 2 + lengthBytes + 4)
        return false;
    std::uint64_t length = shortLength;
    if (lengthBytes > 0) {
        length = 0;
        for (std::size_t i = 0; i < lengthBytes; ++i)
            length = (length << 8) | at(2 + i);
        if (length < (lengthBytes == 2 ? 126u : 65'536u) || (length >> 63)) // the shortest form, no sign (§5.2)
            return failWith(CloseCode::ProtocolError), false;
    }
    for (std::size_t i = 0; i < 4; ++i)
        m_mask[i] = at(2 + lengthBytes + i);
    if (opcode == kBinary)
        return failWith(CloseCode::NotUnderstood), false;
    if ((opcode == kContinuation) != m_fragmented && !isControl(opcode))
        return failWith(CloseCode::ProtocolError), false;
    if (!isControl(opcode) && (length > m_limit || m_text.size() > m_limit - length))
        return failWith(CloseCode::TooLarge), false;
    m_opcode = opcode;
    m_final = final;
    m_left = length;
    m_read = 0;
    m_head.clear();
    m_inFrame = true;
    return true;
}

void WebSocketReader::feed(std::string_view bytes, std::vector<Message> &out)
{
    while (!m_failure) {
        if (!m_inFrame) {
            if (bytes.empty())
                return;
            m_head += bytes.front();
            bytes.remove_prefix(1);
            if (!readHead())
                continue;
        }
        const std::size_t count = std::size_t(std::min<std::uint64_t>(m_left, bytes.size()));
        std::string &payload = isControl(m_opcode) ? m_control : m_text;
        const std::size_t begin = payload.size();
        payload.append(bytes.substr(0, count));
        for (std::size_t i = 0; i < count; ++i)
            payload[begin + i] = char(std::uint8_t(payload[begin + i]) ^ m_mask[(m_read + i) % 4]);
        m_read += count;
        m_left -= count;
        bytes.remove_prefix(count);
        if (m_left > 0)
            return;
        endFrame(out);
    }
}

void WebSocketReader::endFrame(std::vector<Message> &out)
{
    m_inFrame = false;
    if (isControl(m_opcode)) {
        const std::string payload = std::exchange(m_control, {});
        if (m_opcode == kClose) {
            const auto at = [&](std::size_t i) { return unsigned(std::uint8_t(payload[i])); };
            if (payload.size() == 1 || (payload.size() >= 2 && !isCloseCode(at(0) << 8 | at(1))))
                return failWith(CloseCode::ProtocolError);
            if (payload.size() > 2 && !relay::isValidUtf8(std::string_view(payload).substr(2)))
                return failWith(CloseCode::NotUtf8);
        }
        out.push_back({m_opcode == kClose ? Kind::Close : m_opcode == kPing ? Kind::Ping : Kind::Pong, payload});
        return;
    }
    m_fragmented = !m_final;
    if (m_fragmented)
        return;
    // The whole message, not each frame: a frame may end inside a character.
    if (!relay::isValidUtf8(m_text))
        return failWith(CloseCode::NotUtf8);
    out.push_back({Kind::Text, std::exchange(m_text, {})});
}

void appendTextFrame(std::string &out, std::string_view text)
{
    appendFrame(out, kText, text);
}

void appendPing(std::string &out)
{
    appendFrame(out, kPing, {});
}

void appendPong(std::string &out, std::string_view payload)
{
    appendFrame(out, kPong, payload.substr(0, kMaximumControl));
}

void appendClose(std::string &out, CloseCode code, std::string_view reason)
{
    std::string payload;
    payload += char(std::uint16_t(code) >> 8);
    payload += char(std::uint16_t(code) & 0xff);
    payload += relay::plainWords(reason, kMaximumControl - 2);
    appendFrame(out, kClose, payload);
}

std::optional<std::string> acceptFor(std::string_view key)
{
    const auto decoded = crypto::fromBase64(key);
    if (!decoded || decoded->size() != 16)
        return std::nullopt;
    const std::string both = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const QByteArray bytes(both.data(), qsizetype(both.size()));
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha1).toBase64().toStdString();
}

} // namespace tacet::relayd
