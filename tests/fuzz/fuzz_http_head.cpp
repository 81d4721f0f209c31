// The request head that the small relay reads from anybody (RFC 9112): complete, incomplete or no request; what came
// after the empty line changes nothing, and a head never becomes another one by growing.
#include "app/relayd/http_front.h"
#include "tests/fuzz/fuzz_target.h"

TACET_FUZZ_TARGET(http_head, input)
{
    using tacet::relayd::RequestHead;
    const QByteArray bytes(reinterpret_cast<const char *>(input.data()), qsizetype(input.size()));
    RequestHead head;
    const auto state = RequestHead::read(bytes, head);
    RequestHead longer;
    const auto stateOfLonger = RequestHead::read(bytes + "more", longer);
    if (state == RequestHead::State::Bad)
        FUZZ_DEMAND(stateOfLonger == RequestHead::State::Bad);
    if (state == RequestHead::State::Complete) {
        FUZZ_DEMAND(stateOfLonger == state && longer.method == head.method && longer.target == head.target
                    && longer.accept == head.accept && longer.upgrade == head.upgrade
                    && longer.fromWebPage == head.fromWebPage && longer.size == head.size && longer.host == head.host
                    && longer.key == head.key && longer.version == head.version);
        FUZZ_DEMAND(head.size > 0 && head.size <= bytes.size());
        FUZZ_DEMAND(!head.method.contains(' ') && !head.target.contains(' '));
    }
}
