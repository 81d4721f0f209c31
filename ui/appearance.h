#pragma once
// What the desktop says about looks: dark or light, contrast, animations.
#include <QObject>

namespace tacet::ui {

/// The desktop's wishes. Values are known at once (a default until the desktop has answered);
/// changed() says that one of them is different now. Never blocks.
class Appearance : public QObject {
    Q_OBJECT

public:
    enum class ColourScheme { NoPreference, Dark, Light };

    using QObject::QObject;

    virtual ColourScheme colourScheme() const = 0;
    virtual bool highContrast() const = 0;
    virtual bool reducedMotion() const = 0;

Q_SIGNALS:
    void changed();
};

/// An appearance that is set by hand: where there is no desktop to ask, and in tests.
class FixedAppearance final : public Appearance {
    Q_OBJECT

public:
    using Appearance::Appearance;

    ColourScheme colourScheme() const override { return m_scheme; }
    bool highContrast() const override { return m_highContrast; }
    bool reducedMotion() const override { return m_reducedMotion; }

    void setColourScheme(ColourScheme scheme)
    {
        m_scheme = scheme;
        Q_EMIT changed();
    }
    void setHighContrast(bool on)
    {
        m_highContrast = on;
        Q_EMIT changed();
    }
    void setReducedMotion(bool on)
    {
        m_reducedMotion = on;
        Q_EMIT changed();
    }

private:
    ColourScheme m_scheme = ColourScheme::NoPreference;
    bool m_highContrast = false;
    bool m_reducedMotion = false;
};

} // namespace tacet::ui
