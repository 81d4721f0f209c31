#include "ui/invite_sheet.h"

#include "app/session/trouble_text.h"
#include "ui/announce.h"
#include "ui/button_row.h"
#include "ui/card.h"
#include "ui/controls.h"
#include "ui/facts_list.h"
#include "ui/form.h"
#include "ui/guarded.h"
#include "ui/invite_words.h"
#include "ui/large_view.h"
#include "ui/qr_view.h"
#include "ui/scan_menu.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QPointer>
#include <QSaveFile>
#include <QVBoxLayout>

#include <algorithm>
#include <functional>
#include <utility>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using chat::Invitation;
using chat::InvitationKind;

namespace {

constexpr int kWidth = 720;
constexpr int kFrame = 272;
constexpr int kImageModule = 8;
constexpr int kBesideFrom = 640; ///< panel width from which code and words stand beside each other

/// Shows the link. Every way to copy it goes through the sheet, which watches what it put into the clipboard.
class LinkField final : public Field {
public:
    LinkField(Look &look, const QString &name, const QString &objectName, QWidget *parent, std::function<void()> copy)
        : Field(look, name, objectName, parent)
        , m_copy(std::move(copy))
    {
        setReadOnly(true);
        setMono(true);
        setProperty("plain", true);
    }

protected:
    void keyPressEvent(QKeyEvent *event) override
    {
        if (event->matches(QKeySequence::Copy) || event->matches(QKeySequence::Cut))
            m_copy();
        else if (event->matches(QKeySequence::SelectAll))
            selectAll();
        else if (event->modifiers() & Qt::ShiftModifier)
            event->ignore(); // no part of the link is of use
        else
            Field::keyPressEvent(event);
    }
    // By itself QLineEdit puts what is selected into X11's selection, which nobody clears.
    void mouseReleaseEvent(QMouseEvent *) override { }
    void mouseDoubleClickEvent(QMouseEvent *) override { selectAll(); }
    void contextMenuEvent(QContextMenuEvent *event) override
    {
        auto *menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        menu->addAction(InviteSheet::tr("Copy"), this, [this] { m_copy(); })->setObjectName(u"linkCopy"_s);
        menu->popup(event->globalPos());
    }

private:
    std::function<void()> m_copy;
};

} // namespace

InviteSheet::InviteSheet(const Parts &parts, QWidget &host)
    : Sheet(parts.look, host, tr("Invite someone"), u"inviteSheet"_s, kWidth)
    , m_parts(parts)
{
    m_sides = new QBoxLayout(QBoxLayout::LeftToRight);
    m_sides->setSpacing(32);
    m_sides->addWidget(makeCodeSide(), 0, Qt::AlignTop | Qt::AlignHCenter);
    m_sides->addWidget(makeWordSide(), 1);
    body()->addLayout(m_sides);

    auto *row = new ButtonRow(this);
    auto *question = new Label(parts.look, TypeRole::Small, tr("Got a link?"), row);
    question->setTone(Tone::Secondary);
    row->addLeading(question);
    auto *list = new Button(parts.look, ButtonKind::Text, tr("All invitations"), u"inviteList"_s, row);
    auto *paste = new Button(parts.look, ButtonKind::Secondary, tr("Paste a link"), u"invitePaste"_s, row);
    auto *scan = new ScanButton(parts.look, ButtonKind::Secondary, parts.files, u"inviteScan"_s, row);
    row->add(list);
    row->add(paste);
    row->add(scan);
    foot()->addWidget(row, 1);
    connect(list, &Button::clicked, this, [this] {
        dismiss();
        Q_EMIT listRequested();
    });
    connect(paste, &Button::clicked, this, [this] {
        const QString text = QGuiApplication::clipboard()->text();
        dismiss();
        Q_EMIT linkGiven(text);
    });
    connect(scan, &ScanButton::scanned, this, [this](const QByteArray &content) {
        dismiss();
        Q_EMIT linkGiven(QString::fromUtf8(content));
    });
    connect(scan, &ScanButton::nothingFound, m_problem, &Problem::say);
    connect(&parts.session, &session::SessionFacade::factStored, this, &InviteSheet::take);

    setFirstFocus(m_label);
    checkRelays();
    showKind(InvitationKind::OneTime);
}

InviteSheet::~InviteSheet() = default;

