#pragma once
// What a run over published vectors found.
#include <QString>
#include <QStringList>

namespace tacet::kat {

class Report {
public:
    /// `what` names the case; it is kept when it failed.
    void check(bool good, const QString &what)
    {
        if (good)
            ++m_passed;
        else
            m_failures += what;
    }
    /// An algorithm, parameter set or file format that nothing here can test.
    void unknown(const QString &what) { m_unknown += what; }

    int passed() const { return m_passed; }
    int failed() const { return int(m_failures.size()); }
    const QStringList &failures() const { return m_failures; }
    const QStringList &unknowns() const { return m_unknown; }

private:
    int m_passed = 0;
    QStringList m_failures;
    QStringList m_unknown;
};

} // namespace tacet::kat
