#pragma once
// How EngineThread carries calls to the engine thread and answers back; included by its two .cpp files alone.
#include "app/session/engine_host.h"
#include "app/session/engine_thread.h"

#include <memory>

namespace tacet::session {

/// What a queued call carries must be copyable; secrets are not.
template<typename T>
std::shared_ptr<T> carried(T value)
{
    return std::make_shared<T>(std::move(value));
}

template<typename T>
void EngineThread::answer(Reply<T> reply, chat::Outcome<T> outcome)
{
    if (!reply)
        return;
    QMetaObject::invokeMethod(
        this, [reply, held = carried(std::move(outcome))] { reply(std::move(*held)); }, Qt::QueuedConnection);
}

template<typename T, typename Work>
void EngineThread::ask(Reply<T> reply, Work work)
{
    QMetaObject::invokeMethod(
        m_host.get(), [this, reply, work] { answer<T>(reply, work(*m_host)); }, Qt::QueuedConnection);
}

template<typename T, typename Work>
void EngineThread::askEngine(Reply<T> reply, Work work)
{
    ask<T>(reply, [work](EngineHost &host) -> chat::Outcome<T> {
        auto engine = host.engine();
        if (!engine)
            return fail(engine.error());
        return work(**engine);
    });
}

template<typename T, typename Work>
void EngineThread::askLater(Reply<T> reply, Work work)
{
    const auto later = [this, reply](chat::Outcome<T> outcome) { answer<T>(reply, std::move(outcome)); };
    QMetaObject::invokeMethod(
        m_host.get(),
        [this, later, work] {
            auto engine = m_host->engine();
            if (!engine)
                later(fail(engine.error()));
            else
                work(**engine, later);
        },
        Qt::QueuedConnection);
}

} // namespace tacet::session
