#pragma once
// What sheets and pages are made with. Made once by the window, passed on by value; everything outlives them.
#include "app/session/session_facade.h"
#include "ui/calendar.h"
#include "ui/file_chooser.h"
#include "ui/link_clipboard.h"
#include "ui/look.h"
#include "ui/preferences.h"

namespace tacet::ui {

struct Parts {
    Look &look;
    session::SessionFacade &session;
    const Calendar &calendar;
    LinkClipboard &clipboard;
    FileChooser &files;
    Preferences &preferences;
};

} // namespace tacet::ui
