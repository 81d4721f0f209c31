// The frames of any client (RFC 6455), as the small relay reads them: however the bytes are cut by the network, the same
// messages come out and the same failure, texts are UTF-8, and nothing is larger than what was allowed.
#include "app/relay/json_reader.h"
#include "app/relayd/web_socket_codec.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

using tacet::relayd::CloseCode;
using tacet::relayd::WebSocketReader;

constexpr std::size_t kLimit = 300;

struct Read {
    std::vector<WebSocketReader::Message> messages;
    std::optional<CloseCode> failure;
};

Read readInPieces(std::string_view bytes, std::size_t piece)
{
    WebSocketReader reader(kLimit);
    Read read;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        reader.feed(bytes.substr(at, piece), read.messages);
    read.failure = reader.failure();
    return read;
}

} // namespace

TACET_FUZZ_TARGET(web_socket, input)
{
    const std::string_view bytes(reinterpret_cast<const char *>(input.data()), input.size());
    const Read whole = readInPieces(bytes, std::max<std::size_t>(bytes.size(), 1));
    for (const auto &message : whole.messages) {
        const bool isText = message.kind == WebSocketReader::Kind::Text;
        FUZZ_DEMAND(message.payload.size() <= (isText ? kLimit : 125));
        FUZZ_DEMAND(!isText || tacet::relay::isValidUtf8(message.payload));
    }
    for (const std::size_t piece : {std::size_t(1), std::size_t(7)}) {
        const Read again = readInPieces(bytes, piece);
        FUZZ_DEMAND(again.failure == whole.failure && again.messages.size() == whole.messages.size());
        for (std::size_t i = 0; i < whole.messages.size(); ++i)
            FUZZ_DEMAND(again.messages[i].kind == whole.messages[i].kind && again.messages[i].payload == whole.messages[i].payload);
    }
    const auto accept = tacet::relayd::acceptFor(bytes);
    FUZZ_DEMAND(!accept || (bytes.size() == 24 && accept->size() == 28));
}