QWidget *InviteSheet::makeCodeSide()
{
    auto *side = new QWidget(this);
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    m_code = new QrView(m_parts.look, kFrame, tr("QR code of the invitation"), u"inviteCode"_s, side);
    column->addWidget(m_code, 0, Qt::AlignHCenter);
    auto *row = new ButtonRow(side);
    m_saveImage = new Button(m_parts.look, ButtonKind::Text, tr("Save image"), u"inviteSaveImage"_s, row, ButtonSize::Small);
    m_saveImage->setIconName(Icon::Download);
    m_fullScreen
        = new Button(m_parts.look, ButtonKind::Text, tr("Full screen"), u"inviteFullScreen"_s, row, ButtonSize::Small);
    m_fullScreen->setIconName(Icon::Eye);
    row->addLeading(m_saveImage);
    row->addLeading(m_fullScreen);
    column->addWidget(row, 0, Qt::AlignHCenter);
    connect(m_saveImage, &Button::clicked, this, &InviteSheet::saveImage);
    connect(m_fullScreen, &Button::clicked, this, [this] {
        if (m_code->code())
            (new LargeView(look(), *parentWidget(), tr("Invitation"), *m_code->code(), m_code->accessibleName()))->open();
    });
    return side;
}

QWidget *InviteSheet::makeWordSide()
{
    auto *side = new QWidget(this);
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    m_kind = new Segmented(m_parts.look, tr("Kind of invitation"), u"inviteKind"_s, side);
    m_kind->addChoice(tr("For one person"), u"inviteOneTime"_s);
    m_kind->addChoice(tr("Reusable address"), u"inviteReusable"_s);
    column->addWidget(m_kind);
    m_sentence = new Label(m_parts.look, TypeRole::Body, {}, side);
    m_sentence->setTone(Tone::Secondary);
    m_sentence->setWrapping(true);
    column->addWidget(m_sentence);

    m_labelBlock = new QWidget(side);
    auto *labelColumn = new QVBoxLayout(m_labelBlock);
    labelColumn->setContentsMargins(0, 0, 0, 0);
    m_label = new Field(m_parts.look, tr("Who is it for?"), u"inviteLabel"_s, m_labelBlock);
    m_label->setMaxLength(100);
    addField(*labelColumn, m_parts.look, tr("Who is it for?"), m_label, tr("Only you see this"));
    column->addWidget(m_labelBlock);

    m_link = new LinkField(m_parts.look, tr("Link"), u"inviteLink"_s, side, [this] { copy(); });
    addField(*column, m_parts.look, tr("Link"), m_link);
    auto *row = new ButtonRow(side);
    m_copy = new Button(m_parts.look, ButtonKind::Primary, tr("Copy"), u"inviteCopy"_s, row, ButtonSize::Small);
    m_copy->setIconName(Icon::Copy);
    m_copy->setDefault(true);
    m_form = new Choice(m_parts.look, tr("Form of the link"), u"inviteForm"_s, row);
    m_form->addChoice(tr("As tacet:"), false);
    m_form->addChoice(tr("As web address"), true);
    row->addLeading(m_copy);
    row->addLeading(m_form);
    column->addWidget(row);

    m_baseBlock = new QWidget(side);
    auto *baseColumn = new QVBoxLayout(m_baseBlock);
    baseColumn->setContentsMargins(0, 0, 0, 0);
    m_base = new Field(m_parts.look, tr("Web address that stands before the link"), u"inviteBase"_s, m_baseBlock);
    m_base->setMono(true);
    m_base->setPlaceholderText(u"https://example.org/"_s);
    addField(*baseColumn, m_parts.look, tr("Web address"), m_base);
    addHelp(*baseColumn, m_parts.look,
        tr("Any page of yours. What stands after # is not sent to it; the other side pastes the whole address into Tacet."));
    column->addWidget(m_baseBlock);

    m_until = new FactLine(m_parts.look, Icon::Clock, u"inviteUntil"_s, side);
    m_relays = new FactLine(m_parts.look, Icon::Relays, u"inviteRelays"_s, side);
    m_clipboard = new FactLine(m_parts.look, Icon::Timer, u"inviteClipboard"_s, side);
    for (FactLine *line : {m_until, m_relays, m_clipboard})
        column->addWidget(line);
    m_note = new Note(m_parts.look, Icon::Info, CardTone::Notice, {}, side);
    m_note->setObjectName(u"inviteNote"_s);
    m_note->setVisible(false);
    column->addWidget(m_note);
    m_problem = new Problem(m_parts.look, u"inviteProblem"_s, side);
    column->addWidget(m_problem);
    column->addStretch();

    const QString base = m_parts.preferences.linkWebBase();
    m_form->setCurrent(!base.isEmpty());
    m_base->setText(base);
    m_baseBlock->setVisible(!base.isEmpty());
    connect(m_kind, &Segmented::currentChanged, this,
        [this](int index) { showKind(index == 0 ? InvitationKind::OneTime : InvitationKind::Reusable); });
    connect(m_label, &Field::editingFinished, this, &InviteSheet::saveLabel);
    connect(m_copy, &Button::clicked, this, &InviteSheet::copy);
    connect(m_form, &Choice::chosen, this, [this](const QVariant &web) {
        m_baseBlock->setVisible(web.toBool());
        if (!web.toBool())
            m_parts.preferences.setLinkWebBase({});
        else
            m_base->setFocus(Qt::TabFocusReason);
        refreshLink();
        fit();
    });
    connect(m_base, &Field::textChanged, this, &InviteSheet::refreshLink);
    return side;
}

