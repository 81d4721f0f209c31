#pragma once
// Controls of sheets and settings: switch, segmented choice, radio card, drop-down choice, text field.
// All of them derive from the Qt class that a screen reader already understands.
#include "ui/buttons.h"
#include "ui/look.h"

#include <QBoxLayout>
#include <QButtonGroup>
#include <QCheckBox>
#include <QLineEdit>
#include <QRadioButton>

#include <vector>

namespace tacet::ui {

/// On or off, at once. A check box to assistive technology.
class Switch : public QCheckBox {
    Q_OBJECT

public:
    Switch(Look &look, const QString &name, const QString &objectName, QWidget *parent = nullptr);

    QSize sizeHint() const override { return {44, 36}; }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;
    bool hitButton(const QPoint &position) const override { return rect().contains(position); }

private:
    Look &m_look;
};

/// Two to four exclusive choices side by side; arrows move between them, Tab leaves.
class Segmented : public QWidget {
    Q_OBJECT

public:
    Segmented(Look &look, const QString &name, const QString &objectName, QWidget *parent = nullptr);

    /// Appends a choice; the first one is chosen until setCurrent says otherwise.
    void addChoice(const QString &text, const QString &objectName);
    int current() const { return m_group.checkedId(); }
    /// Precondition: 0 <= index < number of choices.
    void setCurrent(int index);

Q_SIGNALS:
    void currentChanged(int index);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    /// Side by side, or one below the other where their words do not fit.
    void lineUp();

    Look &m_look;
    QButtonGroup m_group;
    QBoxLayout *m_line;
};

/// A choice with a title and one sentence, as large as a card.
class RadioCard : public QRadioButton {
    Q_OBJECT

public:
    RadioCard(
        Look &look, const QString &title, const QString &help, const QString &objectName, QWidget *parent = nullptr);

    void setHelp(const QString &help);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {160, sizeHint().height()}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool hitButton(const QPoint &position) const override { return rect().contains(position); }

private:
    Look &m_look;
    QString m_help;
};

/// A soft button that shows the present choice and opens a menu of all.
class Choice : public Button {
    Q_OBJECT

public:
    /// `name` is what is chosen ("Lock when idle"); the accessible name is "name: present choice".
    Choice(Look &look, const QString &name, const QString &objectName, QWidget *parent = nullptr);

    void addChoice(const QString &text, const QVariant &value);
    QVariant current() const;
    /// Chooses without emitting; unknown values change nothing.
    void setCurrent(const QVariant &value);

Q_SIGNALS:
    /// The user chose.
    void chosen(const QVariant &value);

private:
    struct Entry {
        QString text;
        QVariant value;
    };
    void open();
    void show(std::size_t index);

    QString m_name;
    std::vector<Entry> m_entries;
    std::size_t m_current = 0;
};

/// A line of text, 44 high. The label before it is the caller's; `name` is read by screen readers.
class Field : public QLineEdit {
    Q_OBJECT

public:
    Field(Look &look, const QString &name, const QString &objectName, QWidget *parent = nullptr);

    /// Paints the edge red; the sentence that says why stands beside the field, not only the colour.
    void setWrong(bool wrong);
    /// Set in the mono face: links, numbers.
    void setMono(bool on);

private:
    void restyle();

    Look &m_look;
    bool m_mono = false;
};

/// The search field of a list: 36 high, magnifying glass, a clear button.
class SearchField : public QLineEdit {
    Q_OBJECT

public:
    SearchField(Look &look, const QString &name, const QString &objectName, QWidget *parent = nullptr);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

Q_SIGNALS:
    /// Down, Up or Enter: the list beside takes over.
    void moveRequested(int rows);
    void activated();

private:
    void restyle();

    Look &m_look;
};

} // namespace tacet::ui
