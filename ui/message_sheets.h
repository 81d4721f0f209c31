#pragma once
// Small sheets around messages and names: details of a message, a web address before it is opened, another name.
#include "app/chat/facts.h"
#include "ui/calendar.h"
#include "ui/controls.h"
#include "ui/sheet.h"

#include <QDesktopServices>
#include <QUrl>

#include <functional>

namespace tacet::ui {

/// The whole text with a button for each address in it; who wrote it, when, when it arrived, how far it came.
class DetailsSheet final : public Sheet {
    Q_OBJECT

public:
    DetailsSheet(
        Look &look, QWidget &host, const chat::Message &message, const QString &name, const Calendar &calendar);

private:
    void addAddress(const QUrl &address);
    void addFact(const QString &title, const QString &words);
};

/// The whole address, with its host in ASCII apart, before a browser gets it.
class AddressSheet final : public Sheet {
    Q_OBJECT

public:
    /// Starts a browser with an address; false when there is none.
    using Opener = std::function<bool(const QUrl &)>;

    AddressSheet(Look &look, QWidget &host, const QUrl &address, Opener opener = &QDesktopServices::openUrl);
};

/// What the user calls a contact.
class RenameSheet final : public Sheet {
    Q_OBJECT

public:
    RenameSheet(Look &look, QWidget &host, const QString &name, const QString &givenName);

Q_SIGNALS:
    void named(const QString &name);

private:
    Field *m_field;
};

} // namespace tacet::ui
