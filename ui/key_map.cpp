#include "ui/key_map.h"

#include <QCoreApplication>

namespace tacet::ui {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(KeyMap)
};

} // namespace

QList<KeyEntry> keyMap()
{
    return {
        {KeyAct::GoToChat, QKeySequence(Qt::CTRL | Qt::Key_K), Words::tr("Go to a chat")},
        {KeyAct::NewChat, QKeySequence(Qt::CTRL | Qt::Key_N), Words::tr("New chat")},
        {KeyAct::Invite, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_I), Words::tr("Invite someone")},
        {KeyAct::PreviousChat, QKeySequence(Qt::ALT | Qt::Key_Up), Words::tr("Previous chat")},
        {KeyAct::NextChat, QKeySequence(Qt::ALT | Qt::Key_Down), Words::tr("Next chat")},
        {KeyAct::NextUnread, QKeySequence(Qt::CTRL | Qt::Key_Tab), Words::tr("Next unread chat")},
        {KeyAct::SafetyNumber, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V), Words::tr("Safety number")},
        {KeyAct::Mute, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M), Words::tr("Mute this chat")},
        {KeyAct::Ledger, QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R), Words::tr("Relays")},
        {KeyAct::Lock, QKeySequence(Qt::CTRL | Qt::Key_L), Words::tr("Lock now")},
        {KeyAct::Settings, QKeySequence(Qt::CTRL | Qt::Key_Comma), Words::tr("Settings")},
        {KeyAct::NextRegion, QKeySequence(Qt::Key_F6), Words::tr("Next part of the window")},
        {KeyAct::PreviousRegion, QKeySequence(Qt::SHIFT | Qt::Key_F6), Words::tr("Previous part of the window")},
        {KeyAct::ShowKeys, QKeySequence(Qt::CTRL | Qt::Key_Slash), Words::tr("This table")},
        {KeyAct::Quit, QKeySequence(Qt::CTRL | Qt::Key_Q), Words::tr("Quit")},
    };
}

QList<KeyHint> keyHints()
{
    const auto name = [](const QKeySequence &keys) { return keys.toString(QKeySequence::NativeText); };
    return {
        {Words::tr("%1 to %2").arg(name(QKeySequence(Qt::CTRL | Qt::Key_1)), name(QKeySequence(Qt::Key_9))),
            Words::tr("Pinned chats")},
        {name(QKeySequence(Qt::Key_Return)), Words::tr("Send; on a message: its details")},
        {name(QKeySequence(Qt::SHIFT | Qt::Key_Return)), Words::tr("New line")},
        {name(QKeySequence(Qt::Key_C)), Words::tr("On a message: copy")},
        {name(QKeySequence(Qt::Key_Delete)), Words::tr("On a message: delete for me")},
        {name(QKeySequence(Qt::SHIFT | Qt::Key_F10)), Words::tr("Context menu")},
        {name(QKeySequence(Qt::Key_Escape)), Words::tr("Close what is on top, clear the search, leave the chat")},
    };
}

} // namespace tacet::ui
