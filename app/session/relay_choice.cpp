#include "app/session/relay_choice.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace tacet::session {

RelayChoice::RelayChoice(chat::ChatEngine &engine, crypto::Random &random) : m_engine(engine), m_candidates(wellKnown())
{
    for (qsizetype i = m_candidates.size() - 1; i > 0; --i)
        m_candidates.swapItemsAt(i, static_cast<qsizetype>(random.below(static_cast<std::uint64_t>(i) + 1)));
}

void RelayChoice::start(std::function<void(int)> done)
{
    m_done = std::move(done);
    tryNext();
}

void RelayChoice::tryNext()
{
    // As many tests at a time as relays are still missing: quick when all answer, polite when some do not.
    while (m_chosen + m_underWay < kWanted && !m_candidates.isEmpty()) {
        ++m_underWay;
        const std::weak_ptr<bool> alive = m_alive;
        m_engine.addRelay(m_candidates.takeFirst(), [this, alive](const chat::Outcome<chat::RelayInfo> &outcome) {
            if (alive.expired())
                return;
            --m_underWay;
            if (outcome)
                ++m_chosen;
            tryNext();
        });
    }
    if (m_underWay == 0 && m_done)
        std::exchange(m_done, nullptr)(m_chosen);
}

QStringList RelayChoice::wellKnown()
{
    QFile file(u":/tacet/relays.json"_s);
    QStringList urls;
    if (!file.open(QIODevice::ReadOnly))
        return urls;
    const QJsonArray relays = QJsonDocument::fromJson(file.readAll()).object().value(u"relays"_s).toArray();
    for (const auto &relay : relays)
        urls.append(relay.toObject().value(u"url"_s).toString());
    return urls;
}

} // namespace tacet::session
