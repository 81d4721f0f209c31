#pragma once
// The small sheets that settings pages open.
#include "ui/parts.h"
#include "ui/passphrase_field.h"
#include "ui/sheet.h"

namespace tacet::ui {

class Problem;
class RecoveryCodeView;
class StrengthMeter;

/// One line of text: a name.
class TextSheet final : public Sheet {
    Q_OBJECT

public:
    TextSheet(const Parts &parts, QWidget &host, const QString &title, const QString &label, const QString &text,
        const QString &help, const QString &objectName);

    void showProblem(const QString &text);

Q_SIGNALS:
    void entered(const QString &text);

private:
    Problem *m_problem;
};

class ChangePassphraseSheet final : public Sheet {
    Q_OBJECT

public:
    ChangePassphraseSheet(const Parts &parts, QWidget &host);

private:
    void refresh();
    void change();

    Parts m_parts;
    PassphraseField *m_current;
    PassphraseField *m_next;
    StrengthMeter *m_meter;
    Problem *m_problem;
    Button *m_change;
    bool m_busy = false;
};

/// The new recovery code; closes only once a group of it was typed from the sheet, or after a second thought.
class RecoverySheet final : public Sheet {
    Q_OBJECT

public:
    RecoverySheet(const Parts &parts, QWidget &host, const QStringList &groups);

private:
    RecoveryCodeView *m_code;
};

class ProxySheet final : public Sheet {
    Q_OBJECT

public:
    ProxySheet(const Parts &parts, QWidget &host, const QString &proxy);

Q_SIGNALS:
    /// As the setting: empty for none, "tor", or socks5://HOST:PORT.
    void chosen(const QString &proxy);
};

class BlockedSheet final : public Sheet {
    Q_OBJECT

public:
    BlockedSheet(const Parts &parts, QWidget &host);

private:
    void add(const chat::ChatSummary &chat);

    Parts m_parts;
    QVBoxLayout *m_rows;
    Label *m_nobody;
    Problem *m_problem;
};

} // namespace tacet::ui
