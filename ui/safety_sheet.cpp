#include "ui/safety_sheet.h"

#include "app/session/trouble_text.h"
#include "ui/announce.h"
#include "ui/button_row.h"
#include "ui/card.h"
#include "ui/controls.h"
#include "ui/form.h"
#include "ui/group_grid.h"
#include "ui/guarded.h"
#include "ui/large_view.h"
#include "ui/qr_view.h"
#include "ui/rich_runs.h"
#include "ui/scan_menu.h"

#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using chat::Outcome;
using session::Compared;

namespace {

constexpr int kWidth = 700;
constexpr int kFrame = 216;
constexpr int kBesideFrom = 600;
constexpr int kDigits = 60;

int digitCount(const QString &text)
{
    return static_cast<int>(std::count_if(text.begin(), text.end(), [](QChar c) { return c.isDigit(); }));
}

} // namespace

SafetySheet::SafetySheet(const Parts &parts, QWidget &host, const chat::ChatSummary &contact)
    : Sheet(parts.look, host, tr("Safety number with %1").arg(isolatedName(startOf(contact.name, 80))), u"safetySheet"_s, kWidth)
    , m_parts(parts)
    , m_contact(contact)
    , m_name(isolatedName(startOf(contact.name, 80)))
    , m_ways(new Segmented(parts.look, tr("Way of comparing"), u"safetyWays"_s, this))
    , m_pages(new QStackedWidget(this))
    , m_note(new Note(parts.look, Icon::Info, CardTone::Tint, {}, this))
    , m_problem(new Problem(parts.look, u"safetyProblem"_s, this))
{
    m_ways->addChoice(tr("Compare"), u"safetyCompare"_s);
    m_ways->addChoice(tr("Paste"), u"safetyPaste"_s);
    m_ways->addChoice(tr("Scan"), u"safetyScan"_s);
    m_ways->setMaximumWidth(parts.look.scaled(330));
    body()->addWidget(m_ways);
    m_pages->addWidget(makeComparePage());
    m_pages->addWidget(makePastePage());
    m_pages->addWidget(makeScanPage());
    body()->addWidget(m_pages);
    m_note->setObjectName(u"safetyNote"_s);
    body()->addWidget(m_note);
    body()->addWidget(m_problem);

    const bool verified = isMarked();
    auto *row = new ButtonRow(this);
    m_differ = new Button(parts.look, ButtonKind::Danger, tr("They differ"), u"safetyDiffer"_s, row);
    m_later = new Button(parts.look, ButtonKind::Soft, verified ? tr("Close") : tr("Later"), u"safetyLater"_s, row);
    m_mark = new Button(parts.look, ButtonKind::Primary, tr("Mark as verified"), u"safetyMark"_s, row);
    m_mark->setIconName(Icon::ShieldCheck);
    m_mark->setVisible(contact.trust != chat::Trust::Verified);
    row->addLeading(m_differ);
    if (verified) {
        auto *unmark = new Button(parts.look, ButtonKind::Text, tr("Take the mark away"), u"safetyUnmark"_s, row);
        connect(unmark, &Button::clicked, this, &SafetySheet::takeMarkAway);
        row->add(unmark);
    }
    row->add(m_later);
    row->add(m_mark);
    foot()->addWidget(row, 1);

    connect(m_ways, &Segmented::currentChanged, this, &SafetySheet::showPage);
    connect(m_differ, &Button::clicked, this, &SafetySheet::theyDiffer);
    connect(m_later, &Button::clicked, this, &SafetySheet::dismiss);
    connect(m_mark, &Button::clicked, this, &SafetySheet::mark);
    connect(&parts.session, &session::SessionFacade::factStored, this, &SafetySheet::take);
    m_mark->setEnabled(false);
    m_later->setDefault(true);
    showHint();
    parts.session.safetyNumber(contact.id, guarded(this, [this](const Outcome<chat::SafetyNumber> &number) {
        if (number.ok()) {
            show(*number);
            return;
        }
        m_problem->say(session::troubleText(number.error(), m_contact.name));
        m_note->setVisible(false);
        m_pages->setVisible(false);
        m_ways->setVisible(false);
        m_differ->setVisible(false);
        m_mark->setVisible(false);
        fit();
    }));
}

