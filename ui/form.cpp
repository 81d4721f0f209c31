#include "ui/form.h"

#include "ui/announce.h"
#include "ui/paint.h"

#include <QBoxLayout>
#include <QPainter>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int kSign = 18;
constexpr int kAsideBelow = 150; ///< per cent of text size from which an aside stands below its label
} // namespace

void addField(QVBoxLayout &column, Look &look, const QString &label, QWidget *field, const QString &aside)
{
    QWidget *parent = column.parentWidget();
    // Beside the label there is room for the aside at usual sizes; large text puts it below.
    const bool below = look.scaled(100) > kAsideBelow;
    auto *line = new QBoxLayout(below ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    line->setSpacing(below ? 0 : 6);
    auto *name = new Label(look, TypeRole::Label, label, parent);
    name->setBuddy(field);
    name->setWrapping(below);
    line->addWidget(name);
    if (!aside.isEmpty()) {
        auto *quiet = new Label(look, TypeRole::Small, aside, parent);
        quiet->setTone(Tone::Secondary);
        quiet->setWrapping(true);
        line->addWidget(quiet, 1);
        field->setAccessibleDescription(aside);
    } else {
        line->addStretch(1);
    }
    auto *block = new QVBoxLayout;
    block->setSpacing(6);
    block->addLayout(line);
    block->addWidget(field);
    column.addLayout(block);
}

Label *addHelp(QVBoxLayout &column, Look &look, const QString &text)
{
    auto *help = new Label(look, TypeRole::Small, text, column.parentWidget());
    help->setTone(Tone::Secondary);
    help->setWrapping(true);
    column.addWidget(help);
    return help;
}

Problem::Problem(Look &look, const QString &objectName, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_text(new Label(look, TypeRole::Small, {}, this))
{
    setObjectName(objectName);
    m_text->setTone(Tone::Danger);
    m_text->setWrapping(true);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(directedMargins(this, kSign + 8, 0, 0, 0));
    row->addWidget(m_text);
    setVisible(false);
}

void Problem::say(const QString &text)
{
    sayQuietly(text);
    announce(*this, text);
}

void Problem::sayQuietly(const QString &text)
{
    m_text->setText(text);
    setAccessibleName(text);
    setVisible(!text.isEmpty());
}

void Problem::clear()
{
    say({});
}

void Problem::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QRectF box(layoutDirection() == Qt::RightToLeft ? width() - kSign : 0, 0, kSign, m_look.line(TypeRole::Small));
    m_look.paintIcon(painter, box, Icon::Alert, kSign, Colour::Danger, layoutDirection());
}

} // namespace tacet::ui
