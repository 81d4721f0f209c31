#pragma once
// The information document (NIP-11): what this relay takes and refuses, from the same limits that the code obeys.
#include "app/relayd/limits.h"

#include <string>

namespace tacet::relayd {

/// One JSON object. `name` is valid UTF-8.
std::string informationDocument(const std::string &name, const Limits &limits);

} // namespace tacet::relayd
