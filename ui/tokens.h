#pragma once
// The design's values, read from resources/tokens.json: the one place where a colour, a size or a
// typeface is written down. Nothing in ui/ spells a colour of its own.
#include "crypto/result.h"

#include <QByteArray>
#include <QColor>
#include <QString>
#include <QStringList>

#include <array>
#include <cstddef>

namespace tacet::ui {

enum class Scheme { Light, Dark };

/// One entry for each name under "color" in tokens.json, in the same order. The table is closed:
/// no colour is mixed at run time where text stands on it, because only these were measured.
enum class Colour {
    Rail,
    List,
    Canvas,
    Surface,
    Field,
    Hover,
    Selected,
    Pressed,
    BubbleIn,
    BubbleOut,
    Hairline,
    Outline,
    Text,
    TextSecondary,
    TextMuted,
    MetaOut,
    Link,
    LinkOut,
    Accent,
    AccentHover,
    AccentPressed,
    OnAccent,
    AccentTint,
    Verified,
    VerifiedTint,
    Brass,
    BrassTint,
    BrassFill,
    OnBrass,
    Danger,
    DangerTint,
    DangerFill,
    OnDanger,
    BadgeMuted,
    CodeBg,
    CodeBgOut,
    Highlight,
    Tooltip,
    OnTooltip,
    Focus,
    Scrim,
};
inline constexpr std::size_t kColourCount = static_cast<std::size_t>(Colour::Scrim) + 1;

/// One entry for each name under "type", in the same order.
enum class TypeRole {
    Hero,
    Page,
    Name,
    Sheet,
    Panel,
    Header,
    Lead,
    Body,
    BodyArabic,
    Strong,
    Small,
    Label,
    Caption,
    Section,
    Meta,
    Badge,
    Number,
    Code,
};
inline constexpr std::size_t kTypeRoleCount = static_cast<std::size_t>(TypeRole::Code) + 1;

enum class FontFamily { Ui, Display, Mono };

struct TypeStyle {
    double pixels = 14; ///< at 100 % text
    double line = 20;   ///< distance of baselines in px at 100 % text
    int weight = 400;   ///< CSS weight, as QFont::Weight
    FontFamily family = FontFamily::Ui;
};

/// Fill of an avatar and the colour of the name beside it.
struct IdentityColour {
    QColor fill;
    QColor onFill;
    QColor nameLight;
    QColor nameDark;
};
inline constexpr std::size_t kIdentityCount = 10;

/// The art of onboarding and of the lock screen; the same in both schemes but for the lock's staff.
struct ArtColours {
    QColor panel, staff, staffQuiet, rest, text, textQuiet, lockStaffLight, lockStaffDark;
};

enum class TokensError {
    NotJson,      ///< the file is no JSON object
    WrongVersion, ///< "version" is not 1
    Missing,      ///< a name that the program uses is not there or has the wrong type
    Unknown,      ///< a colour that no enumerator stands for: the table is closed
};

class Tokens {
public:
    static Result<Tokens, TokensError> parse(const QByteArray &json);
    /// The tokens compiled into the program. They are part of the build, so a failure is a bug (asserted).
    static Tokens builtIn();

    QColor colour(Scheme scheme, Colour colour) const;
    const TypeStyle &type(TypeRole role) const { return m_types[static_cast<std::size_t>(role)]; }
    const QStringList &families(FontFamily family) const { return m_families[static_cast<std::size_t>(family)]; }
    const IdentityColour &identity(std::size_t index) const { return m_identities[index % kIdentityCount]; }
    const ArtColours &art() const { return m_art; }
    double scrimAlpha(Scheme scheme) const { return scheme == Scheme::Light ? m_scrimLight : m_scrimDark; }
    /// Opacity of the soft shadow of elevation 2 (menus) or 3 (sheets).
    double shadowAlpha(Scheme scheme, int elevation) const;

private:
    Tokens() = default;

    std::array<std::array<QColor, kColourCount>, 2> m_colours;
    std::array<TypeStyle, kTypeRoleCount> m_types;
    std::array<QStringList, 3> m_families;
    std::array<IdentityColour, kIdentityCount> m_identities;
    ArtColours m_art;
    double m_scrimLight = 0;
    double m_scrimDark = 0;
    std::array<std::array<double, 2>, 2> m_shadows{}; ///< [scheme][elevation - 2]
};

/// The name of a colour in tokens.json and, after an '@', in theme.qss.
QLatin1StringView colourName(Colour colour);

} // namespace tacet::ui
