#include "ui/backup_sheet.h"

#include "app/session/trouble_text.h"
#include "ui/backup_steps.h"
#include "ui/button_row.h"
#include "ui/card.h"
#include "ui/form.h"
#include "ui/guarded.h"
#include "ui/paint.h"
#include "ui/passphrase_sheet.h"
#include "ui/rich_runs.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QPointer>
#include <QVBoxLayout>

namespace tacet::ui {

using namespace Qt::StringLiterals;
using chat::Outcome;
using session::BackupEnd;
using session::BackupFailure;
using session::BackupState;
using session::BackupStep;
using session::BackupSummary;

namespace {

constexpr int kWidth = 620;
constexpr int kCountGap = 20;
constexpr qint64 kDay = 24LL * 3600 * 1000;
constexpr qint64 kFresh = 30 * kDay;

} // namespace

BackupSheet::Count BackupSheet::addCount(ButtonRow &row, Look &look, const QString &objectName)
{
    auto *cell = new QWidget(&row);
    auto *column = new QVBoxLayout(cell);
    column->setContentsMargins(directedMargins(&row, 0, 8, kCountGap, 0));
    column->setSpacing(0);
    const Count count{new Label(look, TypeRole::Header, {}, cell), new Label(look, TypeRole::Small, {}, cell)};
    count.words->setObjectName(objectName);
    count.words->setTone(Tone::Secondary);
    column->addWidget(count.figure);
    column->addWidget(count.words);
    row.addLeading(cell);
    return count;
}

void BackupSheet::Count::show(const QString &number, const QString &what)
{
    figure->setText(number);
    words->setText(what);
}

BackupSheet::BackupSheet(const Parts &parts, QWidget &host)
    : Sheet(parts.look, host, tr("Backup"), u"backupSheet"_s, kWidth)
    , m_parts(parts)
    , m_steps(new BackupSteps(parts.look, this))
    , m_problem(new Problem(parts.look, u"backupProblem"_s, this))
{
    body()->addWidget(makeState());
    body()->addWidget(makeRows());
    body()->addWidget(m_steps);
    m_steps->setVisible(false);
    addHelp(*body(), parts.look,
        tr("The previous backup stays in place until the new one has been read back. A file that was not checked is not "
           "called a backup."));
    body()->addWidget(m_problem);

    auto *row = new ButtonRow(this);
    m_restore = new Button(parts.look, ButtonKind::Text, tr("Restore from a file…"), u"backupRestore"_s, row);
    m_check = new Button(parts.look, ButtonKind::Soft, tr("Check it again"), u"backupCheck"_s, row);
    m_stop = new Button(parts.look, ButtonKind::Soft, tr("Stop"), u"backupStop"_s, row);
    m_now = new Button(parts.look, ButtonKind::Primary, tr("Back up now"), u"backupNow"_s, row);
    m_now->setIconName(Icon::Backup);
    m_now->setDefault(true);
    row->addLeading(m_restore);
    row->add(m_check);
    row->add(m_stop);
    row->add(m_now);
    foot()->addWidget(row, 1);
    setFirstFocus(m_now);

    connect(m_now, &Button::clicked, this, &BackupSheet::backUp);
    connect(m_stop, &Button::clicked, this, [this] { m_parts.session.cancelBackup(); });
    connect(m_check, &Button::clicked, this, [this] {
        check(tr("Check the backup"), tr("The file is read from beginning to end with its passphrase. Nothing is changed."),
            u"backupCheckSheet"_s);
    });
    connect(m_restore, &Button::clicked, this, &BackupSheet::askToRestore);
    connect(&parts.session, &session::SessionFacade::backupProgressed, this,
        [this](BackupStep step, qint64 done, qint64 total) { m_steps->show(step, done, total); });
    connect(&parts.session, &session::SessionFacade::backupEnded, this, &BackupSheet::takeEnd);
    show(m_state);
    readState();
}

BackupSheet::~BackupSheet() = default;

QWidget *BackupSheet::makeState()
{
    Look &look = m_parts.look;
    m_card = new Card(look, this);
    m_card->setObjectName(u"backupCard"_s);
    QVBoxLayout *column = m_card->column();
    column->setContentsMargins(18, 16, 18, 16);
    column->setSpacing(4);
    m_cardTitle = new Label(look, TypeRole::Label, {}, m_card);
    m_cardWhen = new Label(look, TypeRole::Name, {}, m_card);
    m_cardWhen->setObjectName(u"backupWhen"_s);
    m_cardTitle->setWrapping(true);
    m_cardWhen->setWrapping(true);
    m_cardWords = new Label(look, TypeRole::Small, {}, m_card);
    m_cardWords->setTone(Tone::Secondary);
    m_cardWords->setWrapping(true);
    column->addWidget(m_cardTitle);
    column->addWidget(m_cardWhen);
    column->addWidget(m_cardWords);
    auto *counts = new ButtonRow(m_card);
    m_counts = counts;
    m_messages = addCount(*counts, look, u"backupMessages"_s);
    m_contacts = addCount(*counts, look, u"backupContacts"_s);
    m_size = addCount(*counts, look, u"backupSize"_s);
    column->addWidget(m_counts);
    return m_card;
}

QWidget *BackupSheet::makeRows()
{
    Look &look = m_parts.look;
    auto *card = new Card(look, this);
    m_change = new Button(look, ButtonKind::Soft, tr("Change"), u"backupWhere"_s, card, ButtonSize::Small);
    m_change->setAccessibleName(tr("Change where the backup lies"));
    m_where = card->addRow(tr("Where"), u" "_s, m_change);
    m_practise = new Button(look, ButtonKind::Soft, tr("Practise"), u"backupPractise"_s, card, ButtonSize::Small);
    m_practise->setAccessibleName(tr("Practise the passphrase of the backup"));
    m_passphrase = card->addRow(tr("Backup passphrase"), u" "_s, m_practise);
    connect(m_change, &Button::clicked, this, &BackupSheet::chooseFile);
    connect(m_practise, &Button::clicked, this, [this] {
        check(tr("Practise the passphrase"),
            tr("Type the passphrase of the backup as if this computer were gone. The file is checked with it on the way."),
            u"backupPractiseSheet"_s);
    });
    return card;
}

void BackupSheet::readState()
{
    m_parts.session.backupState(guarded(this, [this](const Outcome<BackupState> &state) {
        if (state.ok())
            show(*state);
        else
            m_problem->say(session::troubleText(state.error()));
        fit();
    }));
}

void BackupSheet::show(const BackupState &state)
{
    m_state = state;
    if (m_file.isEmpty())
        m_file = state.last.file;
    const Calendar &calendar = m_parts.calendar;
    const bool ever = state.last.verifiedMs > 0;
    const qint64 age = calendar.now() - state.last.verifiedMs;
    const bool failed = state.lastFailure != BackupFailure::None;
    const bool good = ever && !failed && age < kFresh;
    m_card->setTone(failed ? CardTone::Wrong : good ? CardTone::Good : CardTone::Notice);
    const Tone tone = failed ? Tone::Danger : good ? Tone::Verified : Tone::Brass;
    m_cardTitle->setTone(tone);
    if (state.lastFailure == BackupFailure::Check) { // the file that there is, not a new one
        m_cardTitle->setText(tr("The last check did not succeed"));
        m_cardWhen->setText(
            tr("Last found whole: %1 at %2").arg(calendar.day(state.last.verifiedMs), calendar.time(state.last.verifiedMs)));
        m_cardWords->setText(tr("The backup in %1 could not be checked. Do not rely on it; make a new one.")
                                 .arg(isolatedName(QFileInfo(state.last.file).fileName())));
    } else if (failed) {
        m_cardTitle->setText(tr("The last backup did not succeed"));
        m_cardWhen->setText(ever ? tr("Last good one: %1 at %2")
                                       .arg(calendar.day(state.last.verifiedMs), calendar.time(state.last.verifiedMs))
                                 : tr("Never backed up"));
        m_cardWords->setText(ever ? tr("No new file was kept. The old backup stays in place.") : tr("No file was kept. Try again."));
    } else if (ever) {
        m_cardTitle->setText(tr("Last verified restore"));
        m_cardWhen->setText(
            tr("%1 at %2").arg(calendar.day(state.last.verifiedMs), calendar.time(state.last.verifiedMs)));
        m_cardWords->setText(age < kFresh
                ? tr("Opened with its passphrase, and read from the first row to the last.")
                : tr("Last checked %n days ago.", nullptr, static_cast<int>(age / kDay)));
    } else {
        m_cardTitle->setText(tr("No backup yet"));
        m_cardWhen->setText(tr("Never backed up"));
        m_cardWords->setText(tr("If this computer is lost, your messages are lost. Make a backup."));
    }
    m_counts->setVisible(ever);
    const QLocale locale;
    m_messages.show(
        locale.toString(state.last.messages), state.last.messages == 1 ? tr("message") : tr("messages"));
    m_contacts.show(
        locale.toString(state.last.contacts), state.last.contacts == 1 ? tr("contact") : tr("contacts"));
    m_size.show(
        locale.formattedDataSize(state.last.bytes, 1, QLocale::DataSizeTraditionalFormat), tr("in one file"));

    const QFileInfo info(m_file);
    m_where->setText(m_file.isEmpty()
            ? tr("No place chosen yet. Another disk or a stick is best.")
            : tr("%1 in %2").arg(isolatedName(info.fileName()), isolatedName(QDir::toNativeSeparators(info.absolutePath()))));
    m_where->setVisible(true);
    m_passphrase->setVisible(true);
    if (!state.hasPassphrase)
        m_passphrase->setText(tr("Chosen with the first backup. It may differ from the one that unlocks Tacet."));
    else if (state.passphraseTypedMs > 0)
        m_passphrase->setText(tr("You typed it last: %1.").arg(calendar.listTime(state.passphraseTypedMs)));
    else
        m_passphrase->setText(tr("Only you know it. Nobody can reset it."));
    m_check->setEnabled(ever);
    showRunning(state.running);
}

void BackupSheet::showRunning(bool running)
{
    m_state.running = running;
    m_change->setEnabled(!running);
    m_practise->setEnabled(!running && m_state.last.verifiedMs > 0);
    m_steps->setVisible(running);
    m_now->setVisible(!running);
    m_stop->setVisible(running);
    m_check->setVisible(!running);
    m_restore->setEnabled(!running);
    fit();
}

/// Also of one that was begun from a sheet which was closed since.
void BackupSheet::takeEnd(const BackupEnd &end)
{
    showRunning(false);
    m_problem->say(end.wasWritten ? session::troubleText(end.trouble) : QString()); // a check says it where it was asked for
    readState();
}

bool BackupSheet::chooseFile()
{
    const QString suggestion
        = u"Tacet "_s + m_parts.calendar.date(m_parts.calendar.now()).toString(Qt::ISODate) + u".tacet"_s;
    const QPointer<BackupSheet> self(this);
    const QString path = m_parts.files.save(window(), tr("Where to keep the backup"),
        m_file.isEmpty() ? suggestion : QFileInfo(m_file).absolutePath() + u'/' + suggestion, tr("Backups (*.tacet)"));
    if (!self || path.isEmpty())
        return false;
    m_file = path;
    show(m_state);
    return true;
}

void BackupSheet::backUp()
{
    if (m_file.isEmpty() && !chooseFile())
        return;
    m_problem->clear();
    auto *ask = new PassphraseSheet(m_parts, *parentWidget(), tr("Passphrase of the backup"),
        tr("Whoever finds the file needs it, and so do you when this computer is gone. It may be the one that unlocks Tacet, "
           "or another."),
        tr("Back up"), PassphraseSheet::Purpose::Choose, u"backupPassphraseSheet"_s);
    connect(ask, &PassphraseSheet::entered, this, [this, ask] {
        crypto::SecretBuffer passphrase = ask->take();
        ask->dismiss();
        m_steps->show(BackupStep::Writing, 0, 0);
        showRunning(true);
        m_parts.session.backupNow(m_file, std::move(passphrase), guarded(this, [this](const Outcome<BackupSummary> &made) {
            if (made.ok() || made.error().code != chat::TroubleCode::BackupBusy)
                return; // its end is told to every sheet
            m_problem->say(session::troubleText(made.error()));
            readState();
        }));
    });
    ask->open();
}

void BackupSheet::check(const QString &title, const QString &help, const QString &objectName)
{
    auto *ask = new PassphraseSheet(
        m_parts, *parentWidget(), title, help, tr("Check"), PassphraseSheet::Purpose::Enter, objectName);
    connect(ask, &PassphraseSheet::entered, this, [this, ask] {
        crypto::SecretBuffer passphrase = ask->take();
        ask->setBusy(true);
        m_parts.session.verifyBackup(
            m_state.last.file, std::move(passphrase), guarded(ask, [this, ask](const Outcome<BackupSummary> &checked) {
                ask->setBusy(false);
                readState();
                if (!checked.ok()) {
                    ask->showProblem(session::troubleText(checked.error()));
                    return;
                }
                const QLocale locale;
                const QString messages = checked->messages == 1
                    ? tr("1 message")
                    : tr("%1 messages").arg(locale.toString(checked->messages));
                const QString contacts = checked->contacts == 1
                    ? tr("1 contact")
                    : tr("%1 contacts").arg(locale.toString(checked->contacts));
                ask->showGood(tr("Backup checked: %1 and %2 can be restored.").arg(messages, contacts));
            }));
    });
    connect(ask, &Sheet::closed, ask, [ask, &session = m_parts.session] {
        if (ask->isBusy()) // nobody would see what becomes of it
            session.cancelBackup();
    });
    ask->open();
}

void BackupSheet::askToRestore()
{
    auto *question = new Question(look(), *parentWidget(), tr("Restore from a file?"),
        tr("A backup is restored into an empty profile. This profile is set aside first: its folder is renamed and kept, and "
           "can be opened again with its passphrase. Nothing is deleted."),
        u"restoreQuestion"_s);
    question->setSafeAnswer(tr("Keep this profile open"));
    question->addAct(tr("Set it aside and restore"), ButtonKind::Danger, u"restoreQuestionYes"_s);
    connect(question, &Question::taken, this, [this] {
        m_parts.session.setProfileAside(guarded(this, [this](const Outcome<QString> &folder) {
            if (!folder.ok()) {
                m_problem->say(session::troubleText(folder.error()));
                fit();
                return;
            }
            dismiss();
            Q_EMIT restoreRequested(*folder);
        }));
    });
    question->open();
}

} // namespace tacet::ui
