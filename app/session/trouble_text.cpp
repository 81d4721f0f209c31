#include "app/session/trouble_text.h"

#include <QCoreApplication>

namespace tacet::session {

using chat::TroubleCode;

namespace {

/// The context that lupdate files these sentences under.
struct Words {
    Q_DECLARE_TR_FUNCTIONS(Trouble)
};

/// Keeps the name of an Arabic or Hebrew contact from turning the words around it (Unicode UAX 9, FSI and PDI).
QString isolated(const QString &text)
{
    return QChar(0x2068) + text + QChar(0x2069);
}

/// Adds what the disk, the network or the relay said, where it said something. Its own full stop is taken off: one is enough.
QString withReason(const QString &sentence, const QString &reason)
{
    const QString said = reason.endsWith(QLatin1Char('.')) ? reason.chopped(1) : reason;
    return said.isEmpty() ? sentence : sentence + QLatin1Char(' ') + Words::tr("The reason given: %1.").arg(isolated(said));
}

/// Adds which file it was about.
QString withPlace(const QString &sentence, const QString &path)
{
    return path.isEmpty() ? sentence : sentence + QLatin1Char(' ') + Words::tr("It happened at %1.").arg(isolated(path));
}

QString profileText(TroubleCode code, const QString &detail, qint64 number)
{
    switch (code) {
    case TroubleCode::NoProfile: return Words::tr("There is no profile here yet. Create one or restore a backup.");
    case TroubleCode::ProfileExists:
        return Words::tr("There is a profile here already. It was not touched. Choose another folder for a new one.");
    case TroubleCode::ProfileInUse:
        return Words::tr(
            "This profile is already open in another program: a window of Tacet, or tacet-cli. Nothing was changed. Use "
            "that one, or end it first.");
    case TroubleCode::ProfileNewer:
        return Words::tr("This profile was made by a newer Tacet. Update to open it; it was not touched.");
    case TroubleCode::ProfileDamaged:
        return Words::tr("This profile cannot be read: a file in it is damaged or missing. Nothing in it was changed. "
                         "Restore a backup, or set the profile aside and start a new one.");
    case TroubleCode::ProfileNotEmpty:
        return Words::tr(
            "A backup is restored into an empty profile, and this one is not empty. It was not touched. Choose "
            "another folder, or set this profile aside first.");
    case TroubleCode::Locked: return Words::tr("Tacet is locked. Nothing was changed. Unlock it first.");
    case TroubleCode::WrongPassphrase: return Words::tr("That is not the passphrase. Nothing was changed. Try again.");
    case TroubleCode::WrongRecoveryCode:
        return Words::tr("That is not the recovery code of this profile. Nothing was changed. Compare all 12 groups "
                         "with your sheet.");
    case TroubleCode::KeychainGone:
        return Words::tr("The desktop keychain did not answer. Unlock with your passphrase; nothing was changed.");
    case TroubleCode::SlowDown:
        //: "%1" is a span such as "30 seconds".
        return Words::tr("Too many tries in a row. Nothing was changed. Try again in %1.").arg(spanText(number * 1000));
    case TroubleCode::PassphraseTooShort:
        return Words::tr(
            "This passphrase is too short to protect anything. Nothing was changed. Choose one of at least %n characters; a few "
            "unrelated words are good.",
            nullptr, int(number));
    case TroubleCode::PassphrasesDiffer:
        return Words::tr("The two passphrases are not the same. Nothing was changed. Try again, and type it the same way twice.");
    case TroubleCode::NoTerminal:
        return Words::tr("There is no terminal to ask for the passphrase. Nothing was changed. Write it into a file that only you "
                         "can read, and name that with %1.")
            .arg(detail);
    case TroubleCode::FolderUnusable:
        return Words::tr("No profile can be kept in %1. Nothing was changed. Choose another folder.").arg(isolated(detail));
    case TroubleCode::NameEmpty: return Words::tr("A name is missing. Write what others should call you.");
    case TroubleCode::NameTooLong: return Words::tr("This name is too long. Shorten it.");
    default: return {};
    }
}

QString diskText(TroubleCode code, const QString &detail)
{
    switch (code) {
    case TroubleCode::DiskFull:
        return Words::tr("The disk is full. What you wrote is still here; make room and try again.");
    case TroubleCode::ReadOnly:
        return withPlace(
            Words::tr("The disk does not allow writing. What was stored before is safe. Check the permissions of the "
                      "folder, then try again."),
            detail);
    case TroubleCode::DiskError:
        return withPlace(
            Words::tr("The disk did not do what was asked. What was stored before is safe. Try again; if it happens "
                      "often, make a backup on another disk."),
            detail);
    case TroubleCode::FileMissing:
        return Words::tr("There is no file %1. If it lies on a stick, plug it in.").arg(isolated(detail));
    case TroubleCode::FolderMissing:
        return Words::tr("There is no folder %1. If it lies on a stick, plug it in.").arg(isolated(detail));
    case TroubleCode::NotAFile:
        return Words::tr("%1 is a folder. It was not touched. Give the name of a file.").arg(isolated(detail));
    default: return {};
    }
}

QString invitationText(TroubleCode code, const QString &detail, const QString &name, qint64 number)
{
    switch (code) {
    case TroubleCode::NotALink:
        return Words::tr("This is not an invitation to Tacet. Copy all of the link, from \"tacet:\" to the end.");
    case TroubleCode::LinkDamaged:
        return Words::tr("This link is not complete. Copy all of it, from \"tacet:\" to the end.");
    case TroubleCode::LinkNewer: return Words::tr("This link was made by a newer Tacet. Update to open it.");
    case TroubleCode::InviteNotFound:
        return Words::tr("The relays in this link do not have the invitation. It may have expired. Ask for a new one.");
    case TroubleCode::InviteExpired:
        return Words::tr("This invitation has expired. Nothing was sent. Ask for a new one.");
    case TroubleCode::InviteNotYetValid:
        return Words::tr(
            "This invitation is dated in the future. Nothing was sent. Compare this computer's clock with theirs, then "
            "try again.");
    case TroubleCode::InviteAltered:
        return Words::tr("This invitation was changed on the way. Do not use it; ask for a new one on another path.");
    case TroubleCode::InviteUsed:
        return Words::tr(
            "This invitation was already used. If that was not you, someone else has your link: ask for a new one on "
            "another path.");
    case TroubleCode::InviteTriedAgain:
        return Words::tr("Someone else tried the invitation that you sent to %1. It did not open anything.")
            .arg(detail.isEmpty() ? Words::tr("someone") : isolated(detail));
    case TroubleCode::InviteOpenedLate:
        return Words::tr("Your invitation for %1 was opened after it had ended, so they did not reach you. Send them a new one.")
            .arg(detail.isEmpty() ? Words::tr("someone") : isolated(detail));
    case TroubleCode::OwnInvitation:
        return Words::tr("This is your own invitation. Give the link to the person you want to meet.");
    case TroubleCode::AlreadyContact: return Words::tr("%1 is already among your contacts. Open that chat.").arg(name);
    case TroubleCode::InviteNotFetchedYet:
        return Words::tr("The invitation has not been fetched from its relays yet. What you write waits safely here.");
    case TroubleCode::TooManyRequests:
        return Words::tr(
            "Too many strangers have written to your reusable address; new ones wait outside. Answer some requests, or "
            "withdraw the address and make a new one.");
    case TroubleCode::TooManyInvitations:
        return Words::tr("There are %n open invitations, and no more can be made. Withdraw one that you do not need.", nullptr,
                         int(number));
    case TroubleCode::TooManyContacts:
        return Words::tr("There is no room for another contact. Nothing was sent. Remove one that you no longer need.");
    case TroubleCode::NewHost:
        return Words::tr("This leads to %1, which you have never used. Nothing was sent there. Connect to it?")
            .arg(detail);
    case TroubleCode::PrivateHost:
        return Words::tr(
            "This leads to %1, an address of this computer or of a local network. Nothing was sent there. If you know "
            "whose it is, add the relay at that address to your relays first, then open the link again.")
            .arg(detail);
    default: return {};
    }
}

QString chatText(TroubleCode code, const QString &name, qint64 number)
{
    switch (code) {
    case TroubleCode::UnknownContact:
        return Words::tr("There is no such contact in this profile. Nothing was changed.");
    case TroubleCode::UnknownMessage:
        return Words::tr("There is no such message in this profile. It may have been deleted.");
    case TroubleCode::TextEmpty: return Words::tr("There is nothing to send yet. Write something first.");
    case TroubleCode::TextTooLong:
        return number > 0 ? Words::tr(
                   "This text is too long for one message. It is still here; send it in parts of at most %n bytes.",
                   nullptr, int(number))
                          : Words::tr("This text is too long for one message. It is still here; send it in parts.");
    case TroubleCode::KeyChangedBlocks:
        return Words::tr(
            "%1's key is new, so nothing is sent. What you wrote is still here. Compare the safety number first.")
            .arg(name);
    case TroubleCode::ContactBlocked:
        return Words::tr("You have blocked %1. Nothing was sent. Unblock to write again.").arg(name);
    case TroubleCode::RequestNotAccepted:
        return Words::tr("Accept the request of %1 before you write. Nothing was sent.").arg(name);
    case TroubleCode::NumbersDiffer:
        return Words::tr(
            "The numbers are not the same. Check that you both look at this chat. If so, write nothing private here.");
    case TroubleCode::NumberUnreadable:
        return Words::tr(
            "This is not a safety number: it has 60 digits. Nothing was marked. Copy all of it and try again.");
    case TroubleCode::NumberChanged:
        return Words::tr("%1's key is new, and so is the safety number. Nothing was marked. Compare the new number.")
            .arg(name);
    case TroubleCode::NotConnectedYet:
        return Words::tr(
            "There is no safety number yet: the key of %1 has not arrived. Try again once the invitation is fetched.")
            .arg(name);
    case TroubleCode::MessageSetAside:
        return Words::tr("One message made Tacet stop last time. It is set aside unopened.");
    case TroubleCode::SessionRenewing:
        return Words::tr(
            "The encryption with %1 is being made anew. What you wrote waits safely here and leaves by itself.")
            .arg(name);
    default: return {};
    }
}

QString relayText(TroubleCode code, const QString &detail)
{
    switch (code) {
    case TroubleCode::NoRelayReachable:
        return Words::tr("None of the relays answers. Nothing is lost; what waits leaves by itself once one is back.");
    case TroubleCode::NoRelayConfigured:
        return Words::tr("There is no relay yet, so nothing can leave this computer. Nothing is lost. Add a relay.");
    case TroubleCode::BadRelayUrl:
        return Words::tr("This cannot be the address of a relay. It begins with wss://, has at most 100 characters, and no "
                         "spaces and no question mark, such as wss://relay.example. Without TLS, as on a local network, it "
                         "begins with ws://.");
    case TroubleCode::RelayRefused:
        return withReason(Words::tr("The relay refused. Nothing is lost; other relays are tried."), detail);
    case TroubleCode::RelayTestFailed:
        return withReason(
            Words::tr("This relay did not pass its test. Nothing was changed: one of your relays stays one, and is tried "
                      "again by itself."),
            detail);
    case TroubleCode::RelayNotAdded:
        return withReason(
            Words::tr("This relay did not pass its test, so it was not added. Nothing else was changed. Try another one."),
            detail);
    case TroubleCode::OwnRelayNotStarted:
        return withReason(
            Words::tr("The small relay of this computer could not start. Nothing was changed. Add another relay, or try again later."),
            detail);
    case TroubleCode::BadProxy:
        return Words::tr("This is not the address of a proxy. It looks like socks5://127.0.0.1:9050.");
    case TroubleCode::ProxyDown:
        return withReason(
            Words::tr("Nothing gets through Tor or the proxy now, so Tacet stays silent: nothing goes around it. What "
                      "waits leaves by itself once it works. Start it, or choose another way out."),
            detail);
    case TroubleCode::TorNotReady:
        return withReason(
            Words::tr("There is no address through Tor yet. Nothing was changed. Let Tor start with Tacet in Settings, wait "
                      "until it is connected, then try again."),
            detail);
    case TroubleCode::OnionWithoutTor:
        return Words::tr("Your small relay at %1 is reached through the Tor that starts with Tacet, and through nothing else. "
                         "Without that, what contacts send there alone waits on their computers. Take the address out of "
                         "your relays, and they are told to write to the others.")
            .arg(detail);
    case TroubleCode::LastRelay: return Words::tr("This is your only relay, so it stays. Add another one first.");
    case TroubleCode::RelayGivenUp:
        return Words::tr("The relay %1 has not answered for days while others did. Your contacts are told to write to "
                         "your other relays. Should it come back, it is used again.")
            .arg(detail);
    case TroubleCode::RelayGivenUpAlone:
        return Words::tr("The relay %1 has not answered for days while others did, and your contacts know no other way "
                         "to you. Nothing is lost yet. Add a relay; your contacts are told without your doing.")
            .arg(detail);
    default: return {};
    }
}

QString backupText(TroubleCode code, const QString &detail)
{
    switch (code) {
    case TroubleCode::NotABackup:
        return Words::tr(
            "This file is not a backup of Tacet. It was not changed. Choose a file whose name ends in .tacet.");
    case TroubleCode::BackupWrongPassphrase:
        return Words::tr(
            "That is not the passphrase of this backup. Nothing was changed. It may differ from the one that unlocks "
            "Tacet.");
    case TroubleCode::BackupDamaged:
        return Words::tr(
            "This backup is damaged: a part of it is not what was written. Nothing was restored from it. Use another "
            "copy.");
    case TroubleCode::BackupCutShort:
        return Words::tr(
            "This backup is cut short: its end is missing. Nothing was restored from it. Copy the whole file again.");
    case TroubleCode::BackupNewer:
        return Words::tr("This backup was made by a newer Tacet. Update to read it; it was not touched.");
    case TroubleCode::BackupNotWritten:
        return withPlace(Words::tr("The new file could not be read back. The old backup stays in place. Try again, or "
                                   "choose another disk."),
            detail);
    case TroubleCode::BackupStopped:
        return Words::tr("The backup in %1 was stopped because Tacet was locked. An earlier one stays in place. Back up again.")
            .arg(isolated(detail));
    case TroubleCode::BackupBusy:
        return Words::tr("A backup is being written or checked. Wait for its end, or stop it.");
    default: return {};
    }
}

} // namespace

QString printable(const QString &outside, int limit)
{
    QString result;
    for (const QChar unit : outside) {
        if (result.size() >= limit) {
            result.append(QChar(0x2026));
            break;
        }
        const char16_t code = unit.unicode();
        const bool turns = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x2028
            || code == 0x2029;
        if (unit == u'\n' || unit == u'\t')
            result.append(u' ');
        else
            result.append(unit.category() == QChar::Other_Control || turns ? QChar(QChar::ReplacementCharacter) : unit);
    }
    return result.trimmed();
}

QString spanText(qint64 ms)
{
    const qint64 seconds = (qAbs(ms) + 500) / 1000;
    if (seconds == 1)
        return Words::tr("1 second");
    if (seconds < 120)
        return Words::tr("%n seconds", nullptr, int(seconds));
    if (seconds < 120 * 60)
        return Words::tr("%n minutes", nullptr, int((seconds + 30) / 60));
    if (seconds < 48 * 3600)
        return Words::tr("%n hours", nullptr, int((seconds + 1800) / 3600));
    return Words::tr("%n days", nullptr, int(qMin<qint64>((seconds + 43200) / 86400, 1'000'000)));
}

QString clockText(qint64 offByMs)
{
    return Words::tr("This computer's clock seems to be off by %1. Times may look odd; messages still arrive.")
        .arg(spanText(offByMs));
}

QString troubleText(const chat::Trouble &trouble, const QString &name)
{
    const QString detail = printable(trouble.detail);
    const QString who = name.isEmpty() ? Words::tr("this contact") : isolated(printable(name, 60));
    if (trouble.code == TroubleCode::None)
        return {};
    if (trouble.code == TroubleCode::Cancelled)
        return Words::tr("Stopped. Nothing was changed.");
    for (const QString &text : {
             profileText(trouble.code, detail, trouble.number),
             diskText(trouble.code, detail),
             invitationText(trouble.code, detail, who, trouble.number),
             chatText(trouble.code, who, trouble.number),
             relayText(trouble.code, detail),
             backupText(trouble.code, detail),
         }) {
        if (!text.isEmpty())
            return text.at(0).toUpper() + text.mid(1); // "this contact" may stand first
    }
    return withReason(
        Words::tr("Something went wrong inside Tacet. What was stored before is safe. Close and open it, then try "
                  "again."),
        detail);
}

QString troubleText(int code, const QString &detail, const QString &name)
{
    return troubleText(chat::Trouble{static_cast<TroubleCode>(code), detail, 0}, name);
}

} // namespace tacet::session
