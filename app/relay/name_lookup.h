#pragma once
// Looking names up where one must not lead into the local network. Passed in, so that tests answer for a resolver.
#include <functional>
#include <string>
#include <vector>

class QObject;

namespace tacet::relay {

struct NameAnswer {
    std::vector<std::string> addresses; ///< none: it was not found
    std::string trouble; ///< then why, in the resolver's words
};

/// `then` is called later, never from inside the call, and never once `context` is gone.
using NameLookup = std::function<void(const std::string &name, QObject *context, std::function<void(const NameAnswer &)> then)>;

/// This computer's resolver.
NameLookup systemNames();

} // namespace tacet::relay
