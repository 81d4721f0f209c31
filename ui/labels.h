#pragma once
// Two kinds of label: Label for the program's own sentences, OutsideLabel for text that came from
// somebody else. Neither ever reads markup.
#include "ui/look.h"
#include "ui/text_block.h"

#include <QLabel>
#include <QTextLayout>
#include <QWidget>

namespace tacet::ui {

/// Which of the text colours; see QLabel[tone=…] in theme.qss.
enum class Tone { Text, Secondary, Muted, Accent, Verified, Brass, Danger };

/// The program's own words, plain text, in one of the roles of the type scale. A name inside a
/// sentence goes through isolatedName() first.
class Label : public QLabel {
    Q_OBJECT

public:
    Label(Look &look, TypeRole role, const QString &text = {}, QWidget *parent = nullptr);

    void setTone(Tone tone);
    void setRole(TypeRole role);
    /// Wraps; the height follows the width. A word that no line holds (an onion address) is broken.
    void setWrapping(bool on);
    /// Makes the text selectable by mouse and keyboard (facts that people copy).
    void setSelectable(bool on);

    QSize minimumSizeHint() const override;
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void restyle();
    bool breaksWords() const;
    qreal breakLines(QTextLayout &layout, int width) const;

    Look &m_look;
    TypeRole m_role;
};

/// A name, a title or a sentence from outside, painted by rich_runs: colour emoji, boxed direction
/// overrides. One line with an ellipsis, or wrapped to at most `maxLines`.
class OutsideLabel : public QWidget {
    Q_OBJECT

public:
    OutsideLabel(Look &look, TypeRole role, const QString &text = {}, QWidget *parent = nullptr);

    QString text() const { return m_text; }
    void setText(const QString &text);
    void setColour(Colour colour);
    void setMaxLines(int lines);
    /// Where the lines stand when they are narrower than the label (default: the leading side).
    void setCentred(bool on);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return m_maxLines != 1; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    TextBlock laidOut(qreal width) const;
    void relayout();

    Look &m_look;
    TypeRole m_role;
    QString m_text;
    Colour m_colour = Colour::Text;
    int m_maxLines = 1;
    bool m_centred = false;
    TextBlock m_block;
};

/// The style in which text from outside is prepared with this Look. `links` marks web addresses in that colour.
RichStyle richStyle(const Look &look, Lines lines);
RichStyle richStyle(const Look &look, Lines lines, Colour links);
/// Line pitch and font for outside text of a role.
TextBlockStyle blockStyle(const Look &look, TypeRole role, Qt::LayoutDirection fallback);

} // namespace tacet::ui