void InviteSheet::showKind(InvitationKind kind)
{
    m_wanted = kind;
    const bool oneTime = kind == InvitationKind::OneTime;
    m_sentence->setText(oneTime
            ? tr("Works once. The first person who opens it becomes your contact; after that the link is dead.")
            : tr("Works until you withdraw it. Everyone who opens it becomes a request, and you decide each time."));
    m_labelBlock->setVisible(oneTime);
    m_clipboard->setText(oneTime ? tr("The copied link leaves the clipboard once it is used, or after an hour")
                                 : tr("The copied address stays in the clipboard"));
    m_problem->clear();
    const std::optional<Invitation> &known = oneTime ? m_oneTime : m_reusable;
    if (known)
        show(*known);
    else
        make(kind);
    fit();
}

void InviteSheet::make(InvitationKind kind)
{
    m_code->setCode(std::nullopt);
    m_link->clear();
    m_copy->setEnabled(false);
    m_saveImage->setEnabled(false);
    m_fullScreen->setEnabled(false);
    m_until->setText(tr("Making the link…"));
    m_relays->setText({});
    const auto made = guarded(this, [this, kind](const chat::Outcome<Invitation> &invitation) {
        if (!invitation.ok()) {
            if (m_wanted == kind) {
                m_until->setText({});
                m_problem->say(session::troubleText(invitation.error()));
                fit();
            }
            return;
        }
        (kind == InvitationKind::OneTime ? m_oneTime : m_reusable) = *invitation;
        if (m_wanted == kind)
            show(*invitation);
    });
    if (kind == InvitationKind::OneTime) {
        m_parts.session.createInvitation(kind, m_label->text().trimmed(), made);
        m_savedLabel = m_label->text().trimmed();
        return;
    }
    // There is one reusable address; it is made when it is first asked for.
    m_parts.session.invitations(guarded(this, [this, kind, made](const chat::Outcome<QList<Invitation>> &all) {
        if (all.ok()) {
            const auto open = std::find_if(all->begin(), all->end(), [](const Invitation &known) {
                return known.kind == InvitationKind::Reusable && known.state == chat::InvitationState::Open;
            });
            if (open != all->end())
                return made(chat::Outcome<Invitation>(*open));
        }
        m_parts.session.createInvitation(kind, {}, made);
    }));
}

void InviteSheet::show(const Invitation &invitation)
{
    const bool open = invitation.state == chat::InvitationState::Open;
    m_code->setCode(open ? QrCode::encode(invitation.link.toUtf8()) : std::nullopt);
    m_copy->setEnabled(open);
    m_saveImage->setEnabled(open);
    m_fullScreen->setEnabled(open);
    m_until->setText(invitationState(invitation, m_parts.calendar));
    m_relays->setText(open ? invitationPlace(invitation) : QString());
    m_clipboard->setVisible(open);
    if (invitation.secondAttempts > 0) {
        m_note->setKind(Icon::Warning, CardTone::Wrong);
        m_note->setText(tr("Someone else tried this invitation after it was used. It did not open anything."));
    } else if (invitation.state == chat::InvitationState::Used) {
        m_note->setKind(Icon::Check, CardTone::Good);
        m_note->setText(tr("This invitation was opened. You find the chat in your list."));
    } else if (m_onlyThisComputer) {
        m_note->setKind(Icon::Computer, CardTone::Notice);
        m_note->setText(tr("Your only relay is on this computer, so the link works on this computer only. Add a relay that "
                           "others can reach."));
    }
    m_note->setVisible(invitation.secondAttempts > 0 || invitation.state == chat::InvitationState::Used || m_onlyThisComputer);
    refreshLink();
    fit();
}

