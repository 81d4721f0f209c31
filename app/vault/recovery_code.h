#pragma once
// The printed way back into a vault: 160 random bits as 12 groups of four characters.
//
//     7KQM-02ZT-...   (Crockford's alphabet: no I, L, O, U; reading forgives case, O for 0, I and L for 1)
//
// The fourth character of each group checks the three before it and the group's place: any one wrong
// character, any two neighbours exchanged within a group and any two groups exchanged are found, and the
// group is named. The last four data characters check the whole.
#include "crypto/random.h"
#include "crypto/result.h"
#include "crypto/secret.h"

#include <string>

namespace tacet::vault {

struct RecoveryCodeError {
    enum Kind {
        TooShort,     ///< fewer than 12 groups
        TooLong,      ///< more than 12 groups
        BadCharacter, ///< a character that no code has
        Mistyped,     ///< this group does not fit its check character
        NotWhole,     ///< every group fits, together they do not: several errors that hide each other
    };
    Kind kind = NotWhole;
    int group = 0; ///< 1 to 12 for BadCharacter and Mistyped, the number of whole groups for TooShort, else 0
};

class RecoveryCode {
public:
    static constexpr std::size_t kGroups = 12;
    static constexpr std::size_t kSecretSize = 20;

    static RecoveryCode generate(crypto::Random &random);
    /// `typed`: ASCII; spaces, line ends and dashes anywhere are ignored.
    static Result<RecoveryCode, RecoveryCodeError> parse(crypto::ByteView typed);

    /// 12 groups joined by dashes, 59 characters. To be shown once and never stored.
    crypto::SecretBuffer text() const;
    crypto::FixedView<kSecretSize> secret() const { return m_secret.view(); }

private:
    RecoveryCode() = default;
    crypto::SecretBytes<kSecretSize> m_secret;
};

} // namespace tacet::vault
