#pragma once
// What happened beside the focus, in words for who hears the window instead of seeing it.
#include <QString>

class QWidget;

namespace tacet::ui {

/// Says `words` once, for the window of `where`, which must be shown; nothing while no assistive technology listens.
void announce(QWidget &where, const QString &words);
/// Takes back what could still be read of it: the profile is locked.
void forgetAnnouncements(QWidget &window);

} // namespace tacet::ui
