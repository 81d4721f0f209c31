#include "tests/bench/peer_olm.h"

#include "tests/bench/stopwatch.h"

#include <olm/olm.h>
#include <sodium.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace tacet::bench {
namespace {

using Text = std::string;

Text noise(std::size_t size)
{
    Text out(size, '\0');
    randombytes_buf(out.data(), size);
    return out;
}

void demand(std::size_t answer)
{
    if (answer == olm_error())
        std::abort();
}

struct Account {
    Text memory = Text(olm_account_size(), '\0');
    OlmAccount *olm = olm_account(memory.data());
    Text identity; ///< Curve25519, base64

    Account()
    {
        Text random = noise(olm_create_account_random_length(olm));
        demand(olm_create_account(olm, random.data(), random.size()));
        Text keys(olm_account_identity_keys_length(olm), '\0');
        demand(olm_account_identity_keys(olm, keys.data(), keys.size()));
        identity = between(keys, "\"curve25519\":\"");
    }
    Account(const Account &) = delete;

    static Text between(const Text &json, const char *before)
    {
        const std::size_t from = json.find(before) + std::strlen(before);
        return json.substr(from, json.find('"', from) - from);
    }
    Text oneTimeKey()
    {
        Text random = noise(olm_account_generate_one_time_keys_random_length(olm, 1));
        demand(olm_account_generate_one_time_keys(olm, 1, random.data(), random.size()));
        Text keys(olm_account_one_time_keys_length(olm), '\0');
        demand(olm_account_one_time_keys(olm, keys.data(), keys.size()));
        olm_account_mark_keys_as_published(olm);
        const std::size_t open = keys.find("\"curve25519\":{\"");
        const std::size_t key = keys.find(":\"", open + 15) + 2;
        return keys.substr(key, keys.find('"', key) - key);
    }
};

struct Session {
    Text memory = Text(olm_session_size(), '\0');
    OlmSession *olm = olm_session(memory.data());

    struct Sealed {
        std::size_t type;
        Text body;
    };
    Sealed encrypt(std::string_view plain)
    {
        Text random = noise(olm_encrypt_random_length(olm));
        Sealed sealed{olm_encrypt_message_type(olm), Text(olm_encrypt_message_length(olm, plain.size()), '\0')};
        demand(olm_encrypt(olm, plain.data(), plain.size(), random.data(), random.size(), sealed.body.data(),
            sealed.body.size()));
        return sealed;
    }
    Text decrypt(const Sealed &sealed)
    {
        Text copy = sealed.body; // olm decodes in place
        Text plain(olm_decrypt_max_plaintext_length(olm, sealed.type, copy.data(), copy.size()), '\0');
        copy = sealed.body;
        const std::size_t size = olm_decrypt(olm, sealed.type, copy.data(), copy.size(), plain.data(), plain.size());
        demand(size);
        plain.resize(size);
        return plain;
    }
};

struct Pair {
    Session alice;
    Session bob;
};

void setUp(Account &alice, Account &bob, Pair &pair)
{
    const Text key = bob.oneTimeKey();
    Text random = noise(olm_create_outbound_session_random_length(pair.alice.olm));
    demand(olm_create_outbound_session(pair.alice.olm, alice.olm, bob.identity.data(), bob.identity.size(), key.data(),
        key.size(), random.data(), random.size()));
    const auto first = pair.alice.encrypt("first");
    Text copy = first.body;
    demand(olm_create_inbound_session(pair.bob.olm, bob.olm, copy.data(), copy.size()));
    pair.bob.decrypt(first);
    olm_remove_one_time_keys(bob.olm, pair.bob.olm);
}

} // namespace

void measureOlm()
{
    Account alice;
    Account bob;
    report("olm: set-up, both sides", perSecond([&] {
        Pair pair;
        setUp(alice, bob, pair);
    }),
        "/s");
    for (const std::size_t size : {std::size_t(100), std::size_t(4096)}) {
        Pair pair; // of its own: what one size leaves unread is more than olm skips
        setUp(alice, bob, pair);
        pair.alice.decrypt(pair.bob.encrypt("reply")); // from here on no prefix
        const Text plain(size, 'x');
        const Text bytes = std::to_string(size) + " B";
        std::vector<Session::Sealed> sealed;
        report(("olm: encrypt " + bytes).c_str(), perSecond([&] { sealed.push_back(pair.alice.encrypt(plain)); }), "/s");
        std::size_t next = 0;
        const double begun = threadSeconds();
        while (next < sealed.size() && threadSeconds() - begun < 1.5)
            pair.bob.decrypt(sealed[next++]);
        report(("olm: decrypt " + bytes).c_str(), double(next) / (threadSeconds() - begun), "/s");
    }
    const Text hundred(100, 'x');
    Pair pair;
    setUp(alice, bob, pair);
    report("olm: ping-pong", perSecond([&] {
        pair.alice.decrypt(pair.bob.encrypt(hundred));
        pair.bob.decrypt(pair.alice.encrypt(hundred));
    }) * 2,
        "/s");
}

} // namespace tacet::bench
