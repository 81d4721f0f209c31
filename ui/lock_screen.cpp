#include "ui/lock_screen.h"

#include "app/session/trouble_text.h"
#include "ui/action_card.h"
#include "ui/announce.h"
#include "ui/form.h"
#include "ui/guarded.h"
#include "ui/paint.h"
#include "ui/passphrase_field.h"
#include "ui/passphrase_sheet.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QStyle>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using chat::Outcome;
using chat::TroubleCode;

namespace {

constexpr int kColumn = 400;
constexpr int kSubmit = 44;
constexpr int kLineGap = 52; ///< of the staff
constexpr qint64 kLongestWait = 300'000; ///< more than any wait: the clock was set back

/// Whether what keeps the profile from opening can be over a moment later. A file that is damaged or newer stays so.
bool mayPass(TroubleCode trouble)
{
    return trouble != TroubleCode::None && trouble != TroubleCode::ProfileNewer && trouble != TroubleCode::ProfileDamaged;
}

} // namespace

LockScreen::LockScreen(const Parts &parts, QWidget *parent)
    : QWidget(parent)
    , m_parts(parts)
    , m_page(new ColumnPage(parts.look, kColumn, ColumnPage::Place::Top, u"lockPage"_s, this))
    , m_restSpace(new QWidget(m_page->widget()))
    , m_title(new Label(parts.look, TypeRole::Page, tr("Locked"), m_page->widget()))
    , m_words(new Label(parts.look, TypeRole::Body, {}, m_page->widget()))
    , m_entry(new QWidget(m_page->widget()))
    , m_field(new PassphraseField(parts.look, tr("Passphrase"), u"lockPassphrase"_s, m_entry))
    , m_submit(new IconButton(parts.look, Icon::Next, tr("Unlock"), u"lockSubmit"_s, m_field))
    , m_keys(new Label(parts.look, TypeRole::Small, {}, m_page->widget()))
    , m_since(new Label(parts.look, TypeRole::Small, {}, m_page->widget()))
    , m_problem(new Problem(parts.look, u"lockProblem"_s, m_page->widget()))
    , m_lockedAt(parts.calendar.now())
{
    setObjectName(u"lockScreen"_s);
    Look &look = parts.look;
    QVBoxLayout *column = m_page->column();
    column->addWidget(m_restSpace);
    m_title->setAlignment(Qt::AlignHCenter);
    m_title->setWrapping(true);
    m_words->setAlignment(Qt::AlignHCenter);
    m_words->setTone(Tone::Secondary);
    m_words->setWrapping(true);
    column->addWidget(m_title);
    column->addWidget(m_words);
    column->addSpacing(8);
    auto *entry = new QVBoxLayout(m_entry);
    entry->setContentsMargins(0, 0, 0, 0);
    entry->addWidget(m_field);
    m_field->setPlaceholderText(tr("Passphrase"));
    m_field->setFixedHeight(std::max(48, look.line(TypeRole::Body) + 28));
    m_field->setTrailingRoom(kSubmit);
    m_submit->setSizes(20, 40);
    m_submit->setTint(Colour::Accent);
    m_submit->setCursor(Qt::PointingHandCursor);
    column->addWidget(m_entry);
    auto *below = new QHBoxLayout;
    m_keys->setTone(Tone::Secondary);
    m_keys->setObjectName(u"lockKeys"_s);
    m_since->setTone(Tone::Secondary);
    below->addWidget(m_keys);
    below->addStretch(1);
    below->addWidget(m_since);
    column->addLayout(below);
    column->addWidget(m_problem);
    column->addSpacing(20);
    m_keychain = new Button(
        look, ButtonKind::Text, tr("Unlock with the keychain"), u"lockKeychain"_s, m_page->widget(), ButtonSize::Small);
    m_forgot = new Button(
        look, ButtonKind::Text, tr("I forgot the passphrase"), u"lockForgot"_s, m_page->widget(), ButtonSize::Small);
    m_again = new Button(look, ButtonKind::Primary, tr("Try again"), u"lockAgain"_s, m_page->widget());
    m_keychain->setWrapping();
    m_forgot->setWrapping();
    column->addWidget(m_again, 0, Qt::AlignHCenter);
    column->addWidget(m_keychain, 0, Qt::AlignHCenter);
    column->addWidget(m_forgot, 0, Qt::AlignHCenter);

    connect(m_field, &PassphraseField::returnPressed, this, &LockScreen::submit);
    connect(m_field, &PassphraseField::textEdited, this, &LockScreen::refresh);
    connect(m_field, &PassphraseField::capsLockChanged, this, &LockScreen::showKeys);
    connect(m_submit, &IconButton::clicked, this, &LockScreen::submit);
    connect(m_keychain, &Button::clicked, this, &LockScreen::tryKeychain);
    connect(m_forgot, &Button::clicked, this, &LockScreen::openForgot);
    connect(m_again, &Button::clicked, this, &LockScreen::tryAgain);
    connect(&parts.session, &session::SessionFacade::profileChanged, this, &LockScreen::show);
    connect(&look, &Look::changed, this, qOverload<>(&LockScreen::update));
    m_timer.setInterval(1000);
    connect(&m_timer, &QTimer::timeout, this, [this] { tick(false); });
    m_since->setText(tr("Locked at %1").arg(parts.calendar.time(m_lockedAt)));
    show(parts.session.profile());
    showKeys();
    refresh();
}

