#include "ui/tokens.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array<QLatin1StringView, kColourCount> kColourNames{
    "rail"_L1,
    "list"_L1,
    "canvas"_L1,
    "surface"_L1,
    "field"_L1,
    "hover"_L1,
    "selected"_L1,
    "pressed"_L1,
    "bubbleIn"_L1,
    "bubbleOut"_L1,
    "hairline"_L1,
    "outline"_L1,
    "text"_L1,
    "textSecondary"_L1,
    "textMuted"_L1,
    "metaOut"_L1,
    "link"_L1,
    "linkOut"_L1,
    "accent"_L1,
    "accentHover"_L1,
    "accentPressed"_L1,
    "onAccent"_L1,
    "accentTint"_L1,
    "verified"_L1,
    "verifiedTint"_L1,
    "brass"_L1,
    "brassTint"_L1,
    "brassFill"_L1,
    "onBrass"_L1,
    "danger"_L1,
    "dangerTint"_L1,
    "dangerFill"_L1,
    "onDanger"_L1,
    "badgeMuted"_L1,
    "codeBg"_L1,
    "codeBgOut"_L1,
    "highlight"_L1,
    "tooltip"_L1,
    "onTooltip"_L1,
    "focus"_L1,
    "scrim"_L1,
};

constexpr std::array<QLatin1StringView, kTypeRoleCount> kTypeNames{
    "hero"_L1,
    "page"_L1,
    "name"_L1,
    "sheet"_L1,
    "panel"_L1,
    "header"_L1,
    "lead"_L1,
    "body"_L1,
    "bodyArabic"_L1,
    "strong"_L1,
    "small"_L1,
    "label"_L1,
    "caption"_L1,
    "section"_L1,
    "meta"_L1,
    "badge"_L1,
    "number"_L1,
    "code"_L1,
};

constexpr std::array<QLatin1StringView, 3> kFamilyNames{"ui"_L1, "display"_L1, "mono"_L1};

/// Reads names from one JSON object and remembers whether each was there.
class Reader {
public:
    explicit Reader(QJsonObject object) : m_object(std::move(object)) { }

    bool complete() const { return m_complete; }

    QColor colour(QLatin1StringView name)
    {
        const QColor colour(m_object.value(name).toString());
        m_complete = m_complete && colour.isValid();
        return colour;
    }
    double number(QLatin1StringView name)
    {
        const QJsonValue value = m_object.value(name);
        m_complete = m_complete && value.isDouble();
        return value.toDouble();
    }
    QString string(QLatin1StringView name)
    {
        const QJsonValue value = m_object.value(name);
        m_complete = m_complete && value.isString();
        return value.toString();
    }
    Reader child(QLatin1StringView name) const { return Reader(m_object.value(name).toObject()); }
    void demand(const Reader &child) { m_complete = m_complete && child.m_complete; }
    const QJsonObject &object() const { return m_object; }

private:
    QJsonObject m_object;
    bool m_complete = true;
};

bool readType(Reader type, TypeStyle &style)
{
    style.pixels = type.number("px"_L1);
    style.line = type.number("line"_L1);
    style.weight = static_cast<int>(type.number("weight"_L1));
    const QString family = type.string("family"_L1);
    for (std::size_t i = 0; i < kFamilyNames.size(); ++i) {
        if (family == kFamilyNames[i]) {
            style.family = static_cast<FontFamily>(i);
            return type.complete() && style.pixels > 0 && style.line >= style.pixels;
        }
    }
    return false;
}

} // namespace

