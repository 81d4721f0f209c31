// backup export, verify, restore.
#include "app/cli/commands/groups.h"
#include "app/cli/commands/parameters.h"
#include "app/cli/context.h"
#include "app/session/backup_jobs.h"

using namespace Qt::StringLiterals;

namespace tacet::cli {
namespace {

using chat::Outcome;
using chat::TroubleCode;

Answer answerOf(const QString &file, const backup::Summary &summary, const QString &what)
{
    return Answer{{QJsonObject{{u"file"_s, file},
                               {u"messages"_s, qint64(summary.messages)},
                               {u"contacts"_s, qint64(summary.contacts)},
                               {u"bytes"_s, qint64(summary.bytes)},
                               {u"time"_s, qint64(summary.createdMs)}}},
                  {u"%1: %2 messages, %3 contacts."_s.arg(what).arg(summary.messages).arg(summary.contacts)}};
}

Outcome<Answer> exportFile(Context &context, const QJsonObject &parameters)
{
    const auto passphrase = context.passphrase(Context::Secret::NewBackup);
    if (!passphrase)
        return fail(passphrase.error());
    const auto reader = context.gate().openReader(context.key());
    if (!reader)
        return fail(reader.error());
    const QString file = text(parameters, "file"_L1);
    const auto written = session::exportBackup(**reader, file, *passphrase, context.machinery().clock, context.machinery().random);
    if (!written)
        return fail(written.error());
    return answerOf(file, *written, u"Written, read back and compared"_s);
}

Outcome<Answer> verify(Context &context, const QJsonObject &parameters)
{
    const auto passphrase = context.passphrase(Context::Secret::Backup);
    if (!passphrase)
        return fail(passphrase.error());
    const QString file = text(parameters, "file"_L1);
    const auto checked = session::checkBackup(file, *passphrase);
    if (!checked)
        return fail(checked.error());
    return answerOf(file, *checked, u"Backup checked"_s);
}

Outcome<Answer> restore(Context &context, const QJsonObject &parameters)
{
    if (const auto locked = context.gate().takeLock(); !locked)
        return fail(locked.error());
    if (context.gate().status().exists)
        return chat::trouble(TroubleCode::ProfileNotEmpty);
    const auto passphrase = context.passphrase(Context::Secret::Backup);
    if (!passphrase)
        return fail(passphrase.error());
    auto own = context.passphrase(Context::Secret::NewProfile);
    if (!own)
        return fail(own.error());
    const QString file = text(parameters, "file"_L1);
    session::LockChoice choice;
    choice.passphrase = std::move(own).value();
    backup::Summary summary;
    const auto made = context.gate().create(
        choice, session::fillFromBackup(file, *passphrase, {}, context.machinery().clock, context.machinery().random, summary));
    if (!made)
        return fail(made.error());
    Answer answer = answerOf(file, summary, u"Restored"_s);
    const crypto::ByteView bytes = made->recoveryCode.view(); // shown to its owner, here and never again
    const QString code = QString::fromLatin1(reinterpret_cast<const char *>(bytes.data()), static_cast<qsizetype>(bytes.size()));
    answer.objects.first().insert(u"recovery_code"_s, code);
    answer.lines.append(u"Recovery code, shown this once; write it down: "_s + code);
    answer.lines.append(u"Your contacts are told that this is you, at the next \"listen\"."_s);
    return answer;
}

} // namespace

std::vector<Command> backupCommands()
{
    const Operand file{"file"};
    return {
        {"backup export", "backup export FILE [--backup-passphrase-file F]", "writes, reads back and compares one file", Needs::Profile,
         {file}, {}, exportFile},
        {"backup verify", "backup verify FILE [--backup-passphrase-file F]", "reads all of it and counts", Needs::Nothing, {file}, {},
         verify},
        {"backup restore", "backup restore FILE [--backup-passphrase-file F]", "into an empty profile", Needs::Nothing, {file}, {},
         restore},
    };
}

} // namespace tacet::cli
