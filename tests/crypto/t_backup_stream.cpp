// The backup file (PROTOCOL §10.1): every kind of trouble has its name.
#include "crypto/backup_stream.h"
#include "crypto/hkdf.h"
#include "tests/support/seeded_random.h"
#include "tests/support/unit_registry.h"

#include <QTest>

using namespace tacet;
using namespace tacet::crypto;
using namespace tacet::test;
using namespace Qt::StringLiterals;

namespace {

constexpr BackupCost kQuick{1, 8};
constexpr std::string_view kPassphrase = "correct horse";

Bytes made(ByteView content, std::size_t piece = 10'000)
{
    SeededRandom random(120);
    Bytes file;
    BackupWriter writer = BackupWriter::begin(asBytes(kPassphrase), kQuick, random, file).value();
    for (std::size_t at = 0; at < content.size(); at += piece)
        writer.write(content.subspan(at, std::min(piece, content.size() - at)), file);
    writer.finish(file);
    return file;
}

Bytes someContent(std::size_t size)
{
    Bytes out(size);
    SeededRandom(121).fill(out);
    return out;
}

struct Reading {
    QString outcome;
    Bytes content;
};

QString nameOf(BackupError error)
{
    static constexpr const char *kNames[] = {"not a backup", "newer",     "wrong passphrase", "damaged",
                                             "cut short",    "too costly", "out of memory"};
    return QString::fromLatin1(kNames[int(error)]);
}

Reading readBack(ByteView file, std::string_view passphrase = kPassphrase, std::size_t piece = 7'777)
{
    auto reader = BackupReader::begin(file.first(std::min(file.size(), kBackupHeaderSize)), asBytes(passphrase));
    if (!reader)
        return {nameOf(reader.error()), {}};
    SecretBuffer content;
    for (std::size_t at = kBackupHeaderSize; at < file.size(); at += piece) {
        if (const auto read = reader->read(file.subspan(at, std::min(piece, file.size() - at)), content); !read)
            return {nameOf(read.error()), {}};
    }
    if (const auto end = reader->finish(); !end)
        return {nameOf(end.error()), {}};
    return {u"whole"_s, Bytes(content.view().begin(), content.view().end())};
}

/// The checksum of a header is no secret: whoever changes one makes it fit.
void sealHeader(Bytes &file)
{
    Bytes text;
    append(text, "Tacet backup header");
    append(text, ByteView(file).first(93));
    FixedBytes<32> hash;
    crypto_hash_sha256(hash.data(), text.data(), text.size());
    std::copy_n(hash.begin(), 16, file.begin() + 93);
}

/// A file of one last chunk with any bytes in it: what whoever knows the passphrase can make.
Bytes withLastChunk(ByteView plain)
{
    Bytes file = made({});
    file.resize(kBackupHeaderSize);
    SecretBytes<32> master;
    [[maybe_unused]] const int derived = crypto_pwhash(master.writable().data(), 32, kPassphrase.data(), kPassphrase.size(),
                                                       file.data() + 21, kQuick.passes, std::size_t(kQuick.memoryKib) * 1024,
                                                       crypto_pwhash_ALG_ARGON2ID13);
    Bytes info;
    append(info, "Tacet1 backup key");
    append(info, ByteView(file).first(37));
    const auto key = hkdf<32>({}, master.view(), info);
    crypto_secretstream_xchacha20poly1305_state stream;
    crypto_secretstream_xchacha20poly1305_init_push(&stream, file.data() + 69, key.view().data());
    sealHeader(file);
    const Bytes header = file;
    file.resize(file.size() + plain.size() + crypto_secretstream_xchacha20poly1305_ABYTES);
    crypto_secretstream_xchacha20poly1305_push(&stream, file.data() + header.size(), nullptr, plain.data(), plain.size(),
                                               header.data(), header.size(), crypto_secretstream_xchacha20poly1305_TAG_FINAL);
    return file;
}

} // namespace

class TestBackupStream : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(initialise()); }

