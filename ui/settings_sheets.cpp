#include "ui/settings_sheets.h"

#include "app/session/trouble_text.h"
#include "ui/avatar.h"
#include "ui/button_row.h"
#include "ui/card.h"
#include "ui/controls.h"
#include "ui/form.h"
#include "ui/guarded.h"
#include "ui/recovery_code_view.h"
#include "ui/rich_runs.h"
#include "ui/strength_meter.h"
#include "ui/way_choice.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using chat::Outcome;

namespace {

constexpr int kSmall = 460;

/// Cancel and one primary button in the foot; answers the primary one.
Button *addFoot(Sheet &sheet, const QString &act, const QString &objectName)
{
    auto *row = new ButtonRow(&sheet);
    auto *cancel = new Button(sheet.look(), ButtonKind::Soft, Sheet::tr("Cancel"), objectName + u"Cancel"_s, row);
    auto *primary = new Button(sheet.look(), ButtonKind::Primary, act, objectName + u"Apply"_s, row);
    primary->setDefault(true);
    row->add(cancel);
    row->add(primary);
    sheet.foot()->addWidget(row, 1);
    QObject::connect(cancel, &Button::clicked, &sheet, &Sheet::dismiss);
    return primary;
}

} // namespace

// ---- One line

TextSheet::TextSheet(const Parts &parts, QWidget &host, const QString &title, const QString &label, const QString &text,
    const QString &help, const QString &objectName)
    : Sheet(parts.look, host, title, objectName, kSmall)
    , m_problem(new Problem(parts.look, objectName + u"Problem"_s, this))
{
    auto *field = new Field(parts.look, label, objectName + u"Field"_s, this);
    field->setMaxLength(200);
    field->setText(text);
    field->selectAll();
    addField(*body(), parts.look, label, field);
    addHelp(*body(), parts.look, help);
    body()->addWidget(m_problem);
    setFirstFocus(field);
    connect(addFoot(*this, tr("Change"), objectName), &Button::clicked, this,
        [this, field] { Q_EMIT entered(field->text()); });
}

void TextSheet::showProblem(const QString &text)
{
    m_problem->say(text);
    fit();
}

// ---- Passphrase

ChangePassphraseSheet::ChangePassphraseSheet(const Parts &parts, QWidget &host)
    : Sheet(parts.look, host, tr("Change the passphrase"), u"changePassphrase"_s, kSmall)
    , m_parts(parts)
    , m_current(new PassphraseField(parts.look, tr("Present passphrase"), u"changeCurrent"_s, this))
    , m_next(new PassphraseField(parts.look, tr("New passphrase"), u"changeNext"_s, this))
    , m_meter(new StrengthMeter(parts.look, u"changeStrength"_s, this))
    , m_problem(new Problem(parts.look, u"changeProblem"_s, this))
{
    const bool has = parts.session.profile().hasPassphrase;
    if (has)
        addField(*body(), parts.look, tr("Present passphrase"), m_current);
    m_current->setVisible(has);
    addField(*body(), parts.look, tr("New passphrase"), m_next);
    body()->addWidget(m_meter);
    addHelp(*body(), parts.look, tr("Backups keep the passphrase they were made with."));
    body()->addWidget(m_problem);
    m_change = addFoot(*this, tr("Change"), u"changePassphrase"_s);
    setFirstFocus(has ? m_current : m_next);
    connect(m_current, &PassphraseField::textChanged, this, &ChangePassphraseSheet::refresh);
    connect(m_next, &PassphraseField::textChanged, this, &ChangePassphraseSheet::refresh);
    connect(m_change, &Button::clicked, this, &ChangePassphraseSheet::change);
    refresh();
}

void ChangePassphraseSheet::refresh()
{
    bool enough = false;
    if (m_next->text().isEmpty()) {
        m_meter->setHint(tr("A few words that do not belong together are easy to keep in mind."));
    } else {
        const StrengthEstimate estimate = m_next->strength();
        m_meter->setEstimate(estimate);
        enough = estimate.strength != Strength::TooShort;
    }
    const bool known = !m_parts.session.profile().hasPassphrase || !m_current->text().isEmpty();
    m_change->setEnabled(!m_busy && enough && known);
}

void ChangePassphraseSheet::change()
{
    m_busy = true;
    m_problem->clear();
    refresh();
    m_parts.session.changePassphrase(m_current->secret(), m_next->secret(), guarded(this, [this](const Outcome<Done> &changed) {
        m_busy = false;
        refresh();
        if (changed.ok()) {
            dismiss();
            return;
        }
        m_problem->say(session::troubleText(changed.error()));
        fit();
    }));
}

