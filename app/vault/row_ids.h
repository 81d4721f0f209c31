#pragma once
// What the rows files share: the shapes of keys. Ids are 16 bytes here and get their types back in app/chat.
#include "app/vault/database.h"
#include "crypto/bytes.h"

namespace tacet::vault {

using Id16 = crypto::FixedBytes<16>;
using Bytes8 = crypto::FixedBytes<8>;
using Bytes32 = crypto::FixedBytes<32>;

} // namespace tacet::vault
