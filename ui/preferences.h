#pragma once
// $XDG_CONFIG_HOME/tacet/tacet.conf: what must be known before a profile is unlocked, and nothing that names anybody.
// Everything else is in the vault (chat::Settings).
#include "ui/look.h"

#include <QObject>
#include <QSettings>

namespace tacet::ui {

class Preferences final : public QObject {
    Q_OBJECT

public:
    /// `file`: empty for the usual place. A damaged file reads as defaults.
    explicit Preferences(const QString &file = {});

    /// Gives the Look what was chosen, now and after each change.
    void applyTo(Look &look);

    ThemeChoice theme() const;
    void setTheme(ThemeChoice choice);
    int textPercent() const;
    void setTextPercent(int percent);
    bool highContrast() const;
    void setHighContrast(bool on);
    bool reducedMotion() const;
    void setReducedMotion(bool on);
    /// MainWindow::saveLayout.
    QByteArray windowLayout() const;
    void setWindowLayout(const QByteArray &layout);
    /// The web address before "#" that links are copied with; empty: as tacet:. Holds no link.
    QString linkWebBase() const;
    void setLinkWebBase(const QString &base);

Q_SIGNALS:
    void changed();

private:
    void put(QAnyStringView key, const QVariant &value);

    QSettings m_file;
};

} // namespace tacet::ui
