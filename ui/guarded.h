#pragma once
// Answers of the facade arrive later; whoever asked may be gone by then.
#include <QObject>
#include <QPointer>

#include <utility>

namespace tacet::ui {

/// `then` wrapped so that it does nothing once `context` is destroyed. For the GUI thread alone, where both live.
template<typename Then>
auto guarded(QObject *context, Then then)
{
    return [alive = QPointer<QObject>(context), then = std::move(then)](auto &&...arguments) {
        if (alive)
            then(std::forward<decltype(arguments)>(arguments)...);
    };
}

} // namespace tacet::ui