SafetySheet::~SafetySheet() = default;

bool SafetySheet::isMarked() const
{
    return m_contact.trust == chat::Trust::Verified || m_contact.trust == chat::Trust::VerifiedBeforeRestore;
}

QWidget *SafetySheet::makeComparePage()
{
    Look &look = m_parts.look;
    auto *page = new QWidget(this);
    m_compareSides = new QBoxLayout(QBoxLayout::LeftToRight, page);
    m_compareSides->setContentsMargins(0, 8, 0, 0);
    m_compareSides->setSpacing(32);
    m_code = new QrView(look, kFrame, tr("QR code of the safety number"), u"safetyCode"_s, page);
    m_compareSides->addWidget(m_code, 0, Qt::AlignTop | Qt::AlignHCenter);
    auto *words = new QVBoxLayout;
    words->setSpacing(14);
    auto *sentence = new Label(look, TypeRole::Body,
        tr("Call each other and read the number aloud, or meet and scan. The same on both screens means nobody sits in "
           "between."),
        page);
    sentence->setTone(Tone::Secondary);
    sentence->setWrapping(true);
    words->addWidget(sentence);
    m_digits = new GroupGrid(look, TypeRole::Number, 4, u"safetyGroup"_s, page);
    words->addWidget(m_digits);
    auto *row = new ButtonRow(page);
    m_copy = new Button(look, ButtonKind::Text, tr("Copy"), u"safetyCopy"_s, row, ButtonSize::Small);
    m_copy->setIconName(Icon::Copy);
    m_large = new Button(look, ButtonKind::Text, tr("Large view"), u"safetyLarge"_s, row, ButtonSize::Small);
    m_large->setIconName(Icon::Eye);
    row->addLeading(m_copy);
    row->addLeading(m_large);
    words->addWidget(row);
    words->addStretch();
    m_compareSides->addLayout(words, 1);
    m_copy->setEnabled(false);
    m_large->setEnabled(false);
    connect(m_copy, &Button::clicked, this, [this] {
        if (m_number)
            m_parts.clipboard.copyPlain(m_number->groups.join(u' '));
    });
    connect(m_large, &Button::clicked, this, [this] {
        if (!m_number)
            return;
        m_above = new LargeView(m_parts.look, *parentWidget(), tr("Safety number with %1").arg(m_name), m_number->groups);
        m_above->open();
    });
    return page;
}

QWidget *SafetySheet::makePastePage()
{
    auto *page = new QWidget(this);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 8, 0, 0);
    m_paste = new Field(m_parts.look, tr("The number that the other side sees"), u"safetyPasteField"_s, page);
    m_paste->setMono(true);
    m_paste->setLayoutDirection(Qt::LeftToRight);
    m_paste->setMaxLength(400);
    addField(*column, m_parts.look, tr("The number that the other side sees"), m_paste, tr("In any spacing"));
    m_pasteCount = addHelp(*column, m_parts.look, {});
    column->addStretch();
    connect(m_paste, &Field::textChanged, this, &SafetySheet::pasted);
    return page;
}

QWidget *SafetySheet::makeScanPage()
{
    auto *page = new QWidget(this);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(0, 8, 0, 0);
    column->setSpacing(14);
    auto *words = new Label(m_parts.look, TypeRole::Body,
        tr("Take a picture or a screenshot of the code on the other screen. Tacet reads it from a file or from the "
           "clipboard."),
        page);
    words->setTone(Tone::Secondary);
    words->setWrapping(true);
    column->addWidget(words);
    auto *scan = new ScanButton(m_parts.look, ButtonKind::Secondary, m_parts.files, u"safetyScanButton"_s, page);
    column->addWidget(scan, 0, Qt::AlignLeading);
    column->addStretch();
    connect(scan, &ScanButton::scanned, this, &SafetySheet::scanned);
    connect(scan, &ScanButton::nothingFound, this, [this](const QString &sentence) {
        showHint();
        m_problem->say(sentence);
        fit();
    });
    return page;
}

