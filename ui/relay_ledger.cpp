#include "ui/relay_ledger.h"

#include "app/session/tor_text.h"
#include "app/session/trouble_text.h"
#include "ui/button_row.h"
#include "ui/card.h"
#include "ui/controls.h"
#include "ui/facts_list.h"
#include "ui/form.h"
#include "ui/guarded.h"
#include "ui/relay_row.h"
#include "ui/relay_words.h"
#include "ui/rich_runs.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using chat::Outcome;

namespace {
constexpr int kWidth = 560;
constexpr int kAddWidth = 420;
} // namespace

RelayLedger::RelayLedger(const Parts &parts, QWidget &host)
    : Sheet(parts.look, host, tr("Relays"), u"relayLedger"_s, kWidth)
    , m_parts(parts)
    , m_proxy(new FactLine(parts.look, Icon::Route, u"ledgerProxy"_s, this))
    , m_rows(new QVBoxLayout)
    , m_problem(new Problem(parts.look, u"ledgerProblem"_s, this))
    , m_outbox(new Label(parts.look, TypeRole::Small, {}, this))
{
    setForm(Form::Popover);
    auto *head = new QHBoxLayout;
    head->addWidget(m_proxy, 1, Qt::AlignVCenter);
    auto *settings = new IconButton(parts.look, Icon::Settings, tr("Settings of relays and proxy"), u"ledgerSettings"_s, this);
    settings->setSizes(20, 36);
    head->addWidget(settings);
    body()->addLayout(head);
    m_rows->setSpacing(0);
    body()->addLayout(m_rows);
    body()->addWidget(m_problem);
    auto *disclosure
        = new Button(parts.look, ButtonKind::Text, tr("What could they hand over?"), u"ledgerDisclosure"_s, this, ButtonSize::Small);
    disclosure->setWrapping();
    body()->addWidget(disclosure, 0, Qt::AlignLeading);

    auto *row = new ButtonRow(this);
    m_outbox->setObjectName(u"ledgerOutbox"_s);
    m_outbox->setTone(Tone::Secondary);
    m_outbox->setWrapping(true);
    row->addLeading(m_outbox);
    auto *add = new Button(parts.look, ButtonKind::Text, tr("Add a relay"), u"ledgerAdd"_s, row);
    add->setIconName(Icon::Plus);
    row->add(add);
    foot()->addWidget(row, 1);

    connect(&parts.session, &session::SessionFacade::torChanged, this, &RelayLedger::readDisclosure);
    connect(settings, &IconButton::clicked, this, [this] {
        dismiss();
        Q_EMIT settingsRequested();
    });
    connect(disclosure, &Button::clicked, this, [this] {
        dismiss();
        Q_EMIT disclosureRequested();
    });
    connect(add, &Button::clicked, this, &RelayLedger::askToAdd);
    connect(&parts.session, &session::SessionFacade::factStored, this, &RelayLedger::take);
    parts.session.relays(guarded(this, [this](const Outcome<QList<chat::RelayInfo>> &relays) {
        if (!relays.ok()) {
            m_problem->say(session::troubleText(relays.error()));
            fit();
            return;
        }
        for (const chat::RelayInfo &relay : *relays)
            put(relay);
        readDisclosure();
    }));
    parts.session.outbox(guarded(this, [this](const Outcome<chat::OutboxInfo> &outbox) {
        if (outbox.ok())
            showOutbox(*outbox);
    }));
}

RelayLedger::~RelayLedger() = default;

void RelayLedger::put(const chat::RelayInfo &relay)
{
    m_thisComputer[relay.url] = relay.thisComputer;
    if (RelayRow *row = m_byUrl.value(relay.url)) {
        row->setRelay(relay);
        return;
    }
    auto *row = new RelayRow(m_parts, relay, this);
    m_byUrl.insert(relay.url, row);
    m_rows->addWidget(row);
    connect(row, &RelayRow::toggled, this, &RelayLedger::fit);
    connect(row, &RelayRow::testWanted, this, &RelayLedger::test);
    connect(row, &RelayRow::removeWanted, this, &RelayLedger::askToRemove);
    fit();
}

void RelayLedger::drop(const QString &url)
{
    if (RelayRow *row = m_byUrl.take(url)) {
        m_rows->removeWidget(row);
        row->hide();
        row->deleteLater();
        fit();
    }
}

void RelayLedger::take(const chat::Fact &fact)
{
    if (const auto *changed = std::get_if<chat::RelayChanged>(&fact))
        put(changed->relay);
    else if (const auto *removed = std::get_if<chat::RelayRemoved>(&fact))
        drop(removed->url);
    else if (const auto *outbox = std::get_if<chat::OutboxChanged>(&fact))
        showOutbox(outbox->outbox);
    else if (std::get_if<chat::SettingsChanged>(&fact))
        readDisclosure();
}

void RelayLedger::readDisclosure()
{
    m_parts.session.disclosure(guarded(this, [this](const Outcome<chat::Disclosure> &disclosure) {
        if (!disclosure.ok())
            return;
        const QString tor = session::torText(m_parts.session.tor());
        m_proxy->setText(!tor.isEmpty()             ? tor
                             : disclosure->throughProxy ? tr("Everything goes through the proxy")
                                                        : tr("Without a proxy: relays see this computer's network address"));
        for (const chat::RelayDisclosure &relay : disclosure->relays) {
            if (RelayRow *row = m_byUrl.value(relay.url))
                row->setHandOver(handOverText(relay, disclosure->throughProxy, m_thisComputer.value(relay.url)));
        }
        fit();
    }));
}

