#pragma once
// The same steps with libolm: classical X3DH and double ratchet, no post-quantum part, no encrypted headers.

namespace tacet::bench {

void measureOlm();

} // namespace tacet::bench
