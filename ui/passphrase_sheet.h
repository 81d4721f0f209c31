#pragma once
// A small sheet that asks for one passphrase: to practise it, to check a backup, to choose that of a backup.
#include "ui/parts.h"
#include "ui/passphrase_field.h"
#include "ui/sheet.h"

namespace tacet::ui {

class Problem;
class StrengthMeter;

class PassphraseSheet final : public Sheet {
    Q_OBJECT

public:
    enum class Purpose {
        Enter,  ///< any text will do: it is compared elsewhere
        Choose, ///< strength is shown, one that is too short is not taken, and it is typed twice: nobody can reset it
    };

    PassphraseSheet(const Parts &parts, QWidget &host, const QString &title, const QString &help, const QString &act,
        Purpose purpose, const QString &objectName);
    ~PassphraseSheet() override;

    /// Moves it out; the field is empty afterwards.
    crypto::SecretBuffer take();
    void setBusy(bool busy);
    bool isBusy() const { return m_busy; }
    void showProblem(const QString &text);
    /// A green note in place of the problem.
    void showGood(const QString &text);

Q_SIGNALS:
    void entered();

private:
    void refresh();
    void submit();

    Purpose m_purpose;
    QString m_act;
    PassphraseField *m_field;
    PassphraseField *m_repeat = nullptr;
    StrengthMeter *m_meter = nullptr;
    class Note *m_good;
    Problem *m_problem;
    Button *m_enter;
    bool m_busy = false;
};

} // namespace tacet::ui