void RelayLedger::test(const QString &url)
{
    RelayRow *row = m_byUrl.value(url);
    if (!row)
        return;
    m_problem->clear();
    row->setTesting(true);
    m_parts.session.testRelay(url, guarded(row, [this, row](const Outcome<chat::RelayInfo> &relay) {
        row->setTesting(false);
        if (relay.ok())
            row->setRelay(*relay);
        else
            m_problem->say(session::troubleText(relay.error()));
        fit();
    }));
}

void RelayLedger::askToRemove(const QString &url, const QString &name)
{
    auto *question = new Question(look(), *parentWidget(), tr("Stop using %1?").arg(isolatedName(name)),
        tr("Your contacts are told where to write instead. What still lies there for you is fetched first where possible."),
        u"relayRemoveQuestion"_s);
    question->setSafeAnswer(tr("Keep it"));
    question->addAct(tr("Stop using"), ButtonKind::Danger, u"relayRemoveYes"_s);
    connect(question, &Question::taken, this, [this, url] {
        m_parts.session.removeRelay(url, guarded(this, [this](const Outcome<Done> &removed) {
            if (!removed.ok())
                m_problem->say(session::troubleText(removed.error()));
            fit();
        }));
    });
    question->open();
}

void RelayLedger::askToAdd()
{
    const bool known = m_thisComputer.key(true) != QString() && m_byUrl.contains(m_thisComputer.key(true));
    (new AddRelaySheet(m_parts, *parentWidget(), !known))->open();
}

void RelayLedger::showOutbox(const chat::OutboxInfo &outbox)
{
    m_outbox->setText(outboxText(outbox, m_parts.calendar));
    fit();
}

// ---- Adding one

AddRelaySheet::AddRelaySheet(const Parts &parts, QWidget &host, bool offerThisComputer)
    : Sheet(parts.look, host, tr("Add a relay"), u"addRelaySheet"_s, kAddWidth)
    , m_parts(parts)
    , m_url(new Field(parts.look, tr("Address of the relay"), u"addRelayUrl"_s, this))
    , m_problem(new Problem(parts.look, u"addRelayProblem"_s, this))
{
    m_url->setMono(true);
    m_url->setPlaceholderText(u"wss://relay.example"_s);
    m_url->setInputMethodHints(Qt::ImhUrlCharactersOnly | Qt::ImhNoPredictiveText);
    m_url->setMaxLength(300);
    addField(*body(), parts.look, tr("Address"), m_url);
    addHelp(*body(), parts.look,
        tr("It is tested first: whether it keeps what it takes and gives it back. The test writes one sealed envelope to a "
           "mailbox made for it."));
    m_own = new Button(parts.look, ButtonKind::Text, tr("Use the small relay of this computer"), u"addRelayOwn"_s, this,
        ButtonSize::Small);
    m_own->setIconName(Icon::Computer);
    m_own->setWrapping();
    m_own->setVisible(offerThisComputer);
    body()->addWidget(m_own, 0, Qt::AlignLeading);
    body()->addWidget(m_problem);
    auto *row = new ButtonRow(this);
    auto *cancel = new Button(parts.look, ButtonKind::Soft, tr("Cancel"), u"addRelayCancel"_s, row);
    m_add = new Button(parts.look, ButtonKind::Primary, tr("Test and add"), u"addRelayAdd"_s, row);
    m_add->setDefault(true);
    row->add(cancel);
    row->add(m_add);
    foot()->addWidget(row, 1);
    setFirstFocus(m_url);
    connect(cancel, &Button::clicked, this, &AddRelaySheet::dismiss);
    connect(m_add, &Button::clicked, this, &AddRelaySheet::add);
    connect(m_url, &Field::textEdited, m_problem, &Problem::clear);
    connect(m_own, &Button::clicked, this, [this] {
        setBusy(true);
        m_parts.session.useOwnRelay(
            guarded(this, [this](const Outcome<chat::RelayInfo> &relay) { answered(relay); }));
    });
}

void AddRelaySheet::add()
{
    QString url = m_url->text().trimmed();
    if (url.isEmpty())
        return;
    if (!url.contains(u"://"_s))
        url.prepend(u"wss://"_s);
    m_problem->clear();
    setBusy(true);
    m_parts.session.addRelay(url, guarded(this, [this](const Outcome<chat::RelayInfo> &relay) { answered(relay); }));
}

void AddRelaySheet::answered(const Outcome<chat::RelayInfo> &relay)
{
    setBusy(false);
    if (relay.ok()) {
        dismiss();
        return;
    }
    m_problem->say(session::troubleText(relay.error()));
    fit();
}

void AddRelaySheet::setBusy(bool busy)
{
    m_url->setReadOnly(busy);
    m_url->setFocus(Qt::OtherFocusReason); // before the button that was pressed is disabled
    m_add->setEnabled(!busy);
    m_own->setEnabled(!busy);
    m_add->setText(busy ? tr("Testing…") : tr("Test and add"));
}

} // namespace tacet::ui
