#include "ui/way_choice.h"

#include "app/session/tor_text.h"
#include "app/session/trouble_text.h"
#include "ui/controls.h"
#include "ui/guarded.h"
#include "ui/proxy_address.h"
#include "ui/rich_runs.h"

#include <QVBoxLayout>

namespace tacet::ui {

using namespace Qt::StringLiterals;

WayChoice::WayChoice(const Parts &parts, const QString &prefix, QWidget *parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_none(new RadioCard(parts.look, tr("No proxy"), tr("Relays see this computer's network address."), prefix + u"None"_s, this))
    , m_found(new RadioCard(parts.look, tr("The Tor of this computer"), tr("Looking for it…"), prefix + u"Found"_s, this))
    , m_own(new RadioCard(parts.look, tr("Start Tor with Tacet"), tr("Looking for it…"), prefix + u"Own"_s, this))
    , m_other(new RadioCard(parts.look, tr("Another SOCKS5 proxy"), tr("One that you run or trust."), prefix + u"Other"_s, this))
    , m_address(new QWidget(this))
    , m_field(new Field(parts.look, tr("Address of the proxy"), prefix + u"Field"_s, m_address))
    , m_problem(new Problem(parts.look, prefix + u"Problem"_s, this))
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    for (RadioCard *card : {m_none, m_found, m_own, m_other}) {
        column->addWidget(card);
        connect(card, &RadioCard::toggled, this, &WayChoice::refresh);
        connect(card, &RadioCard::clicked, this, [this] { m_touched = true; });
    }
    auto *inner = new QVBoxLayout(m_address);
    inner->setContentsMargins(0, 4, 0, 0);
    m_field->setMono(true);
    m_field->setInputMethodHints(Qt::ImhUrlCharactersOnly | Qt::ImhNoPredictiveText);
    addField(*inner, parts.look, tr("Address"), m_field, tr("such as 127.0.0.1:1080"));
    column->addWidget(m_address);
    column->addWidget(m_problem);
    connect(m_field, &Field::returnPressed, this, &WayChoice::submitted);
    connect(m_field, &Field::textEdited, m_problem, &Problem::clear);
    m_found->setEnabled(false);
    m_own->setEnabled(false);
    setProxy({});
    look();
}

QWidget *WayChoice::firstField() const
{
    for (QWidget *card : {static_cast<QWidget *>(m_found), static_cast<QWidget *>(m_own), static_cast<QWidget *>(m_other)}) {
        if (static_cast<RadioCard *>(card)->isChecked())
            return card;
    }
    return m_none;
}

void WayChoice::look()
{
    m_parts.session.findTor(guarded(this, [this](const chat::Outcome<session::TorHere> &here) {
        show(here.ok() ? *here : session::TorHere{});
        if (!m_touched)
            setProxy(m_proxy); // it may be the one that was found
        Q_EMIT resized();
    }));
}

void WayChoice::show(const session::TorHere &here)
{
    m_port = here.port;
    m_found->setEnabled(m_port != 0);
    m_found->setHelp(m_port != 0 ? tr("It runs, and listens on port %1.").arg(m_port) : tr("None runs here now."));
    m_own->setEnabled(here.installed);
    m_own->setHelp(here.installed ? tr("With data of its own, apart from any other. It ends when Tacet ends.")
                                  : tr("Tor is not on this computer. The command \"sudo apt install tor\" installs it."));
}

void WayChoice::setProxy(const QString &proxy)
{
    m_proxy = proxy;
    const bool found = m_port != 0 && proxy == u"socks5://127.0.0.1:%1"_s.arg(m_port);
    RadioCard *card = proxy.isEmpty() ? m_none : proxy == ownTor() ? m_own : found ? m_found : m_other;
    m_field->setText(card == m_other ? proxy : QString());
    m_problem->clear();
    card->setChecked(true);
    refresh();
}

void WayChoice::refresh()
{
    m_address->setVisible(m_other->isChecked());
    m_problem->clear();
    Q_EMIT resized();
}

std::optional<QString> WayChoice::choose()
{
    if (m_none->isChecked())
        return QString();
    if (m_found->isChecked())
        return u"socks5://127.0.0.1:%1"_s.arg(m_port);
    if (m_own->isChecked())
        return ownTor();
    auto typed = proxyAddress(m_field->text());
    if (!typed)
        m_problem->say(session::troubleText({chat::TroubleCode::BadProxy}));
    Q_EMIT resized();
    return typed;
}

QString wayText(const QString &proxy, const tor::TorStatus &status)
{
    if (proxy.isEmpty())
        return WayChoice::tr("None: relays see this computer's network address.");
    if (proxy != ownTor())
        return WayChoice::tr("Everything goes through %1. Nothing goes around it.").arg(visibleLine(proxy));
    const QString now = session::torText(status);
    return now.isEmpty() ? WayChoice::tr("Everything goes through a Tor that starts with Tacet.") : now;
}

} // namespace tacet::ui
