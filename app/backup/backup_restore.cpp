#include "app/backup/backup_restore.h"

#include "app/backup/backup_file.h"
#include "app/vault/transaction.h"
#include "crypto/x25519.h"

namespace tacet::backup {
namespace {

// chat::Trust, whose numbers are stored.
constexpr int kVerified = 1;
constexpr int kVerifiedBeforeRestore = 2;

/// Puts rows into an empty vault. Failures are the transaction's.
class Filling {
public:
    Filling(vault::Database &database, const RestoreRequest &request, crypto::Random &random)
        : m_database(database), m_request(request), m_random(random)
    {
    }
    bool hasIdentity() const { return m_identity; }

    void operator()(const HeadRow &) { }
    void operator()(const EndRow &) { }
    void operator()(const UnknownRow &) { }

    /// A restored profile is a new device: nothing that was sealed or numbered for the old one is taken up.
    void operator()(const IdentityRow &identity)
    {
        if (m_identity)
            m_database.keepError(vault::DbError::Constraint);
        m_identity = true;
        const auto spool = crypto::X25519KeyPair::generate(m_random);
        vault::ProfileRow profile;
        profile.identitySeed = identity.seed.clone();
        profile.device = m_random.bytes<16>();
        profile.spoolSecret = spool.secret().clone();
        profile.spoolPublic = spool.publicKey().bytes;
        profile.createdMs = identity.createdMs;
        profile.restoredMs = m_request.nowMs;
        vault::writeProfile(m_database, profile);
    }
    void operator()(const vault::SettingRow &setting)
    {
        if (setting.text)
            vault::writeSetting(m_database, setting.name, std::string_view(*setting.text));
        else
            vault::writeSetting(m_database, setting.name, setting.integer);
    }
    void operator()(const ContactEntry &entry)
    {
        vault::ContactRow contact = entry.row;
        if (contact.trust == kVerified)
            contact.trust = kVerifiedBeforeRestore;
        vault::insertContact(m_database, contact);
        vault::writeContactRelays(m_database, contact.id, entry.relays);
    }
    void operator()(const vault::OpeningRow &opening) { vault::writeOpening(m_database, opening); }
    void operator()(const vault::MessageRow &message) { vault::insertMessage(m_database, message); }
    void operator()(const ReceivedEntry &entry) { vault::writeReceived(m_database, entry.contact, entry.row); }
    void operator()(const vault::OwnRendezvousRow &row) { vault::insertOwnRendezvous(m_database, row); }
    void operator()(const PeerRendezvousEntry &entry) { vault::writePeerRendezvous(m_database, entry.contact, entry.row); }
    void operator()(const vault::InvitationRow &invitation) { vault::writeInvitation(m_database, invitation); }
    void operator()(const MailboxEntry &entry) { vault::insertMailbox(m_database, entry.row, entry.relays); }
    void operator()(const vault::RelayRow &relay) { vault::insertRelay(m_database, relay.url, relay.addedMs); }
    void operator()(const vault::HostRow &host) { vault::insertHost(m_database, host.host, host.sinceMs); }

private:
    vault::Database &m_database;
    const RestoreRequest &m_request;
    crypto::Random &m_random;
    bool m_identity = false;
};

/// Rows that authenticate and still do not fit together were written by a faulty program: the file's trouble.
BackupTrouble whileFilling(vault::DbError error)
{
    return error == vault::DbError::Constraint ? BackupTrouble::Damaged : troubleFrom(error);
}

} // namespace

Outcome<Summary> verifyBackup(const std::filesystem::path &file, crypto::ByteView passphrase, const Control &control)
{
    auto reader = BackupFileReader::open(file, passphrase);
    if (!reader)
        return fail(reader.error());
    auto summary = readRows(*reader, {}, Step::ReadingBack, control);
    if (summary)
        control.report(Step::Done, 1, 1);
    return summary;
}

Outcome<Summary> restoreBackup(vault::Database &database, const RestoreRequest &request, crypto::Random &random,
                               const Control &control)
{
    auto reader = BackupFileReader::open(request.file, request.passphrase);
    if (!reader)
        return fail(reader.error());

    vault::Transaction transaction(database);
    const bool empty = !vault::readProfile(database) && vault::countContacts(database) == 0;
    if (database.failed())
        return fail(troubleFrom(*database.error()));
    if (!empty)
        return fail(BackupTrouble::VaultNotEmpty);
    Filling filling(database, request, random);
    const auto summary = readRows(
        *reader,
        [&](const Row &row) -> Outcome<Done> {
            std::visit(filling, row);
            if (database.failed())
                return fail(whileFilling(*database.error()));
            return Done{};
        },
        Step::Restoring, control);
    if (!summary)
        return summary;
    if (!filling.hasIdentity())
        return fail(BackupTrouble::Damaged);
    if (request.afterRows)
        request.afterRows(database);
    if (const auto committed = transaction.commit(); !committed)
        return fail(whileFilling(committed.error()));
    control.report(Step::Done, 1, 1);
    return summary;
}

} // namespace tacet::backup
