#pragma once
// "What could they hand over?": a panel of facts with this profile's own counts.
#include "ui/parts.h"
#include "ui/sheet.h"

#include <optional>

namespace tacet::ui {

class Problem;

class DisclosurePanel final : public Sheet {
    Q_OBJECT

public:
    DisclosurePanel(const Parts &parts, QWidget &host);

private:
    void show(const chat::Disclosure &disclosure);
    void addHead(const QString &text);
    void saveAsText();

    Parts m_parts;
    Label *m_lead;
    QVBoxLayout *m_facts;
    Problem *m_problem;
    Button *m_save;
    std::optional<chat::Disclosure> m_disclosure;
};

} // namespace tacet::ui
