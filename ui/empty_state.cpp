#include "ui/empty_state.h"

#include "ui/paint.h"

#include <QPainter>
#include <QVBoxLayout>

namespace tacet::ui {
namespace {

constexpr int kStaffWidth = 160;
constexpr int kStaffHeight = 84;

} // namespace

EmptyState::EmptyState(Look &look, const QString &sentence, const QString &objectName, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_staff(new QWidget(this))
    , m_sentence(new Label(look, TypeRole::Body, sentence, this))
    , m_column(new QVBoxLayout(this))
{
    setObjectName(objectName);
    m_staff->setFixedSize(kStaffWidth, kStaffHeight);
    m_staff->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_sentence->setWrapping(true);
    m_sentence->setTone(Tone::Secondary);
    m_sentence->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_column->setContentsMargins(24, 24, 24, 24);
    m_column->setSpacing(12);
    m_column->addStretch(2);
    m_column->addWidget(m_staff, 0, Qt::AlignHCenter);
    m_column->addWidget(m_sentence);
    m_column->addStretch(3);
    connect(&look, &Look::changed, this, qOverload<>(&EmptyState::update));
}

void EmptyState::setSentence(const QString &sentence)
{
    m_sentence->setText(sentence);
}

Button *EmptyState::addButton(ButtonKind kind, const QString &text, const QString &objectName)
{
    auto *button = new Button(m_look, kind, text, objectName, this);
    m_column->insertWidget(m_column->count() - 1, button, 0, Qt::AlignHCenter);
    return button;
}

void EmptyState::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paintRest(painter, QRectF(m_staff->geometry()).center(), kStaffWidth, m_look.colour(Colour::Hairline),
        m_look.colour(Colour::BrassFill));
}

} // namespace tacet::ui