// ---- Recovery code

RecoverySheet::RecoverySheet(const Parts &parts, QWidget &host, const QStringList &groups)
    : Sheet(parts.look, host, tr("Your new recovery code"), u"recoverySheet"_s, 520)
    , m_code(new RecoveryCodeView(parts, this))
{
    addHelp(*body(), parts.look,
        tr("It is shown this once. Print it or write it down, and keep it away from this computer. The old one does not work "
           "any more."));
    body()->addWidget(m_code);
    auto *done = new Button(parts.look, ButtonKind::Primary, tr("I have kept it"), u"recoverySheetDone"_s, this);
    done->setDefault(true);
    done->setEnabled(false);
    foot()->addStretch();
    foot()->addWidget(done);
    int sum = 0;
    for (const QString &group : groups) {
        for (const QChar letter : group)
            sum += letter.unicode();
    }
    m_code->setCode(groups, groups.isEmpty() ? 0 : sum % static_cast<int>(groups.size()));
    setDismissable(false); // the code would be gone
    setFirstFocus(m_code->proofField());
    connect(m_code, &RecoveryCodeView::provedChanged, this, [this, done] { done->setEnabled(m_code->isProved()); });
    connect(done, &Button::clicked, this, [this, &session = parts.session] {
        session.confirmRecoveryCode({});
        dismiss();
    });
}

// ---- Proxy

ProxySheet::ProxySheet(const Parts &parts, QWidget &host, const QString &proxy)
    : Sheet(parts.look, host, tr("Tor or a proxy"), u"proxySheet"_s, kSmall)
{
    auto *way = new WayChoice(parts, u"proxySheet"_s, this);
    way->setProxy(proxy);
    body()->addWidget(way);
    addHelp(*body(), parts.look,
        tr("Through a proxy goes everything, names of relays included. If it does not answer, Tacet stays silent: nothing "
           "goes around it."));
    setFirstFocus(way->firstField());
    const auto choose = [this, way] {
        if (const auto chosenWay = way->choose()) {
            dismiss();
            Q_EMIT chosen(*chosenWay);
        }
    };
    connect(way, &WayChoice::resized, this, &ProxySheet::fit);
    connect(way, &WayChoice::submitted, this, choose);
    connect(addFoot(*this, tr("Use it"), u"proxySheet"_s), &Button::clicked, this, choose);
}

// ---- Blocked people

BlockedSheet::BlockedSheet(const Parts &parts, QWidget &host)
    : Sheet(parts.look, host, tr("Blocked people"), u"blockedSheet"_s, kSmall)
    , m_parts(parts)
    , m_rows(new QVBoxLayout)
    , m_nobody(new Label(parts.look, TypeRole::Body, tr("Nobody is blocked."), this))
    , m_problem(new Problem(parts.look, u"blockedProblem"_s, this))
{
    m_nobody->setTone(Tone::Secondary);
    m_rows->setSpacing(8);
    body()->addWidget(m_nobody);
    body()->addLayout(m_rows);
    body()->addWidget(m_problem);
    parts.session.chats(guarded(this, [this](const Outcome<QList<chat::ChatSummary>> &chats) {
        if (!chats.ok()) {
            m_problem->say(session::troubleText(chats.error()));
        } else {
            for (const chat::ChatSummary &chat : *chats) {
                if (chat.blocked)
                    add(chat);
            }
        }
        fit();
    }));
}

void BlockedSheet::add(const chat::ChatSummary &chat)
{
    m_nobody->setVisible(false);
    auto *row = new QWidget(this);
    auto *line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(12);
    auto *avatar = new Avatar(m_parts.look, 36, row);
    avatar->setPerson(chat.name, chat.colour);
    auto *name = new OutsideLabel(m_parts.look, TypeRole::Body, chat.name, row);
    auto *unblock = new Button(
        m_parts.look, ButtonKind::Soft, tr("Unblock"), u"unblock_"_s + chat.id.toHex(), row, ButtonSize::Small);
    unblock->setAccessibleName(tr("Unblock %1").arg(isolatedName(chat.name)));
    line->addWidget(avatar);
    line->addWidget(name, 1);
    line->addWidget(unblock);
    m_rows->addWidget(row);
    connect(unblock, &Button::clicked, this, [this, row, id = chat.id] {
        m_parts.session.block(id, false, guarded(row, [this, row](const Outcome<Done> &done) {
            if (done.ok())
                row->setVisible(false);
            else
                m_problem->say(session::troubleText(done.error()));
            fit();
        }));
    });
}

} // namespace tacet::ui
