#include "ui/avatar.h"

#include "ui/paint.h"
#include "ui/rich_runs.h"

#include <QPainter>
#include <QStringList>
#include <QTextBoundaryFinder>

namespace tacet::ui {
using namespace Qt::StringLiterals;
namespace {

constexpr qsizetype kNameLimit = 200;

/// The first grapheme that begins with a letter or a digit, or an emoji.
QString firstGrapheme(const QString &word)
{
    QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, word);
    qsizetype start = 0;
    for (qsizetype end = finder.toNextBoundary(); end > 0; end = finder.toNextBoundary()) {
        const QString grapheme = word.mid(start, end - start);
        char32_t c = grapheme.at(0).unicode();
        if (grapheme.size() > 1 && grapheme.at(0).isHighSurrogate())
            c = QChar::surrogateToUcs4(grapheme.at(0), grapheme.at(1));
        // A grapheme of many combining marks would climb out of the disc.
        if (QChar::isLetterOrNumber(c) || !emojiRuns(grapheme).empty())
            return grapheme.left(12);
        start = end;
    }
    return {};
}

bool takesOneGrapheme(const QString &grapheme)
{
    if (grapheme.isEmpty())
        return true;
    switch (grapheme.at(0).script()) {
    case QChar::Script_Han:
    case QChar::Script_Hiragana:
    case QChar::Script_Katakana:
    case QChar::Script_Hangul:
    case QChar::Script_Arabic:
    case QChar::Script_Hebrew:
    case QChar::Script_Syriac:
    case QChar::Script_Thaana: return true;
    default: return grapheme.at(0).isHighSurrogate();
    }
}

} // namespace

QString initials(QStringView name)
{
    QString plain;
    for (const QChar c : name.left(kNameLimit)) {
        if (!isDirectionOverride(c.unicode()))
            plain.append(c);
    }
    QStringList found;
    for (const QString &word : plain.simplified().split(u' ', Qt::SkipEmptyParts)) {
        const QString grapheme = firstGrapheme(word);
        if (!grapheme.isEmpty())
            found.append(grapheme);
    }
    if (found.isEmpty())
        return u"?"_s;
    if (found.size() == 1 || takesOneGrapheme(found.first()))
        return found.first().toUpper();
    return (found.first() + found.last()).toUpper();
}

void paintAvatar(QPainter &painter, const QRectF &box, QStringView name, int colour, const Look &look)
{
    fillRounded(painter, box, box.width() / 2, look.identityFill(colour));
    QFont font = look.font(TypeRole::Strong);
    font.setPixelSize(qMax(8, qRound(box.width() * 0.36))); // the disc does not grow with the text, so nor do they
    painter.setPen(Qt::white);
    const QString letters = initials(name);
    if (!emojiRuns(letters).empty() && !look.fonts().emojiFamily().isEmpty())
        font.setFamily(look.fonts().emojiFamily());
    painter.setFont(font);
    painter.drawText(box, Qt::AlignCenter, letters);
}

Avatar::Avatar(Look &look, int side, QWidget *parent) : QWidget(parent), m_look(look), m_side(side)
{
    setFixedSize(side, side);
    connect(&look, &Look::changed, this, qOverload<>(&Avatar::update));
}

void Avatar::setPerson(const QString &name, int colour)
{
    m_name = name;
    m_colour = colour;
    update();
}

void Avatar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintAvatar(painter, rect(), m_name, m_colour, m_look);
}

} // namespace tacet::ui
