#pragma once
// The sheet "Relays": every relay, how it does, what it could hand over; the outbox in one sentence.
#include "ui/parts.h"
#include "ui/sheet.h"

#include <QHash>

namespace tacet::ui {

class FactLine;
class Problem;
class RelayRow;

class RelayLedger final : public Sheet {
    Q_OBJECT

public:
    RelayLedger(const Parts &parts, QWidget &host);
    ~RelayLedger() override;

Q_SIGNALS:
    void disclosureRequested();
    void settingsRequested();

private:
    void take(const chat::Fact &fact);
    void put(const chat::RelayInfo &relay);
    void drop(const QString &url);
    void readDisclosure();
    void test(const QString &url);
    void askToRemove(const QString &url, const QString &name);
    void askToAdd();
    void showOutbox(const chat::OutboxInfo &outbox);

    Parts m_parts;
    FactLine *m_proxy;
    QVBoxLayout *m_rows;
    QHash<QString, RelayRow *> m_byUrl;
    QHash<QString, bool> m_thisComputer;
    Problem *m_problem;
    Label *m_outbox;
};

/// Adds a relay: its address is tested before it is used.
class AddRelaySheet final : public Sheet {
    Q_OBJECT

public:
    AddRelaySheet(const Parts &parts, QWidget &host, bool offerThisComputer);

private:
    void add();
    void answered(const chat::Outcome<chat::RelayInfo> &relay);
    void setBusy(bool busy);

    Parts m_parts;
    class Field *m_url;
    Problem *m_problem;
    Button *m_add;
    Button *m_own;
};

} // namespace tacet::ui