void SafetySheet::show(const chat::SafetyNumber &number)
{
    m_number = number;
    m_code->setCode(QrCode::encode(number.qrPayload));
    m_digits->setGroups(number.groups);
    m_copy->setEnabled(true);
    m_large->setEnabled(true);
    m_mark->setEnabled(!m_differs);
    fit();
}

void SafetySheet::showPage(int index)
{
    m_pages->setCurrentIndex(index);
    showHint();
    if (index == 1) {
        m_paste->clear();
        m_paste->setFocus(Qt::TabFocusReason);
    }
    fit();
}

void SafetySheet::showHint()
{
    ++m_asked;
    m_problem->clear();
    m_digits->setMarked(-1);
    m_later->setDefault(true);
    m_mark->setDefault(false);
    m_note->setVisible(true);
    m_note->setKind(Icon::Info, CardTone::Tint);
    m_note->setText(tr("Use another way than this chat: a voice you know, a video call, a meeting. A number sent here could "
                       "be swapped along with everything else."));
    if (m_contact.trust == chat::Trust::VerifiedBeforeRestore)
        m_note->setText(tr("You compared this number before a backup was restored. It is the same; compare again when you "
                           "can."));
}

void SafetySheet::pasted(const QString &digits)
{
    const int count = digitCount(digits);
    showHint();
    m_pasteCount->setText(
        count == 0 ? QString() : tr("%1 of 60 digits").arg(count));
    m_paste->setWrong(count > kDigits);
    if (count != kDigits) {
        fit();
        return;
    }
    m_later->setDefault(false); // an Enter that follows the last digit must not close what is about to be said
    m_parts.session.compareNumber(m_contact.id, digits,
        guarded(this, [this, turn = m_asked](const Outcome<Compared> &compared) {
            if (turn == m_asked)
                answer(compared);
        }));
}

void SafetySheet::scanned(const QByteArray &payload)
{
    showHint();
    m_parts.session.compareScanned(m_contact.id, payload,
        guarded(this, [this, turn = m_asked](const Outcome<Compared> &compared) {
            if (turn == m_asked)
                answer(compared);
        }));
}

void SafetySheet::answer(const Outcome<Compared> &compared)
{
    if (!compared.ok())
        m_problem->say(session::troubleText(compared.error(), m_contact.name));
    else if (compared->same)
        showMatch();
    else
        showDifference(compared->firstDifferentGroup);
    fit();
}

void SafetySheet::showMatch()
{
    m_note->setKind(Icon::ShieldCheck, CardTone::Good);
    const QString text = tr("The numbers are the same. Nobody sits between you and %1.").arg(m_name);
    m_note->setText(text);
    m_differs = false;
    m_mark->setEnabled(m_number.has_value());
    m_later->setDefault(false);
    m_mark->setDefault(true);
    m_mark->setFocus(Qt::TabFocusReason);
    announce(*m_note, text);
}

void SafetySheet::showDifference(int group)
{
    QString text = tr("The numbers are not the same. Check that you both look at this chat. If so, write nothing private "
                      "here.");
    if (group >= 0 && m_number && group < m_number->groups.size()) {
        text += u' ' + tr("The first difference is in group %1: here it is %2.").arg(QString::number(group + 1), m_number->groups.at(group));
        m_digits->setMarked(group);
    }
    m_differs = true;
    m_mark->setEnabled(false);
    m_note->setKind(Icon::ShieldAlert, CardTone::Wrong);
    m_note->setText(text);
    announce(*m_note, text); // the focus stays: the next Enter belongs to what was being typed
}

