#pragma once
// What the words after a refused AUTH leave open.
#include <string_view>

namespace tacet::relay {

enum class AuthRefusal {
    Judgement, ///< of who we are: asking again changes nothing
    Date, ///< of our clock, not of us
    Busy, ///< too much at once
    Trouble, ///< the relay's own, or no reason at all; khatru says "error:" of whatever is wrong, also of what stays wrong
};

AuthRefusal authRefusalOf(std::string_view words);

} // namespace tacet::relay