LockScreen::~LockScreen() = default;

void LockScreen::show(const session::ProfileStatus &status)
{
    const bool tried = std::exchange(m_trying, false);
    const QWidget *keys = window()->focusWidget();
    const bool hadKeys = keys == m_again || keys == m_field;
    m_again->setText(tr("Try again"));
    m_again->setVisible(mayPass(status.trouble.code));
    if (status.trouble.code != TroubleCode::None) {
        // In use, newer, damaged: typing a passphrase would not help.
        m_title->setText(tr("This profile cannot be opened"));
        m_words->setText(session::troubleText(status.trouble));
        m_entry->setVisible(false);
        m_keys->setVisible(false);
        m_since->setVisible(false);
        m_keychain->setVisible(false);
        const bool ownFault = status.trouble.code == TroubleCode::ProfileDamaged;
        m_forgot->setVisible(ownFault);
        m_forgot->setText(tr("What can be done"));
        if (hadKeys && !m_again->isHidden())
            m_again->setFocus(Qt::OtherFocusReason);
        if (tried)
            announce(*m_words, m_words->text()); // it may look as before
        return;
    }
    m_title->setText(tr("Locked"));
    m_forgot->setText(tr("I forgot the passphrase"));
    m_forgot->setVisible(true);
    m_keys->setVisible(true);
    // "Messages still arrive" only when this process was unlocked before: after a restart nothing is received.
    m_words->setText(status.state == session::ProfileState::Open ? tr("Closing…") // it is shown before the vault is closed
            : status.receivingWhileLocked                        ? tr("Messages still arrive. They stay sealed.")
                                                                 : tr("Nothing is received before you unlock."));
    m_since->setVisible(status.receivingWhileLocked);
    m_entry->setVisible(status.hasPassphrase);
    m_keychain->setVisible(status.hasKeychain);
    m_keychain->setEnabled(status.keychainAvailable);
    if (hadKeys)
        m_field->setFocus(Qt::OtherFocusReason);
}

void LockScreen::tryAgain()
{
    if (std::exchange(m_trying, true))
        return;
    m_again->setText(tr("One moment…"));
    m_parts.session.tryProfileAgain();
}

void LockScreen::tryKeychain()
{
    const session::ProfileStatus status = m_parts.session.profile();
    if (m_busy || !status.hasKeychain || status.state != session::ProfileState::Locked
        || status.trouble.code != TroubleCode::None)
        return;
    m_busy = true;
    refresh();
    m_parts.session.unlockWithKeychain(guarded(this, [this](const Outcome<Done> &unlocked) {
        m_busy = false;
        if (!unlocked.ok())
            m_problem->say(session::troubleText(unlocked.error()));
        refresh();
    }));
}

