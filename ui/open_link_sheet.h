#pragma once
// Opening a link: nothing is contacted before the person agreed to hosts that are new, nothing is sent
// before "Start chat", and a link can do nothing but that.
#include "ui/parts.h"
#include "ui/sheet.h"

#include <optional>

namespace tacet::ui {

class Avatar;
class Choice;
class Field;
class Note;
class OutsideLabel;
class Problem;

class OpenLinkSheet final : public Sheet {
    Q_OBJECT

public:
    /// `link` is what was pasted, scanned or handed over; empty: the sheet asks for one. `from` says which other program
    /// it came from, such as "a link you opened"; empty: the person pasted or scanned it in this window.
    OpenLinkSheet(const Parts &parts, QWidget &host, const QString &link = {}, const QString &from = {});
    ~OpenLinkSheet() override;

Q_SIGNALS:
    void chatStarted(const tacet::chat::ContactId &chat);

private:
    void askForLink();
    void read(const QString &link);
    void show(const chat::LinkPreview &preview);
    void lookUp();
    void start();
    void fillContacts();

    Parts m_parts;
    bool m_fromOutside; ///< this opened by itself, perhaps in the middle of a sentence: no key may agree by chance
    QString m_from;
    QWidget *m_askPart;
    Field *m_field;
    QWidget *m_person;
    Avatar *m_avatar;
    OutsideLabel *m_name;
    Label *m_origin;
    Note *m_note;
    QWidget *m_whereBlock;
    Choice *m_where;
    Problem *m_problem;
    Button *m_lookUp;
    Button *m_start;
    Button *m_notNow;
    std::optional<chat::LinkPreview> m_preview;
    QString m_said; ///< of this link, to who does not see it
};

} // namespace tacet::ui
