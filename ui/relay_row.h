#pragma once
// One row of the sheet "Relays": its state as a shape and in words, times, and what it could hand over when opened.
#include "ui/parts.h"

#include <QAbstractButton>
#include <QWidget>

class QVBoxLayout;

namespace tacet::ui {

class Button;
class Card;
class Label;

/// The line itself: a button that opens and closes what is below.
class RelayLine final : public QAbstractButton {
    Q_OBJECT

public:
    RelayLine(const Parts &parts, QWidget *parent);

    void setRelay(const chat::RelayInfo &relay);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

    /// Where the columns stand, from the leading edge, for the head of the table too. Narrow: the times go below.
    struct Columns {
        int name = 0;
        int trip = 0;
        int event = 0;
        bool narrow = false;
    };
    static Columns columns(int width, const Look &look);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    Parts m_parts;
    chat::RelayInfo m_relay;
};

class RelayRow final : public QWidget {
    Q_OBJECT

public:
    RelayRow(const Parts &parts, const chat::RelayInfo &relay, QWidget *parent = nullptr);

    void setRelay(const chat::RelayInfo &relay);
    void setHandOver(const QString &sentence);
    void setTesting(bool testing);
    QString url() const { return m_url; }

Q_SIGNALS:
    void toggled();
    void testWanted(const QString &url);
    void removeWanted(const QString &url, const QString &name);

private:
    Parts m_parts;
    QString m_url;
    QString m_name;
    RelayLine *m_line;
    Card *m_details;
    Label *m_handOver;
    Button *m_test;
    Button *m_remove;
};

} // namespace tacet::ui
