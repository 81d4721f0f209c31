#pragma once
// Invite someone: a link and its code for one person, or an address that stays.
#include "ui/parts.h"
#include "ui/sheet.h"

#include <optional>

class QBoxLayout;

namespace tacet::ui {

class Choice;
class FactLine;
class Field;
class Note;
class Problem;
class QrView;
class Segmented;

class InviteSheet final : public Sheet {
    Q_OBJECT

public:
    /// A link for one person is made when the sheet opens; the reusable address when it is first looked at.
    InviteSheet(const Parts &parts, QWidget &host);
    ~InviteSheet() override;

Q_SIGNALS:
    /// A link was pasted or scanned: read it in a sheet of its own. Empty: ask for one.
    void linkGiven(const QString &link);
    void listRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeCodeSide();
    QWidget *makeWordSide();
    void showKind(chat::InvitationKind kind);
    void make(chat::InvitationKind kind);
    void show(const chat::Invitation &invitation);
    void take(const chat::Fact &fact);
    void checkRelays();
    void copy();
    void saveImage();
    void saveLabel();
    QString shownLink() const;
    void refreshLink();

    Parts m_parts;
    QBoxLayout *m_sides = nullptr;
    Segmented *m_kind = nullptr;
    QrView *m_code = nullptr;
    Button *m_saveImage = nullptr;
    Button *m_fullScreen = nullptr;
    Label *m_sentence = nullptr;
    QWidget *m_labelBlock = nullptr;
    Field *m_label = nullptr;
    Field *m_link = nullptr;
    Button *m_copy = nullptr;
    Choice *m_form = nullptr;
    QWidget *m_baseBlock = nullptr;
    Field *m_base = nullptr;
    FactLine *m_until = nullptr;
    FactLine *m_relays = nullptr;
    FactLine *m_clipboard = nullptr;
    Note *m_note = nullptr;
    Problem *m_problem = nullptr;
    chat::InvitationKind m_wanted = chat::InvitationKind::OneTime;
    std::optional<chat::Invitation> m_oneTime;
    std::optional<chat::Invitation> m_reusable;
    bool m_onlyThisComputer = false;
    QString m_savedLabel;
};

} // namespace tacet::ui
