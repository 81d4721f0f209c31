#include "ui/onboarding_art.h"

#include "ui/avatar.h"
#include "ui/labels.h"
#include "ui/metrics.h"
#include "ui/paint.h"
#include "ui/text_block.h"

#include <QFontMetrics>
#include <QPainter>
#include <QStyle>
#include <QSvgRenderer>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr qreal kLineGap = 52; ///< between staff lines
constexpr int kMargin = 56;
/// Of no meaning yet: the real colour follows from the identity key, which is made afterwards.
constexpr int kPreviewColour = 8;

/// A bubble with a tail at the lower left or right, `box` without the tail.
QPainterPath bubble(const QRectF &box, bool tailRight)
{
    QPainterPath body;
    body.addRoundedRect(box, 26, 26);
    const qreal edge = tailRight ? box.right() - 18 : box.left() + 18;
    const qreal inner = tailRight ? edge - 26 : edge + 26;
    QPainterPath tail;
    tail.moveTo(inner, box.bottom() - 1);
    tail.lineTo(edge, box.bottom() + 24);
    tail.lineTo(edge, box.bottom() - 12);
    tail.closeSubpath();
    return body.united(tail); // whichever way round the tail was drawn
}

} // namespace

OnboardingArt::OnboardingArt(Look &look, QWidget *parent) : QWidget(parent), m_look(look)
{
    setObjectName(u"onboardingArt"_s);
    connect(&look, &Look::changed, this, qOverload<>(&OnboardingArt::update));
}

void OnboardingArt::showScore()
{
    m_preview = false;
    update();
}

void OnboardingArt::showPreview(const QString &name)
{
    m_preview = true;
    m_name = name;
    update();
}

void OnboardingArt::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const ArtColours &art = m_look.art();
    painter.fillRect(rect(), art.panel);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_preview ? art.staffQuiet : art.staff);
    const qreal top = std::round(height() / 2.0 - 2 * kLineGap);
    for (int line = 0; line < 5; ++line)
        painter.drawRect(QRectF(0, top + line * kLineGap - 1, width(), 2));

    // The mark in white: bubble, line and rest as in the app icon, 40 px.
    QSvgRenderer mark(QByteArray("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'>"
                                 "<path fill='#FFFFFF' d='M20 4h24a16 16 0 0 1 16 16v14a16 16 0 0 1-16 16H32L19.3 60.3A2 2 0 0 "
                                 "1 16 58.7V49.48A16 16 0 0 1 4 34V20A16 16 0 0 1 20 4z'/>"
                                 "<path fill='REST' d='M20 24h24v10a2 2 0 0 1-2 2H22a2 2 0 0 1-2-2z'/>"
                                 "<rect fill='PANEL' x='12' y='20' width='40' height='4'/></svg>")
                          .replace("REST", art.rest.name().toLatin1())
                          .replace("PANEL", art.panel.name().toLatin1()));
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    mark.render(&painter, QRectF(mirrored ? width() - kMargin - 44 : kMargin, 52, 44, 44));

    if (m_preview)
        paintPreview(painter);
    else
        paintScore(painter);
}

void OnboardingArt::paintScore(QPainter &painter) const
{
    const ArtColours &art = m_look.art();
    const qreal top = std::round(height() / 2.0 - 2 * kLineGap);
    const qreal scale = width() / 560.0;
    const auto line = [top](int index) { return top + index * kLineGap; };
    painter.setPen(Qt::NoPen);
    painter.setBrush(art.staff);
    painter.drawRect(QRectF(348 * scale, line(0), 2, 4 * kLineGap)); // bar line

    const auto voice = [&](const QRectF &box, bool tailRight, const QColor &fill, const QColor &ink, qreal first, qreal second) {
        painter.setBrush(fill);
        painter.drawPath(bubble(box, tailRight));
        fillRounded(painter, QRectF(box.left() + 24, box.top() + 17, first, 7), 3.5, ink);
        fillRounded(painter, QRectF(box.left() + 24, box.top() + 32, second, 7), 3.5, ink);
    };
    voice(QRectF(150 * scale, line(1) - 28, 150, 56), true, Qt::white, art.textQuiet, 102, 70);
    voice(QRectF(56 * scale, line(3) - 28, 128, 56), false, art.text, art.staff, 80, 52);

    const QRectF ledger(396 * scale, line(1) - 4, 116, 7);
    fillRounded(painter, ledger, 3.5, Qt::white);
    painter.setBrush(art.rest);
    painter.drawPath(roundedPath(QRectF(ledger.center().x() - 34, line(1) + 2, 68, 34), {0, 0, 7, 7}));

    const int textLine = m_look.line(TypeRole::Small);
    const QRect words(kMargin, height() - kMargin - 2 * textLine, width() - 2 * kMargin, textLine);
    const Qt::Alignment side = QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft);
    QFont strong = m_look.font(TypeRole::Label);
    strong.setWeight(QFont::DemiBold);
    painter.setFont(strong);
    painter.setPen(Qt::white);
    const QString name = u"Tacet"_s;
    painter.drawText(words, static_cast<int>(side | Qt::AlignVCenter), name);
    const int shift = QFontMetrics(strong).horizontalAdvance(name) + 5;
    painter.setFont(m_look.font(TypeRole::Small));
    painter.setPen(art.textQuiet);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    painter.drawText(words.adjusted(mirrored ? 0 : shift, 0, mirrored ? -shift : 0, 0),
        static_cast<int>(side | Qt::AlignVCenter), u"/ˈtæsɪt/"_s);
    painter.setPen(art.text);
    painter.drawText(words.translated(0, textLine + 2), static_cast<int>(side | Qt::AlignVCenter),
        tr("In a score: the player stays silent for this part."));
}

