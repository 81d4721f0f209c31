#include "ui/passphrase_sheet.h"

#include "ui/announce.h"
#include "ui/button_row.h"
#include "ui/card.h"
#include "ui/form.h"
#include "ui/strength_meter.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int kWidth = 460;
} // namespace

PassphraseSheet::PassphraseSheet(const Parts &parts, QWidget &host, const QString &title, const QString &help,
    const QString &act, Purpose purpose, const QString &objectName)
    : Sheet(parts.look, host, title, objectName, kWidth)
    , m_purpose(purpose)
    , m_act(act)
    , m_field(new PassphraseField(parts.look, tr("Passphrase"), objectName + u"Field"_s, this))
    , m_good(new Note(parts.look, Icon::Check, CardTone::Good, {}, this))
    , m_problem(new Problem(parts.look, objectName + u"Problem"_s, this))
{
    addHelp(*body(), parts.look, help);
    addField(*body(), parts.look, tr("Passphrase"), m_field);
    if (purpose == Purpose::Choose) {
        m_meter = new StrengthMeter(parts.look, objectName + u"Strength"_s, this);
        body()->addWidget(m_meter);
        m_repeat = new PassphraseField(parts.look, tr("Once more"), objectName + u"Repeat"_s, this);
        addField(*body(), parts.look, tr("Once more"), m_repeat);
        connect(m_repeat, &PassphraseField::textChanged, this, &PassphraseSheet::refresh);
    }
    m_good->setObjectName(objectName + u"Good"_s);
    m_good->setVisible(false);
    body()->addWidget(m_good);
    body()->addWidget(m_problem);
    auto *row = new ButtonRow(this);
    auto *cancel = new Button(parts.look, ButtonKind::Soft, tr("Close"), objectName + u"Cancel"_s, row);
    m_enter = new Button(parts.look, ButtonKind::Primary, act, objectName + u"Enter"_s, row);
    m_enter->setDefault(true);
    row->add(cancel);
    row->add(m_enter);
    foot()->addWidget(row, 1);
    setFirstFocus(m_field);
    connect(cancel, &Button::clicked, this, &PassphraseSheet::dismiss);
    connect(m_enter, &Button::clicked, this, &PassphraseSheet::submit);
    connect(m_field, &PassphraseField::textChanged, this, &PassphraseSheet::refresh);
    refresh();
}

PassphraseSheet::~PassphraseSheet() = default;

void PassphraseSheet::refresh()
{
    bool enough = !m_field->text().isEmpty();
    if (m_meter && !enough) {
        m_meter->setHint(tr("A few words that do not belong together are easy to keep in mind."));
    } else if (m_meter) {
        const StrengthEstimate estimate = m_field->strength();
        m_meter->setEstimate(estimate);
        enough = estimate.strength != Strength::TooShort;
    }
    m_enter->setEnabled(enough && !m_busy);
    m_problem->clear();
}

void PassphraseSheet::submit()
{
    if (!m_repeat || m_repeat->text() == m_field->text())
        return entered();
    if (!m_repeat->text().isEmpty())
        showProblem(tr("The two are not the same. A backup opens with its passphrase alone, so it is typed twice."));
    m_repeat->setFocus(Qt::TabFocusReason);
    m_repeat->selectAll();
}

crypto::SecretBuffer PassphraseSheet::take()
{
    if (m_repeat)
        m_repeat->wipe();
    return m_field->take();
}

void PassphraseSheet::setBusy(bool busy)
{
    m_busy = busy;
    m_field->setReadOnly(busy);
    if (m_repeat)
        m_repeat->setReadOnly(busy);
    m_field->setFocus(Qt::TabFocusReason); // before the button that was pressed is disabled
    m_enter->setText(busy ? tr("One moment…") : m_act);
    if (busy) {
        m_problem->clear();
        m_good->setVisible(false);
    }
    refresh();
    fit();
}

void PassphraseSheet::showProblem(const QString &text)
{
    m_good->setVisible(false);
    m_problem->say(text);
    fit();
}

void PassphraseSheet::showGood(const QString &text)
{
    m_problem->clear();
    m_good->setText(text);
    m_good->setAccessibleName(text);
    m_good->setVisible(true);
    announce(*m_good, text);
    fit();
}

} // namespace tacet::ui
