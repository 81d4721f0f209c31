#pragma once
// The four ways out of this computer, to choose one of: none, a Tor that runs here, a Tor that starts with Tacet, another
// proxy. Looks for a running Tor when it is made; that asks this computer alone.
#include "ui/form.h"
#include "ui/parts.h"

#include <optional>

namespace tacet::ui {

class Field;
class RadioCard;

class WayChoice final : public QWidget {
    Q_OBJECT

public:
    /// Object names of what is inside begin with `prefix`.
    WayChoice(const Parts &parts, const QString &prefix, QWidget *parent = nullptr);

    /// As the setting: empty, "tor", or socks5://HOST:PORT.
    void setProxy(const QString &proxy);
    /// The choice as a setting; nothing when the address typed is none, which is then said.
    std::optional<QString> choose();
    QWidget *firstField() const;

Q_SIGNALS:
    /// Enter in the field.
    void submitted();
    void resized();

private:
    void look();
    void show(const session::TorHere &here);
    void refresh();

    Parts m_parts;
    RadioCard *m_none;
    RadioCard *m_found;
    RadioCard *m_own;
    RadioCard *m_other;
    QWidget *m_address;
    Field *m_field;
    Problem *m_problem;
    QString m_proxy;
    bool m_touched = false; ///< the user chose meanwhile
    quint16 m_port = 0; ///< of the Tor that was found
};

/// The setting in a sentence, with what Tor does now where it starts with Tacet.
QString wayText(const QString &proxy, const tor::TorStatus &status);

} // namespace tacet::ui