void OnboardingArt::paintPreview(QPainter &painter) const
{
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const QFontMetrics body(m_look.font(TypeRole::Body));
    const int header = std::max(64, m_look.line(TypeRole::Header) + m_look.line(TypeRole::Small) + 24);
    const int bubbleHeight = m_look.line(TypeRole::Body) + 15;
    const QRectF card(0, 0, std::min(400, width() - 64), header + 24 + 2 * bubbleHeight + 2 + 16);
    painter.save();
    painter.translate((width() - card.width()) / 2, std::round(height() / 2.0 - 100));

    painter.setClipPath(roundedPath(card, {16, 16, 16, 16}));
    painter.fillRect(card, m_look.colour(Colour::Canvas));
    painter.fillRect(QRectF(0, 0, card.width(), header), m_look.colour(Colour::Surface));
    painter.fillRect(QRectF(0, header, card.width(), 1), m_look.colour(Colour::Hairline));

    const auto visual = [&](const QRectF &box) {
        return mirrored ? QRectF(card.width() - box.right(), box.top(), box.width(), box.height()) : box;
    };
    const QString shown = m_name.trimmed().isEmpty() ? tr("Your name") : m_name;
    paintAvatar(painter, visual({16, (header - 40) / 2.0, 40, 40}), shown, kPreviewColour, m_look);

    TextBlockStyle style = blockStyle(m_look, TypeRole::Header, layoutDirection());
    style.maxLines = 1;
    style.alignByText = false;
    const qreal room = card.width() - 68 - 16;
    const TextBlock name(richText(QStringView(shown).left(200), richStyle(m_look, Lines::Join)), style, room);
    const qreal nameTop = (header - m_look.line(TypeRole::Header) - m_look.line(TypeRole::Small)) / 2.0;
    const QRectF nameBox = visual({68, nameTop, name.size().width(), name.size().height()});
    name.draw(painter, nameBox.topLeft(), m_look.colour(m_name.trimmed().isEmpty() ? Colour::TextMuted : Colour::Text),
        m_look.colour(Colour::BrassTint), m_look.colour(Colour::Brass));
    painter.setFont(m_look.font(TypeRole::Small));
    painter.setPen(m_look.colour(Colour::TextSecondary));
    const Qt::Alignment side = QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft);
    painter.drawText(visual({68, nameTop + m_look.line(TypeRole::Header), room, double(m_look.line(TypeRole::Small))}),
        static_cast<int>(side | Qt::AlignVCenter), tr("Not verified yet"));

    qreal y = header + 24;
    const QStringList lines{tr("It’s me, on Tacet 👋"), tr("Shall we compare numbers on the phone?")};
    for (qsizetype i = 0; i < lines.size(); ++i) {
        TextBlockStyle words = blockStyle(m_look, TypeRole::Body, layoutDirection());
        words.maxLines = 1;
        const TextBlock block(richText(lines.at(i), richStyle(m_look, Lines::Join)), words, card.width() - 60);
        const QRectF box = visual({14, y, block.size().width() + 24, double(bubbleHeight)});
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_look.colour(Colour::BubbleIn));
        const qreal start = i == 0 ? 16 : 6;
        const qreal end = i == 0 ? 6 : 4;
        painter.drawPath(mirrored ? roundedPath(box, {16, start, end, 16}) : roundedPath(box, {start, 16, 16, end}));
        block.draw(painter, box.topLeft() + QPointF(12, 8), m_look.colour(Colour::Text), m_look.colour(Colour::BrassTint),
            m_look.colour(Colour::Brass));
        y += bubbleHeight + 2;
    }
    painter.restore();

    painter.setFont(m_look.font(TypeRole::Small));
    painter.setPen(m_look.art().text);
    const qreal below = std::round(height() / 2.0 - 100) + card.height() + 46;
    painter.drawText(QRectF(24, below, width() - 48, 2.0 * m_look.line(TypeRole::Small)),
        static_cast<int>(Qt::AlignHCenter) | Qt::TextWordWrap, tr("What a friend sees after opening your invitation"));
}

} // namespace tacet::ui
