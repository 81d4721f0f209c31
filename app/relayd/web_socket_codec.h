#pragma once
// The server's half of RFC 6455: bytes of a client in, whole messages out; messages in, bytes out. No sockets, so
// that tests speak to it in bytes. It exists because QtWebSockets closes with 1007 when a text frame ends inside a
// UTF-8 character (legal, RFC 6455 §5.6), turns every message into UTF-16 and back, and keeps about 31 KB a socket.
//
// Bounded: memory grows with bytes that came, never with a length that was announced.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tacet::relayd {

/// RFC 6455 §7.4.1.
enum class CloseCode : std::uint16_t {
    Normal = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    NotUnderstood = 1003, ///< binary data
    NotUtf8 = 1007,
    PolicyViolated = 1008,
    TooLarge = 1009,
};

class WebSocketReader {
public:
    enum class Kind { Text, Ping, Pong, Close };
    struct Message {
        Kind kind;
        std::string payload; ///< Text: valid UTF-8. Close: code and reason as sent.
    };

    /// A message, in one frame or many, has at most `messageBytes`.
    explicit WebSocketReader(std::size_t messageBytes) : m_limit(messageBytes) { }

    /// Appends what became complete. After a failure nothing more is read.
    void feed(std::string_view bytes, std::vector<Message> &out);
    std::optional<CloseCode> failure() const { return m_failure; }

private:
    bool readHead();
    void endFrame(std::vector<Message> &out);
    void failWith(CloseCode code) { m_failure = code; }

    std::size_t m_limit;
    std::optional<CloseCode> m_failure;
    std::string m_head; ///< 2 to 14 bytes, until complete
    bool m_inFrame = false;
    bool m_final = false;
    std::uint8_t m_opcode = 0;
    std::uint8_t m_mask[4] = {};
    std::uint64_t m_left = 0; ///< bytes of this frame's payload that are to come
    std::uint64_t m_read = 0; ///< and that came: the place in the mask
    bool m_fragmented = false; ///< a text message waits for its continuation
    std::string m_text;
    std::string m_control; ///< at most 125 bytes
};

/// One unfragmented text frame.
void appendTextFrame(std::string &out, std::string_view text);
void appendPing(std::string &out);
void appendPong(std::string &out, std::string_view payload);
/// `reason` is cut to what a control frame carries.
void appendClose(std::string &out, CloseCode code, std::string_view reason);

/// The value of Sec-WebSocket-Accept (RFC 6455 §4.2.2); nothing when `key` is not 16 bytes of base64.
std::optional<std::string> acceptFor(std::string_view key);

} // namespace tacet::relayd
