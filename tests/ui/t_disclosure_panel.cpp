// "What could they hand over?" in the window, and the file it saves, say the facts of the one list, with the profile's counts.
#include "app/relay/disclosed_facts.h"
#include "tests/support/unit_registry.h"
#include "tests/ui/fake_session.h"
#include "ui/relay_words.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace tacet;
using namespace tacet::test;
using relay::kDisclosedFacts;

namespace {

QString text(std::string_view words)
{
    return QString::fromUtf8(words.data(), qsizetype(words.size()));
}

chat::Disclosure twoRelays(bool throughProxy)
{
    chat::Disclosure disclosure;
    disclosure.throughProxy = throughProxy;
    disclosure.relays = {{u"wss://a.example"_s, 1, 2, {3, 0, 0, 0, 0}, 1, 0, 0}, {u"wss://b.example"_s, 1, 0, {1, 0, 0, 0, 0}, 0, 0, 0}};
    return disclosure;
}

} // namespace

class TestDisclosurePanel : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void facts_areTheList_data()
    {
        QTest::addColumn<bool>("throughProxy");
        QTest::newRow("direct") << false;
        QTest::newRow("proxy") << true;
    }
    void facts_areTheList()
    {
        QFETCH(bool, throughProxy);
        const ui::DisclosedFacts facts = ui::disclosedFacts(twoRelays(throughProxy));
        const QList<ui::DisclosedFact> all = facts.theyHave + facts.theyNeverHad;
        QCOMPARE(std::size_t(all.size()), kDisclosedFacts.size());
        for (std::size_t i = 0; i < kDisclosedFacts.size(); ++i) {
            const auto &listed = kDisclosedFacts[i];
            const auto &shown = all[qsizetype(i)];
            QCOMPARE(shown.sentence, text(listed.sentence));
            const bool one = listed.what == relay::Disclosed::Mailboxes;
            QVERIFY2(shown.fact.contains(text(one ? listed.one : listed.name), Qt::CaseInsensitive), qPrintable(shown.fact));
            QCOMPARE(qsizetype(i) >= facts.theyHave.size(), listed.holding == relay::Holding::Never);
        }
        QCOMPARE(facts.theyHave[0].fact, u"4 sealed envelopes"_s);
        QCOMPARE(facts.theyHave[1].fact, u"1 random mailbox"_s);
        QCOMPARE(facts.theyHave.last().fact, throughProxy ? u"The proxy's network address"_s : u"Your network address"_s);
    }

    void file_saysThemToo()
    {
        const ui::Calendar calendar([] { return kDemoNow; }, QLocale(QLocale::English), QTimeZone::utc());
        const QString saved = ui::disclosureAsText(twoRelays(false), calendar);
        for (const auto &fact : kDisclosedFacts)
            QVERIFY2(saved.contains(text(fact.sentence)), qPrintable(text(fact.sentence)));
    }
};

TACET_TEST_UNIT("t_disclosure_panel", TestDisclosurePanel)
#include "t_disclosure_panel.moc"
