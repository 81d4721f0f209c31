#include "ui/emoji_colours.h"

#include "ui/rich_runs.h"

namespace tacet::ui {

void EmojiColours::highlightBlock(const QString &text)
{
    if (m_look.fonts().emojiFamily().isEmpty())
        return;
    QTextCharFormat format;
    format.setFontFamilies({m_look.fonts().emojiFamily()});
    for (const TextSpan &run : emojiRuns(text))
        setFormat(static_cast<int>(run.start), static_cast<int>(run.length), format);
}

} // namespace tacet::ui
