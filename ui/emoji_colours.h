#pragma once
// Emoji in a field of text have the colour font, also while they are being written.
#include "ui/look.h"

#include <QSyntaxHighlighter>

namespace tacet::ui {

class EmojiColours final : public QSyntaxHighlighter {
    Q_OBJECT

public:
    /// Belongs to the document; `look` outlives it.
    EmojiColours(const Look &look, QTextDocument *document) : QSyntaxHighlighter(document), m_look(look) { }

protected:
    void highlightBlock(const QString &text) override;

private:
    const Look &m_look;
};

} // namespace tacet::ui
