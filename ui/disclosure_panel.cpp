#include "ui/disclosure_panel.h"

#include "app/session/trouble_text.h"
#include "ui/card.h"
#include "ui/facts_list.h"
#include "ui/form.h"
#include "ui/guarded.h"
#include "ui/relay_words.h"

#include <QHBoxLayout>
#include <QPointer>
#include <QSaveFile>
#include <QVBoxLayout>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int kWidth = 400;
} // namespace

DisclosurePanel::DisclosurePanel(const Parts &parts, QWidget &host)
    : Sheet(parts.look, host, tr("What could they hand over?"), u"disclosurePanel"_s, kWidth)
    , m_parts(parts)
    , m_lead(new Label(parts.look, TypeRole::Body, {}, this))
    , m_facts(new QVBoxLayout)
    , m_problem(new Problem(parts.look, u"disclosureProblem"_s, this))
    , m_save(new Button(parts.look, ButtonKind::Soft, tr("Save as text"), u"disclosureSave"_s, this))
{
    setForm(Form::Side);
    m_lead->setTone(Tone::Secondary);
    m_lead->setWrapping(true);
    body()->addWidget(m_lead);
    m_facts->setSpacing(14);
    body()->addLayout(m_facts);
    body()->addWidget(m_problem);
    foot()->addWidget(m_save);
    foot()->addStretch();
    m_save->setEnabled(false);
    connect(m_save, &Button::clicked, this, &DisclosurePanel::saveAsText);
    parts.session.disclosure(guarded(this, [this](const chat::Outcome<chat::Disclosure> &disclosure) {
        if (disclosure.ok())
            show(*disclosure);
        else
            m_problem->say(session::troubleText(disclosure.error()));
        fit();
    }));
}

void DisclosurePanel::addHead(const QString &text)
{
    auto *row = new QHBoxLayout;
    row->setSpacing(10);
    row->addWidget(new Label(look(), TypeRole::Strong, text, this));
    row->addWidget(new Hairline(Qt::Horizontal, this), 1);
    m_facts->addLayout(row);
}

void DisclosurePanel::show(const chat::Disclosure &disclosure)
{
    m_disclosure = disclosure;
    const DisclosedFacts facts = disclosedFacts(disclosure);
    m_lead->setText(facts.lead);
    addHead(tr("They have"));
    for (const DisclosedFact &fact : facts.theyHave)
        m_facts->addWidget(new FactBlock(look(), fact.icon, Colour::Brass, fact.fact, fact.sentence, this));
    m_facts->addSpacing(4);
    addHead(tr("They never had"));
    for (const DisclosedFact &fact : facts.theyNeverHad)
        m_facts->addWidget(new FactBlock(look(), fact.icon, Colour::Verified, fact.fact, fact.sentence, this));
    m_save->setEnabled(true);
}

void DisclosurePanel::saveAsText()
{
    if (!m_disclosure)
        return;
    const QPointer<DisclosurePanel> self(this);
    const QString path = m_parts.files.save(
        window(), tr("Save as text"), tr("What my relays could hand over") + u".txt"_s, tr("Text (*.txt)"));
    if (!self || path.isEmpty())
        return;
    const QByteArray text = disclosureAsText(*m_disclosure, m_parts.calendar).toUtf8();
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
        m_problem->say(tr("The file could not be written. Nothing else was changed; choose another place."));
    else
        m_problem->clear();
}

} // namespace tacet::ui
