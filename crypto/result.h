#pragma once
// The answer of an operation that can fail: a value or an error, never both, never ignored.
// (g++ 12 has no std::expected in C++20.)
#include <cassert>
#include <utility>
#include <variant>

namespace tacet {

template<typename E>
class Failure {
public:
    constexpr explicit Failure(E error) : m_error(std::move(error)) { }
    constexpr E &error() { return m_error; }

private:
    E m_error;
};

/// fail(Error::x) converts to any Result whose error type is Error.
template<typename E>
[[nodiscard]] constexpr Failure<std::decay_t<E>> fail(E &&error)
{
    return Failure<std::decay_t<E>>(std::forward<E>(error));
}

/// Stands where an operation succeeds without a value: Result<Done, E>.
struct Done {
    friend bool operator==(Done, Done) { return true; }
};

template<typename T, typename E>
class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) { }
    Result(Failure<E> failure) : m_state(std::in_place_index<1>, std::move(failure.error())) { }

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    /// Precondition of the value accessors: ok().
    T &value() &
    {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    const T &value() const &
    {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    T &&value() &&
    {
        assert(ok());
        return std::move(*std::get_if<0>(&m_state));
    }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    T &&operator*() && { return std::move(*this).value(); }

    /// Precondition: !ok().
    const E &error() const
    {
        assert(!ok());
        return *std::get_if<1>(&m_state);
    }

    T valueOr(T other) && { return ok() ? std::move(*std::get_if<0>(&m_state)) : std::move(other); }

private:
    std::variant<T, E> m_state;
};

} // namespace tacet
