#pragma once
// The keyboard map as a table (Ctrl+/).
#include "ui/sheet.h"

namespace tacet::ui {

class KeysSheet final : public Sheet {
    Q_OBJECT

public:
    KeysSheet(Look &look, QWidget &host);
};

/// The table itself, also for the page in the settings.
QWidget *makeKeyTable(Look &look, QWidget *parent);

} // namespace tacet::ui