void InviteSheet::take(const chat::Fact &fact)
{
    const auto *changed = std::get_if<chat::InvitationChanged>(&fact);
    if (!changed)
        return;
    for (std::optional<Invitation> *known : {&m_oneTime, &m_reusable}) {
        if (*known && (*known)->id == changed->invitation.id) {
            *known = changed->invitation;
            if ((*known)->kind == m_wanted)
                show(**known);
        }
    }
}

void InviteSheet::checkRelays()
{
    m_parts.session.relays(guarded(this, [this](const chat::Outcome<QList<chat::RelayInfo>> &relays) {
        if (!relays.ok())
            return;
        bool any = false;
        bool elsewhere = false;
        for (const chat::RelayInfo &relay : *relays) {
            any = any || relay.own;
            elsewhere = elsewhere || (relay.own && !relay.thisComputer);
        }
        m_onlyThisComputer = any && !elsewhere;
        const std::optional<Invitation> &known = m_wanted == InvitationKind::OneTime ? m_oneTime : m_reusable;
        if (m_onlyThisComputer && known)
            show(*known);
    }));
}

QString InviteSheet::shownLink() const
{
    const std::optional<Invitation> &known = m_wanted == InvitationKind::OneTime ? m_oneTime : m_reusable;
    if (!known || known->state != chat::InvitationState::Open)
        return {};
    if (!m_form->current().toBool())
        return known->link;
    const std::optional<QString> base = webBase(m_base->text());
    return base ? asWebAddress(known->link, *base) : QString();
}

void InviteSheet::refreshLink()
{
    const QString link = shownLink();
    m_link->setText(link);
    m_link->setCursorPosition(0);
    m_copy->setEnabled(!link.isEmpty());
    m_base->setWrong(m_form->current().toBool() && !m_base->text().isEmpty() && !webBase(m_base->text()));
}

void InviteSheet::copy()
{
    const QString link = shownLink();
    if (link.isEmpty())
        return;
    saveLabel();
    if (m_form->current().toBool())
        m_parts.preferences.setLinkWebBase(webBase(m_base->text()).value_or(QString()));
    const bool oneTime = m_wanted == InvitationKind::OneTime;
    m_parts.clipboard.copy(link, oneTime ? std::optional(m_oneTime->id) : std::nullopt);
    const QString said = oneTime ? tr("Link copied. It leaves the clipboard once it is used, or after an hour.")
                                 : tr("Address copied. It stays in the clipboard.");
    m_clipboard->setText(said);
    m_clipboard->setTint(Colour::Verified, Tone::Verified);
    announce(*m_clipboard, said);
}

void InviteSheet::saveImage()
{
    if (!m_code->code())
        return;
    const QPointer<InviteSheet> self(this);
    const QString path = m_parts.files.save(
        window(), tr("Save the code as a picture"), tr("Tacet invitation") + u".png"_s, tr("PNG picture (*.png)"));
    if (!self || path.isEmpty())
        return;
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || !m_code->code()->image(kImageModule).save(&file, "PNG") || !file.commit())
        m_problem->say(tr("The picture could not be written. The invitation is unchanged; choose another place."));
}

void InviteSheet::saveLabel()
{
    const QString label = m_label->text().trimmed();
    if (!m_oneTime || label == m_savedLabel)
        return;
    m_savedLabel = label;
    m_parts.session.labelInvitation(m_oneTime->id, label, guarded(this, [this](const chat::Outcome<Done> &saved) {
        if (!saved.ok())
            m_problem->say(session::troubleText(saved.error()));
    }));
}

void InviteSheet::resizeEvent(QResizeEvent *event)
{
    m_sides->setDirection(std::min(width() - 48, kWidth) >= kBesideFrom && look().fonts().textPercent() <= 130
            ? QBoxLayout::LeftToRight
            : QBoxLayout::TopToBottom);
    Sheet::resizeEvent(event);
}

} // namespace tacet::ui
