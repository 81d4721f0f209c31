#pragma once
// The safety number: compare by reading, by pasting, by scanning a picture. Comparing marks nothing;
// only the person does.
#include "ui/parts.h"
#include "ui/sheet.h"

#include <optional>

class QBoxLayout;
class QStackedWidget;

namespace tacet::ui {

class Field;
class GroupGrid;
class Note;
class Problem;
class QrView;
class Segmented;

class SafetySheet final : public Sheet {
    Q_OBJECT

public:
    SafetySheet(const Parts &parts, QWidget &host, const chat::ChatSummary &contact);
    ~SafetySheet() override;

Q_SIGNALS:
    /// A sentence for the window: "Verified. You and … have the same number."
    void said(const QString &sentence);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeComparePage();
    QWidget *makePastePage();
    QWidget *makeScanPage();
    void show(const chat::SafetyNumber &number);
    void showPage(int index);
    void pasted(const QString &digits);
    void scanned(const QByteArray &payload);
    void answer(const chat::Outcome<session::Compared> &compared);
    void showMatch();
    void showDifference(int group);
    void showHint();
    void mark();
    void takeMarkAway();
    void closeWith(const QString &sentence);
    void closeBecauseOfNewKey();
    bool isMarked() const; ///< when the sheet was opened
    void theyDiffer();
    void blockUnmarked();
    void block();
    void take(const chat::Fact &fact);

    Parts m_parts;
    chat::ChatSummary m_contact;
    QString m_name; ///< isolated
    Segmented *m_ways;
    QStackedWidget *m_pages;
    QBoxLayout *m_compareSides = nullptr;
    QrView *m_code = nullptr;
    GroupGrid *m_digits = nullptr;
    Button *m_copy = nullptr;
    Button *m_large = nullptr;
    Field *m_paste = nullptr;
    Label *m_pasteCount = nullptr;
    Note *m_note;
    Problem *m_problem;
    Button *m_differ;
    Button *m_later;
    Button *m_mark;
    QPointer<Sheet> m_above; ///< opened from this one; goes with it
    std::optional<chat::SafetyNumber> m_number;
    quint64 m_asked = 0; ///< answers to an older text are dropped
    bool m_differs = false; ///< a comparison by this program said so, and none has said otherwise since
};

} // namespace tacet::ui
