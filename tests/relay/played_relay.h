#pragma once
// A relay with NIP-77 behind a played socket, and a count of what it was asked.
#include "tests/relay/rig.h"

#include <algorithm>
#include <functional>

namespace tacet::test {

/// A relay that offers NIP-77 and answers as it should, until a test changes how.
struct PlayedRelay {
    using Socket = FakeTransports::Socket;

    explicit PlayedRelay(Rig &forRig) : rig(forRig) { }

    /// Until the client asks no more.
    void serve(Socket &socket)
    {
        for (;;) {
            const auto frames = socket.take();
            if (frames.empty())
                return;
            for (const relay::ClientFrame &frame : frames)
                answer(socket, frame);
        }
    }

    void answer(Socket &socket, const relay::ClientFrame &frame)
    {
        if (const auto *request = std::get_if<relay::RequestFrame>(&frame)) {
            const relay::Filter &filter = request->filters.at(0);
            if (!filter.ids.empty()) {
                asked.insert(asked.end(), filter.ids.begin(), filter.ids.end());
                largestQuestion = std::max(largestQuestion, filter.ids.size());
                if (onFetch && onFetch(socket, *request))
                    return;
            } else if (filter.limit != 1) {
                ++pages;
            }
            if (live.empty())
                live = request->subscription;
            std::vector<crypto::NostrEvent> page;
            for (const crypto::NostrEvent &event : stored) {
                if (filter.matches(event))
                    page.push_back(event);
            }
            std::stable_sort(page.begin(), page.end(), [](const auto &a, const auto &b) { return a.createdAt > b.createdAt; });
            page.resize(std::min(page.size(), std::size_t(*filter.limit)));
            for (const crypto::NostrEvent &event : page) {
                ++given;
                socket.say(relay::writeEvent(request->subscription, event));
            }
            socket.say(relay::writeEose(request->subscription));
        } else if (const auto *opened = std::get_if<relay::ReconcileOpenFrame>(&frame)) {
            ++opens;
            openings.push_back(*opened);
            std::vector<relay::NegentropyItem> items;
            for (const crypto::NostrEvent &event : stored) {
                if (opened->filter.matches(event))
                    items.push_back({std::uint64_t(event.createdAt), event.id});
            }
            snapshot = relay::NegentropySet(std::move(items));
            compare(socket, opened->subscription, opened->message);
        } else if (const auto *more = std::get_if<relay::ReconcileFrame>(&frame)) {
            compare(socket, more->subscription, more->message);
        } else if (std::get_if<relay::ReconcileCloseFrame>(&frame)) {
            ++closes;
        }
    }

    void compare(Socket &socket, const std::string &subscription, const crypto::Bytes &message)
    {
        ++rounds;
        if (onCompare)
            return onCompare(socket, subscription);
        socket.say(relay::writeReconcile(subscription, *relay::negentropyAnswer(snapshot, message, 4'096)));
    }

    Rig &rig;
    std::string live; ///< the first one that was asked for
    std::vector<crypto::NostrEvent> stored;
    relay::NegentropySet snapshot;
    std::function<void(Socket &, const std::string &)> onCompare;
    std::function<bool(Socket &, const relay::RequestFrame &)> onFetch; ///< true: it answered
    std::vector<relay::ReconcileOpenFrame> openings;
    std::vector<crypto::NostrEventId> asked;
    std::size_t largestQuestion = 0;
    int pages = 0;
    int opens = 0;
    int closes = 0;
    int rounds = 0;
    std::size_t given = 0;
};

} // namespace tacet::test