void SafetySheet::mark()
{
    m_mark->setEnabled(false);
    m_parts.session.setVerified(m_contact.id, m_number->groups.join(u' '),
        guarded(this, [this](const Outcome<Done> &marked) {
            if (marked.ok())
                return closeWith(tr("Verified. You and %1 have the same number.").arg(m_name));
            if (marked.error().code == chat::TroubleCode::NumberChanged)
                return closeBecauseOfNewKey();
            m_mark->setEnabled(!m_differs);
            m_problem->say(session::troubleText(marked.error(), m_contact.name));
            fit();
        }));
}

void SafetySheet::takeMarkAway()
{
    m_parts.session.setUnverified(m_contact.id, guarded(this, [this](const Outcome<Done> &taken) {
        if (taken.ok())
            return closeWith(tr("%1 is not marked as verified any more.").arg(m_name));
        m_problem->say(session::troubleText(taken.error(), m_contact.name));
        fit();
    }));
}

void SafetySheet::closeWith(const QString &sentence)
{
    if (isHidden())
        return; // closed already; its sentence was said
    if (m_above)
        m_above->dismiss();
    dismiss();
    Q_EMIT said(sentence);
}

void SafetySheet::closeBecauseOfNewKey()
{
    closeWith(session::troubleText({chat::TroubleCode::NumberChanged}, m_contact.name));
}

void SafetySheet::take(const chat::Fact &fact)
{
    const auto *changed = std::get_if<chat::ChatChanged>(&fact);
    if (changed && changed->chat.id == m_contact.id && changed->chat.trust == chat::Trust::KeyChanged
        && (m_contact.trust != chat::Trust::KeyChanged || changed->chat.keyChangedMs != m_contact.keyChangedMs))
        closeBecauseOfNewKey(); // the number that is shown is that of the key before
}

void SafetySheet::theyDiffer()
{
    QString text = tr("Check that you both look at this chat. If so, write nothing private here. Blocking stops "
                      "everything to and from %1; you can undo it.")
                       .arg(m_name);
    if (isMarked())
        text += u' ' + tr("It takes the verified mark away too.");
    auto *question
        = new Question(look(), *parentWidget(), tr("The numbers are not the same"), text, u"differQuestion"_s);
    question->setSafeAnswer(tr("Not now"));
    question->addAct(tr("Block"), ButtonKind::Danger, u"differBlock"_s);
    if (isMarked())
        question->addAct(tr("Take the mark away"), ButtonKind::Danger, u"differUnmark"_s);
    connect(question, &Question::taken, this, [this](int act) {
        if (act > 0)
            takeMarkAway();
        else if (isMarked())
            blockUnmarked();
        else
            block();
    });
    m_above = question;
    question->open();
}

/// A mark on somebody whose number differs would be believed once the block is undone.
void SafetySheet::blockUnmarked()
{
    m_parts.session.setUnverified(m_contact.id, guarded(this, [this](const Outcome<Done> &taken) {
        if (taken.ok())
            return block();
        m_problem->say(session::troubleText(taken.error(), m_contact.name));
        fit();
    }));
}

void SafetySheet::block()
{
    m_parts.session.block(m_contact.id, true, guarded(this, [this](const Outcome<Done> &blocked) {
        if (blocked.ok())
            return dismiss();
        m_problem->say(session::troubleText(blocked.error(), m_contact.name));
        fit();
    }));
}

void SafetySheet::resizeEvent(QResizeEvent *event)
{
    m_compareSides->setDirection(std::min(width() - 48, kWidth) >= kBesideFrom && look().fonts().textPercent() <= 130
            ? QBoxLayout::LeftToRight
            : QBoxLayout::TopToBottom);
    Sheet::resizeEvent(event);
}

} // namespace tacet::ui