void LockScreen::submit()
{
    if (m_busy || m_waitUntil > 0 || m_field->text().isEmpty())
        return;
    m_busy = true;
    m_problem->clear();
    refresh();
    m_parts.session.unlock(m_field->secret(), guarded(this, [this](const Outcome<Done> &unlocked) { answered(unlocked); }));
}

void LockScreen::answered(const Outcome<Done> &unlocked)
{
    m_busy = false;
    if (unlocked.ok()) {
        m_field->wipe();
        return; // profileChanged takes this screen away
    }
    const chat::Trouble &trouble = unlocked.error();
    const bool slows = trouble.code == TroubleCode::SlowDown || trouble.code == TroubleCode::WrongPassphrase;
    const qint64 wait = slows ? trouble.number * 1000 : 0; // counted where the tries are, not here
    if (trouble.code == TroubleCode::WrongPassphrase) {
        m_field->selectAll();
        const std::optional<bool> caps = m_field->capsLock();
        m_problem->say(!caps ? tr("That is not the passphrase.")
                : *caps      ? tr("That is not the passphrase. Caps Lock is on.")
                             : tr("That is not the passphrase. Caps Lock is off."));
    } else {
        m_problem->say(session::troubleText(trouble));
    }
    if (wait > 0) {
        m_waitUntil = m_parts.calendar.now() + wait;
        m_timer.start();
        tick(true);
    }
    refresh();
    m_field->setFocus(Qt::OtherFocusReason);
}

void LockScreen::tick(bool aloud)
{
    if (m_waitUntil == 0)
        return;
    const qint64 left = m_waitUntil - m_parts.calendar.now();
    if (left <= 0 || left > kLongestWait) { // over, or the clock was set back
        m_waitUntil = 0;
        m_timer.stop();
        m_problem->clear();
        refresh();
        m_field->setFocus(Qt::OtherFocusReason);
        return;
    }
    const qint64 seconds = (left + 999) / 1000;
    const QString sentence = seconds == 1 ? tr("Next try in 1 second.") : tr("Next try in %1 seconds.").arg(seconds);
    if (aloud)
        m_problem->say(sentence);
    else if (m_problem->text() != sentence)
        m_problem->sayQuietly(sentence);
}

void LockScreen::showKeys()
{
    const std::optional<bool> caps = m_field->capsLock();
    m_keys->setText(!caps ? QString() : *caps ? tr("Caps Lock is on") : tr("Caps Lock is off"));
}

void LockScreen::refresh()
{
    const bool waiting = m_waitUntil > 0;
    m_field->setReadOnly(m_busy || waiting); // not disabled: it keeps the keyboard
    m_submit->setEnabled(!m_busy && !waiting && !m_field->text().isEmpty());
}

void LockScreen::openForgot()
{
    auto *sheet = new ForgotSheet(m_parts, *this);
    connect(sheet, &ForgotSheet::setAside, this, &LockScreen::setAside);
    sheet->open();
}

void LockScreen::resizeEvent(QResizeEvent *)
{
    m_page->setGeometry(rect());
    // The staff takes the upper part, less where the window is low.
    m_restSpace->setFixedHeight(std::clamp(height() / 2, 90, 420));
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    m_submit->setGeometry(mirrored ? 5 : m_field->width() - kSubmit - 1, (m_field->height() - 40) / 2, 40, 40);
}

void LockScreen::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    resizeEvent(nullptr);
    QWidget *first = m_again->isHidden() ? static_cast<QWidget *>(m_field) : m_again;
    first->setFocus(Qt::OtherFocusReason);
}

