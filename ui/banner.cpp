#include "ui/banner.h"

#include "ui/accessible_role.h"
#include "ui/announce.h"
#include "ui/button_row.h"
#include "ui/labels.h"
#include "ui/paint.h"

#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace tacet::ui {
using namespace Qt::StringLiterals;
namespace {

constexpr int kIcon = 20;
constexpr int kIconX = 18;
constexpr int kTextX = 48;

} // namespace

/// Two sentences in one paragraph, the first in semi-bold.
class BannerText final : public QWidget {
public:
    BannerText(Look &look, QWidget *parent) : QWidget(parent), m_look(look)
    {
        QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
        policy.setHeightForWidth(true);
        setSizePolicy(policy);
        connect(&look, &Look::changed, this, [this] {
            updateGeometry();
            update();
        });
    }

    void setSentences(const QString &first, const QString &rest)
    {
        m_first = first;
        m_rest = rest;
        updateGeometry();
        update();
    }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return static_cast<int>(std::ceil(block(width).size().height())); }
    QSize sizeHint() const override { return {320, heightForWidth(320)}; }
    QSize minimumSizeHint() const override { return {120, m_look.line(TypeRole::Small)}; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        TextBlock text = block(width());
        text.widenTo(width());
        text.draw(
            painter, {0, 0}, m_look.colour(Colour::Text), m_look.colour(Colour::CodeBg), m_look.colour(Colour::Brass));
    }

private:
    TextBlock block(int width) const
    {
        RichStyle style = richStyle(m_look, Lines::Join);
        style.ownWords = true;
        RichText rich = richText(QString(m_first + u' ' + m_rest), style);
        QTextLayout::FormatRange strong;
        strong.start = 0;
        strong.length = static_cast<int>(m_first.size());
        strong.format.setFontWeight(QFont::DemiBold);
        rich.formats.prepend(strong);
        TextBlockStyle lines = blockStyle(m_look, TypeRole::Small, layoutDirection());
        lines.linePitch = m_look.scaled(19);
        lines.alignByText = false;
        return TextBlock(rich, lines, std::max(1, width));
    }

    Look &m_look;
    QString m_first;
    QString m_rest;
};

Banner::Banner(Look &look, Icon icon, const QString &objectName, QWidget *parent)
    : QFrame(parent)
    , m_look(look)
    , m_icon(icon)
    , m_text(new BannerText(look, this))
    , m_acts(new ButtonRow(this))
{
    setObjectName(objectName);
    setAccessibleRole(this, QAccessible::AlertMessage);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(directedMargins(this, kTextX, 12, 20, 12));
    column->setSpacing(10);
    column->addWidget(m_text);
    m_acts->hide();
    column->addWidget(m_acts);
    hide();
    connect(&look, &Look::changed, this, qOverload<>(&Banner::update));
}

void Banner::setSentences(const QString &first, const QString &rest)
{
    const QString both = first + u' ' + rest;
    m_said = m_said && accessibleName() == both; // another chat's, or yet another key
    m_text->setSentences(first, rest);
    setAccessibleName(both);
    updateGeometry();
}

Button *Banner::addAct(ButtonKind kind, const QString &text, const QString &objectName)
{
    auto *button = new Button(m_look, kind, text, objectName, m_acts, ButtonSize::Small);
    m_acts->addLeading(button);
    m_acts->show();
    return button;
}

void Banner::appear()
{
    if (isVisibleTo(parentWidget()) && m_said)
        return;
    show();
    m_said = true;
    announce(*this, accessibleName());
}

void Banner::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_look.colour(Colour::BrassTint));
    painter.fillRect(QRect(0, height() - 1, width(), 1), m_look.colour(Colour::Hairline));
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const QRectF box(mirrored ? width() - kIconX - kIcon : kIconX, 12, kIcon, m_look.scaled(19));
    m_look.paintIcon(painter, box, m_icon, kIcon, Colour::Brass, layoutDirection());
}

} // namespace tacet::ui