    void content_comesBack_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, 65'535, 65'536, 65'537, 131'071, 131'072, 300'000})
            QTest::addRow("%d", size) << size;
    }
    void content_comesBack()
    {
        QFETCH(int, size);
        const Bytes content = someContent(std::size_t(size));
        const Bytes file = made(content);
        QCOMPARE(file.size(), kBackupHeaderSize + (content.size() / kBackupChunkSize + 1) * kBackupSealedChunkSize);
        for (const std::size_t piece : {std::size_t(1'000), kBackupSealedChunkSize, std::size_t(10'000'000)}) {
            const Reading reading = readBack(file, kPassphrase, piece);
            QCOMPARE(reading.outcome, u"whole"_s);
            QVERIFY(reading.content == content);
        }
        QCOMPARE(made(content, 3'333).size(), file.size());
    }

    void wrongPassphrase_isNamed()
    {
        const Bytes file = made(someContent(100));
        QCOMPARE(readBack(file, "correct horsf").outcome, u"wrong passphrase"_s);
        QCOMPARE(readBack(file, "").outcome, u"wrong passphrase"_s);
    }

    void oneFlippedByte_isNamed()
    {
        const Bytes file = made(someContent(70'000));
        QCOMPARE(readBack(file).outcome, u"whole"_s);
        for (std::size_t i = 0; i < kBackupHeaderSize; ++i) {
            Bytes damaged = file;
            damaged[i] ^= 0x04;
            QCOMPARE(readBack(damaged).outcome, i < 12 ? u"not a backup"_s : i == 12 ? u"newer"_s : u"damaged"_s);
        }
        for (std::size_t i = kBackupHeaderSize; i < file.size(); i += 487) {
            Bytes damaged = file;
            damaged[i] ^= 0x04;
            QCOMPARE(readBack(damaged).outcome, u"damaged"_s);
        }
        Bytes damaged = file;
        damaged.back() ^= 1;
        QCOMPARE(readBack(damaged).outcome, u"damaged"_s);

        // And it stays so, whatever follows.
        damaged = file;
        damaged[kBackupHeaderSize] ^= 1;
        auto reader = BackupReader::begin(ByteView(file).first(kBackupHeaderSize), asBytes(kPassphrase));
        SecretBuffer content;
        QVERIFY(!reader->read(ByteView(damaged).subspan(kBackupHeaderSize, kBackupSealedChunkSize), content));
        QCOMPARE(nameOf(reader->finish().error()), u"damaged"_s);
        QCOMPARE(nameOf(reader->read(ByteView(file).subspan(kBackupHeaderSize), content).error()), u"damaged"_s);
        QVERIFY(content.empty());
    }

    void cutShort_isNamed_atEveryPlace()
    {
        const Bytes file = made(someContent(150'000));
        const std::size_t chunk = kBackupSealedChunkSize;
        for (const std::size_t size : {std::size_t(13), std::size_t(14), kBackupHeaderSize - 1, kBackupHeaderSize,
                                       kBackupHeaderSize + 1, kBackupHeaderSize + chunk - 1, kBackupHeaderSize + chunk,
                                       kBackupHeaderSize + chunk + 1, kBackupHeaderSize + 2 * chunk, file.size() - 1})
            QCOMPARE(readBack(ByteView(file).first(size)).outcome, u"cut short"_s);
        QCOMPARE(readBack(ByteView(file).first(12)).outcome, u"cut short"_s);
        QCOMPARE(readBack({}).outcome, u"not a backup"_s);
    }

    void movedChunks_areRefused()
    {
        const Bytes file = made(someContent(200'000));
        const auto chunk = [&](std::size_t index) {
            return ByteView(file).subspan(kBackupHeaderSize + index * kBackupSealedChunkSize, kBackupSealedChunkSize);
        };
        const auto assembled = [&](std::initializer_list<std::size_t> order) {
            Bytes out(file.begin(), file.begin() + kBackupHeaderSize);
            for (const std::size_t index : order)
                append(out, chunk(index));
            return out;
        };
        QCOMPARE(readBack(assembled({0, 1, 2, 3})).outcome, u"whole"_s);
        for (const auto &order : {std::initializer_list<std::size_t>{1, 0, 2, 3}, {0, 2, 1, 3}, {0, 0, 1, 2, 3}, {0, 1, 3},
                                  {3}, {0, 1, 2, 3, 3}, {0, 1, 2, 3, 0}})
            QCOMPARE(readBack(assembled(order)).outcome, u"damaged"_s);
        Bytes trailing = file;
        trailing.push_back(0);
        QCOMPARE(readBack(trailing).outcome, u"damaged"_s);
    }

    void newerAndForeignFiles_areNamed()
    {
        Bytes newer = made(someContent(10));
        newer[12] = 2;
        QCOMPARE(readBack(newer).outcome, u"newer"_s);
        QCOMPARE(readBack(ByteView(newer).first(13)).outcome, u"newer"_s); // a later header may be shorter
        QCOMPARE(readBack(asBytes("%PDF-1.7 and so on, long enough to hold a header, certainly, with more than a hundred bytes in it……")).outcome,
                 u"not a backup"_s);
        QCOMPARE(readBack(Bytes(500)).outcome, u"not a backup"_s);
    }

    void hostileParameters_areBoundedBeforeUse()
    {
        const auto withCost = [](std::uint32_t passes, std::uint32_t memoryKib) {
            Bytes file = made({});
            Bytes cost;
            appendBe32(cost, passes);
            appendBe32(cost, memoryKib);
            std::copy(cost.begin(), cost.end(), file.begin() + 13);
            sealHeader(file);
            return readBack(file).outcome;
        };
        QCOMPARE(withCost(1, 8), u"whole"_s);
        QCOMPARE(withCost(2, 8), u"wrong passphrase"_s);
        QCOMPARE(withCost(kMaxBackupPasses, 8), u"wrong passphrase"_s);
        for (const auto &[passes, memory] : {std::pair<std::uint32_t, std::uint32_t>{0, 8}, {11, 8}, {0xFFFFFFFF, 8}, {1, 7},
                                             {1, 0}, {1, 1024 * 1024 + 1}, {1, 0xFFFFFFFF}})
            QCOMPARE(withCost(passes, memory), u"too costly"_s);
        SeededRandom random(122);
        Bytes out;
        QCOMPARE(int(BackupWriter::begin(asBytes("x"), {11, 8}, random, out).error()), int(BackupError::TooCostly));
        QVERIFY(out.empty());
    }

    void lastChunk_endsWithItsMark()
    {
        Bytes plain(kBackupChunkSize);
        QCOMPARE(readBack(withLastChunk(plain)).outcome, u"damaged"_s); // zeros alone
        plain.back() = 0x40;
        QCOMPARE(readBack(withLastChunk(plain)).outcome, u"damaged"_s);
        plain.back() = 0x80;
        QCOMPARE(readBack(withLastChunk(plain)).outcome, u"whole"_s);
        plain.back() = 0;
        plain.front() = 0x80;
        const Reading empty = readBack(withLastChunk(plain));
        QCOMPARE(empty.outcome, u"whole"_s);
        QVERIFY(empty.content.empty());
    }

    void inspect_needsNoPassphrase()
    {
        const auto cost = BackupReader::inspect(made(someContent(5)));
        QVERIFY(cost.ok());
        QCOMPARE(cost->passes, kQuick.passes);
        QCOMPARE(cost->memoryKib, kQuick.memoryKib);
    }

    void sameContentTwice_looksDifferent()
    {
        // secretstream draws its own header: even with equal randomness passed in, two files share no chunk.
        const Bytes one = made(someContent(10));
        const Bytes two = made(someContent(10));
        QVERIFY(!std::equal(one.begin() + kBackupHeaderSize, one.end(), two.begin() + kBackupHeaderSize));
    }
};

TACET_TEST_UNIT("t_backup_stream", TestBackupStream)
#include "t_backup_stream.moc"