void LockScreen::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Look &look = m_parts.look;
    const ArtColours &art = look.art();
    painter.fillRect(rect(), look.colour(Colour::Canvas));
    const int space = m_restSpace->height();
    const qreal gap = std::min<qreal>(kLineGap, space / 8.0);
    const qreal top = std::round(space - 5.0 * gap);
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.scheme() == Scheme::Light ? art.lockStaffLight : art.lockStaffDark);
    for (int line = 0; line < 5; ++line)
        painter.drawRect(QRectF(0, top + line * gap, width(), 1));
    const qreal scale = gap / kLineGap;
    const qreal ledgerTop = top + gap - 3 * scale;
    fillRounded(painter, QRectF(width() / 2.0 - 58 * scale, ledgerTop, 116 * scale, 7 * scale), 3.5 * scale,
        look.colour(Colour::Accent));
    painter.setPen(Qt::NoPen);
    painter.setBrush(look.colour(Colour::BrassFill));
    painter.drawPath(roundedPath(QRectF(width() / 2.0 - 34 * scale, ledgerTop + 5 * scale, 68 * scale, 33 * scale),
        {0, 0, 7 * scale, 7 * scale}));
}

// ---- Forgotten

ForgotSheet::ForgotSheet(const Parts &parts, QWidget &host)
    : Sheet(parts.look, host, tr("Ways onward"), u"forgotSheet"_s, 480)
    , m_parts(parts)
    , m_problem(new Problem(parts.look, u"forgotProblem"_s, this))
{
    addHelp(*body(), parts.look, tr("Nobody can reset a passphrase. None of these ways deletes anything."));
    const auto way = [&](Icon icon, const QString &title, const QString &help, const QString &name, auto act) {
        auto *card = new ActionCard(parts.look, icon, title, help, name, this);
        connect(card, &ActionCard::clicked, this, act);
        body()->addWidget(card);
    };
    way(Icon::Key, tr("Type the recovery code"), tr("Twelve groups, from the sheet you printed or wrote"),
        u"forgotCode"_s, [this] { askCode(); });
    way(Icon::Backup, tr("Restore a backup"), tr("This profile is set aside and kept; the backup fills a new one"),
        u"forgotRestore"_s, [this] { askAside(true); });
    way(Icon::Folder, tr("Set this profile aside"), tr("Kept under another name; you start with an empty one"),
        u"forgotAside"_s, [this] { askAside(false); });
    body()->addWidget(m_problem);
}

void ForgotSheet::askCode()
{
    auto *ask = new PassphraseSheet(m_parts, *parentWidget(), tr("Recovery code"),
        tr("All 12 groups, with or without spaces and dashes."), tr("Unlock"), PassphraseSheet::Purpose::Enter,
        u"recoveryEntry"_s);
    connect(ask, &PassphraseSheet::entered, this, [this, ask] {
        crypto::SecretBuffer code = ask->take();
        ask->setBusy(true);
        m_parts.session.unlockWithRecoveryCode(std::move(code), guarded(ask, [ask](const Outcome<Done> &unlocked) {
            ask->setBusy(false);
            if (unlocked.ok())
                ask->dismiss();
            else
                ask->showProblem(session::troubleText(unlocked.error()));
        }));
    });
    ask->open();
}

void ForgotSheet::askAside(bool restore)
{
    auto *question = new Question(look(), *parentWidget(), tr("Set this profile aside?"),
        tr("Its folder is renamed and kept. It can be opened again with its passphrase, should you find it. Nothing is "
           "deleted."),
        u"asideQuestion"_s);
    question->setSafeAnswer(tr("Leave it"));
    question->addAct(tr("Set aside"), ButtonKind::Danger, u"asideYes"_s);
    connect(question, &Question::taken, this, [this, restore] {
        m_parts.session.setProfileAside(guarded(this, [this, restore](const Outcome<QString> &folder) {
            if (!folder.ok()) {
                m_problem->say(session::troubleText(folder.error()));
                fit();
                return;
            }
            const QString keptAs = *folder;
            dismiss();
            Q_EMIT setAside(keptAs, restore);
        }));
    });
    question->open();
}

} // namespace tacet::ui