Result<Tokens, TokensError> Tokens::parse(const QByteArray &json)
{
    const QJsonDocument document = QJsonDocument::fromJson(json);
    if (!document.isObject())
        return fail(TokensError::NotJson);
    Reader root(document.object());
    if (root.object().value("version"_L1).toInt() != 1)
        return fail(TokensError::WrongVersion);

    Tokens tokens;
    constexpr std::array<QLatin1StringView, 2> schemes{"light"_L1, "dark"_L1};
    const Reader colours = root.child("color"_L1);
    for (std::size_t s = 0; s < schemes.size(); ++s) {
        Reader scheme = colours.child(schemes[s]);
        for (std::size_t c = 0; c < kColourCount; ++c)
            tokens.m_colours[s][c] = scheme.colour(kColourNames[c]);
        if (scheme.object().size() > static_cast<qsizetype>(kColourCount))
            return fail(TokensError::Unknown);
        root.demand(scheme);
    }

    const Reader types = root.child("type"_L1);
    for (std::size_t t = 0; t < kTypeRoleCount; ++t) {
        if (!readType(types.child(kTypeNames[t]), tokens.m_types[t]))
            return fail(TokensError::Missing);
    }

    const Reader fonts = root.child("font"_L1);
    for (std::size_t f = 0; f < kFamilyNames.size(); ++f) {
        for (const QJsonValue &family : fonts.object().value(kFamilyNames[f]).toArray())
            tokens.m_families[f].append(family.toString());
        if (tokens.m_families[f].isEmpty())
            return fail(TokensError::Missing);
    }

    const QJsonArray identities = root.object().value("identity"_L1).toArray();
    if (identities.size() != static_cast<qsizetype>(kIdentityCount))
        return fail(TokensError::Missing);
    for (std::size_t i = 0; i < kIdentityCount; ++i) {
        Reader identity(identities.at(static_cast<qsizetype>(i)).toObject());
        tokens.m_identities[i] = {identity.colour("fill"_L1), identity.colour("onFill"_L1),
            identity.colour("nameLight"_L1), identity.colour("nameDark"_L1)};
        root.demand(identity);
    }

    Reader art = root.child("art"_L1);
    tokens.m_art = {art.colour("panel"_L1), art.colour("staff"_L1), art.colour("staffQuiet"_L1), art.colour("rest"_L1),
        art.colour("text"_L1), art.colour("textQuiet"_L1), art.colour("lockStaffLight"_L1),
        art.colour("lockStaffDark"_L1)};
    root.demand(art);

    Reader scrim = root.child("scrimAlpha"_L1);
    tokens.m_scrimLight = scrim.number("light"_L1);
    tokens.m_scrimDark = scrim.number("dark"_L1);
    root.demand(scrim);

    constexpr std::array<QLatin1StringView, 2> elevations{"2"_L1, "3"_L1};
    for (std::size_t e = 0; e < elevations.size(); ++e) {
        Reader shadow = root.child("elevation"_L1).child(elevations[e]).child("shadow"_L1);
        tokens.m_shadows[0][e] = shadow.number("alphaLight"_L1);
        tokens.m_shadows[1][e] = shadow.number("alphaDark"_L1);
        root.demand(shadow);
    }
    if (!root.complete())
        return fail(TokensError::Missing);
    return tokens;
}

Tokens Tokens::builtIn()
{
    QFile file(u":/tacet/tokens.json"_s);
    const bool opened = file.open(QIODevice::ReadOnly);
    Q_ASSERT(opened);
    Q_UNUSED(opened)
    Result<Tokens, TokensError> tokens = parse(file.readAll());
    Q_ASSERT(tokens.ok());
    return std::move(tokens).value();
}

QColor Tokens::colour(Scheme scheme, Colour colour) const
{
    return m_colours[static_cast<std::size_t>(scheme)][static_cast<std::size_t>(colour)];
}

double Tokens::shadowAlpha(Scheme scheme, int elevation) const
{
    Q_ASSERT(elevation == 2 || elevation == 3);
    return m_shadows[static_cast<std::size_t>(scheme)][static_cast<std::size_t>(elevation - 2)];
}

QLatin1StringView colourName(Colour colour)
{
    return kColourNames[static_cast<std::size_t>(colour)];
}

} // namespace tacet::ui
