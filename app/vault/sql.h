#pragma once
// SQL that exists at compile time. A statement can be built from nothing that a person, a peer or a
// relay wrote: values are bound, never pasted. (Enforced: the constructor is consteval.)

namespace tacet::vault {

class Sql {
public:
    consteval Sql(const char *text) : m_text(text) { } // implicit: query("SELECT ...") shall read as it is
    constexpr const char *text() const { return m_text; }

private:
    const char *m_text; ///< static storage: also the key of the statement cache
};

} // namespace tacet::vault
