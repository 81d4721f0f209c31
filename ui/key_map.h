#pragma once
// The keyboard map: one table, from which shortcuts are made and which the window shows on Ctrl+/.
#include <QKeySequence>
#include <QList>
#include <QString>

namespace tacet::ui {

enum class KeyAct {
    GoToChat,
    NewChat,
    Invite,
    Lock,
    Settings,
    Ledger,
    SafetyNumber,
    Mute,
    PreviousChat,
    NextChat,
    NextUnread,
    NextRegion,
    PreviousRegion,
    ShowKeys,
    Quit,
};

struct KeyEntry {
    KeyAct act;
    QKeySequence keys;
    QString text; ///< what it does, for the table
};

/// Everything that works in the whole window.
QList<KeyEntry> keyMap();
/// The keys that work in one place only, as rows of the table: keys and what they do.
struct KeyHint {
    QString keys;
    QString text;
};
QList<KeyHint> keyHints();

} // namespace tacet::ui
