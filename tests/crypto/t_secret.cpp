#include "crypto/secret.h"
#include "tests/crypto/hex.h"
#include "tests/support/unit_registry.h"

#include <QTest>

#include <new>
#include <type_traits>

using namespace tacet::crypto;
using namespace tacet::test;

static_assert(!std::is_copy_constructible_v<SecretBytes<32>> && !std::is_copy_assignable_v<SecretBytes<32>>);
static_assert(!std::is_copy_constructible_v<GuardedBytes<32>> && !std::is_copy_constructible_v<SecretBuffer>);

namespace {

template<typename T>
constexpr bool kComparable = requires(const T &a, const T &b) { a == b; };
static_assert(!kComparable<SecretBytes<32>> && !kComparable<SecretBuffer>, "== would not be constant time");

bool allZero(const std::uint8_t *bytes, std::size_t size)
{
    return std::all_of(bytes, bytes + size, [](std::uint8_t byte) { return byte == 0; });
}

} // namespace

class TestSecret : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void secretBytes_areWipedAtTheEnd();
    void secretBytes_moveWipesTheSource();
    void secretBytes_equalsLooksAtEveryByte();
    void guardedBytes_keepTheirValue();
    void secretBuffer_appendAndTruncate();
    void secretBuffer_truncateWipesTheTail();
};

void TestSecret::secretBytes_areWipedAtTheEnd()
{
    alignas(SecretBytes<32>) std::uint8_t storage[sizeof(SecretBytes<32>)];
    auto *secret = new (storage) SecretBytes<32>(FixedView<32>(FixedBytes<32>{1, 2, 3, 4}));
    QCOMPARE(secret->view()[3], 4);
    secret->~SecretBytes<32>();
    QVERIFY(allZero(storage, sizeof storage));
}

void TestSecret::secretBytes_moveWipesTheSource()
{
    SecretBytes<4> source(fixedHex<4>("01020304"));
    const SecretBytes<4> target(std::move(source));
    QVERIFY(source.isZero());
    QCOMPARE(text(target.view()), "01020304");
    SecretBytes<4> assigned;
    source = target.clone();
    assigned = std::move(source);
    QVERIFY(source.isZero());
    QCOMPARE(text(assigned.view()), "01020304");
}

void TestSecret::secretBytes_equalsLooksAtEveryByte()
{
    const SecretBytes<32> secret;
    for (std::size_t i = 0; i < 32; ++i) {
        FixedBytes<32> other{};
        other[i] = 1;
        QVERIFY(!secret.equals(other));
    }
    QVERIFY(secret.equals(FixedBytes<32>{}));
}

void TestSecret::guardedBytes_keepTheirValue()
{
    GuardedBytes<32> guarded(fixedHex<32>("ff000000000000000000000000000000000000000000000000000000000000ee"));
    const GuardedBytes<32> copy = guarded.clone();
    const GuardedBytes<32> moved = std::move(guarded);
    QVERIFY(copy.equals(moved.view()));
    QCOMPARE(moved.view()[31], 0xee);
}

void TestSecret::secretBuffer_appendAndTruncate()
{
    SecretBuffer buffer(hex("0102"));
    for (int i = 0; i < 100; ++i)
        buffer.append(hex("0304"));
    QCOMPARE(buffer.size(), 202u);
    QCOMPARE(text(buffer.view().last(2)), "0304");
    buffer.truncate(3);
    QCOMPARE(text(buffer.view()), "010203");
    const SecretBuffer moved = std::move(buffer);
    QVERIFY(buffer.empty());
    QCOMPARE(text(moved.view()), "010203");
}

void TestSecret::secretBuffer_truncateWipesTheTail()
{
    SecretBuffer buffer(Bytes(64, 0xAA));
    const std::uint8_t *bytes = buffer.view().data();
    buffer.truncate(1);
    QVERIFY(buffer.view().data() == bytes); // same storage, so its rest can be looked at
    QVERIFY(allZero(bytes + 1, 63));
}

TACET_TEST_UNIT("t_secret", TestSecret)
#include "t_secret.moc"
