#include "app/backup/backup_writer.h"

#include "app/backup/backup_file.h"
#include "app/backup/vault_rows.h"
#include "app/vault/transaction.h"

#include <algorithm>

namespace tacet::backup {
namespace {

constexpr std::size_t kWriteSize = 256 * 1024;

/// Reports a few hundred times, however many rows there are.
class RowProgress {
public:
    RowProgress(const Control &control, Step step, std::int64_t total)
        : m_control(control), m_step(step), m_total(total), m_interval(total / 200 + 1)
    {
        m_control.report(m_step, 0, m_total);
    }
    void oneMore()
    {
        if (++m_done % m_interval == 0)
            m_control.report(m_step, std::min(m_done, m_total), m_total);
    }
    void finish() { m_control.report(m_step, m_total, m_total); }

private:
    const Control &m_control;
    Step m_step;
    std::int64_t m_total;
    std::int64_t m_interval;
    std::int64_t m_done = 0;
};

class Writing {
public:
    Writing(vault::Database &reader, const WriteRequest &request, crypto::Random &random, const Control &control)
        : m_reader(reader), m_request(request), m_random(random), m_control(control)
    {
    }

    Outcome<Summary> run()
    {
        auto file = vault::DurableFile::create(m_request.target, m_request.faults);
        if (!file)
            return fail(troubleFrom(file.error()));
        // One view of the vault for writing and for comparing, whatever arrives meanwhile.
        vault::Snapshot snapshot(m_reader);
        m_total = countRows(m_reader);
        if (const auto written = write(*file); !written)
            return fail(reasonOf(written.error()));
        const auto summary = readBack(file->temporaryPath());
        if (!summary)
            return fail(reasonOf(summary.error()));
        if (const auto compared = compare(file->temporaryPath()); !compared)
            return fail(reasonOf(compared.error()));
        if (const auto read = snapshot.finish(); !read)
            return fail(troubleFrom(read.error()));
        if (m_control.isCancelled())
            return fail(BackupTrouble::Cancelled);
        if (const auto committed = file->commit(); !committed)
            return fail(troubleFrom(committed.error()));
        m_control.report(Step::Done, 1, 1);
        return *summary;
    }

private:
    /// A vault that could not be read explains every later complaint.
    BackupTrouble reasonOf(BackupTrouble trouble) const
    {
        return m_reader.failed() ? troubleFrom(*m_reader.error()) : trouble;
    }

    Outcome<Done> write(vault::DurableFile &file)
    {
        crypto::Bytes out;
        auto stream = crypto::BackupWriter::begin(m_request.passphrase, m_request.cost, m_random, out);
        if (!stream)
            return fail(troubleFrom(stream.error()));
        RowProgress progress(m_control, Step::Writing, m_total);
        BackupTrouble trouble = BackupTrouble::Cancelled;
        const auto flush = [&]() {
            const auto written = file.write(out);
            out.clear();
            if (!written)
                trouble = troubleFrom(written.error());
            return written.ok();
        };
        const bool walked = walkRows(m_reader, m_request.nowMs, [&](const Row &row) {
            if (m_control.isCancelled() || m_reader.failed())
                return false;
            const crypto::SecretBuffer record = encode(row);
            if (record.size() > kMaxRecordSize) {
                trouble = BackupTrouble::VaultDamaged; // nothing that Tacet stores comes near
                return false;
            }
            crypto::Bytes length;
            crypto::appendBe32(length, static_cast<std::uint32_t>(record.size()));
            stream->write(length, out);
            stream->write(record.view(), out);
            progress.oneMore();
            return out.size() < kWriteSize || flush();
        });
        if (!walked)
            return fail(trouble);
        if (m_reader.failed()) // rows are missing: nothing of this counts
            return fail(BackupTrouble::VaultDamaged);
        stream->finish(out);
        if (!flush())
            return fail(trouble);
        if (const auto synced = file.sync(); !synced)
            return fail(troubleFrom(synced.error()));
        progress.finish();
        return Done{};
    }

    /// What comes back from the disk must be a whole backup by itself.
    Outcome<Summary> readBack(const std::filesystem::path &file)
    {
        auto reader = BackupFileReader::open(file, m_request.passphrase);
        if (!reader)
            return fail(notVerified(reader.error()));
        auto summary = readRows(*reader, {}, Step::ReadingBack, m_control);
        if (!summary)
            return fail(notVerified(summary.error()));
        return summary;
    }

    /// And every row of it what the vault says.
    Outcome<Done> compare(const std::filesystem::path &file)
    {
        auto reader = BackupFileReader::open(file, m_request.passphrase);
        if (!reader)
            return fail(notVerified(reader.error()));
        RowProgress progress(m_control, Step::Comparing, m_total);
        BackupTrouble trouble = BackupTrouble::NotVerified;
        const bool same = walkRows(m_reader, m_request.nowMs, [&](const Row &row) {
            if (m_control.isCancelled()) {
                trouble = BackupTrouble::Cancelled;
                return false;
            }
            const auto record = reader->next();
            const crypto::SecretBuffer expected = encode(row);
            progress.oneMore();
            return record && *record && std::equal((*record)->begin(), (*record)->end(), expected.view().begin(),
                                                   expected.view().end());
        });
        if (!same)
            return fail(trouble);
        const auto end = reader->next();
        if (!end || *end)
            return fail(BackupTrouble::NotVerified);
        progress.finish();
        return Done{};
    }

    static BackupTrouble notVerified(BackupTrouble trouble)
    {
        return trouble == BackupTrouble::Cancelled || trouble == BackupTrouble::NoMemory ? trouble
                                                                                         : BackupTrouble::NotVerified;
    }

    vault::Database &m_reader;
    const WriteRequest &m_request;
    crypto::Random &m_random;
    const Control &m_control;
    std::int64_t m_total = 0;
};

} // namespace

Outcome<Summary> writeBackup(vault::Database &reader, const WriteRequest &request, crypto::Random &random,
                             const Control &control)
{
    return Writing(reader, request, random, control).run();
}

} // namespace tacet::backup
