#include "ui/composer.h"

#include "ui/button_row.h"
#include "ui/emoji_colours.h"
#include "ui/metrics.h"
#include "ui/paint.h"
#include "ui/rich_runs.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMimeData>
#include <QPainter>
#include <QTextDocument>
#include <QVBoxLayout>

#include <algorithm>

namespace tacet::ui {
using namespace Qt::StringLiterals;
namespace {

constexpr int kButton = 40;
constexpr int kFieldPadX = 14;
constexpr int kBlockedIcon = 20;

/// A document's text as people mean it.
QString withLineBreaks(QString raw)
{
    return raw.replace(QChar::ParagraphSeparator, u'\n').replace(QChar::LineSeparator, u'\n');
}

} // namespace

// ---- ComposerEdit

ComposerEdit::ComposerEdit(Look &look, QWidget *parent) : QPlainTextEdit(parent), m_look(look)
{
    setObjectName(u"composerField"_s);
    setAccessibleName(tr("Message"));
    setPlaceholderText(tr("Message"));
    setProperty("plain", true);
    setTabChangesFocus(true);
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    document()->setDocumentMargin(0);
    new EmojiColours(look, document());
    connect(&look, &Look::changed, this, &ComposerEdit::restyle);
    restyle();
}

void ComposerEdit::restyle()
{
    setFont(m_look.font(TypeRole::Body));
}

QString ComposerEdit::words() const
{
    return withLineBreaks(document()->toRawText());
}

int ComposerEdit::wantedHeight() const
{
    const int line = std::max(1, static_cast<int>(std::ceil(QFontMetricsF(font()).lineSpacing())));
    // QPlainTextEdit counts its document's height in lines.
    const int lines = std::clamp(static_cast<int>(document()->size().height()), 1, kComposerMaxLines);
    return lines * line + 2;
}

void ComposerEdit::keyPressEvent(QKeyEvent *event)
{
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter) {
        const bool control = event->modifiers() & Qt::ControlModifier;
        const bool shift = event->modifiers() & Qt::ShiftModifier;
        if (control || (!m_sendWithCtrlEnter && !shift)) {
            Q_EMIT sendRequested();
            return;
        }
        // A line break as other programs write it; Qt's own for Shift+Enter is U+2028.
        insertPlainText(u"\n"_s);
        ensureCursorVisible();
        return;
    }
    if (event->key() == Qt::Key_PageUp || event->key() == Qt::Key_PageDown) {
        Q_EMIT pageRequested(event->key() == Qt::Key_PageUp ? -1 : 1);
        return;
    }
    if (event->key() == Qt::Key_Escape) {
        event->ignore();
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

bool ComposerEdit::canInsertFromMimeData(const QMimeData *source) const
{
    return source->hasText();
}

void ComposerEdit::insertFromMimeData(const QMimeData *source)
{
    if (!source->hasText())
        return;
    const QString text = source->text();
    // Counting four megabytes is quick; laying them out is not.
    const qsizetype bytes = text.size() > kComposerMaxBytes ? text.size() : text.toUtf8().size();
    const qsizetype already = words().toUtf8().size();
    const qsizetype replaced = withLineBreaks(textCursor().selectedText()).toUtf8().size();
    if (bytes + already - replaced > kComposerMaxBytes) {
        Q_EMIT pasteRefused(text.toUtf8().size());
        return;
    }
    insertPlainText(text);
    ensureCursorVisible();
}

// ---- Composer

Composer::Composer(Look &look, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_field(new QWidget(this))
    , m_edit(new ComposerEdit(look, m_field))
    , m_send(new IconButton(look, Icon::Send, tr("Send"), u"send"_s, this))
    , m_blocked(new QWidget(this))
    , m_blockedRow(new QHBoxLayout(m_blocked))
    , m_blockedIconBox(new QWidget(m_blocked))
    , m_blockedText(new Label(look, TypeRole::Small, {}, m_blocked))
{
    setObjectName(u"composer"_s);
    setAccessibleName(tr("Write a message"));

    auto *row = new QHBoxLayout(m_field);
    row->setContentsMargins(12, 10, 12, 10);
    row->setSpacing(8 + kFieldPadX);
    row->addWidget(m_edit, 1);
    row->addWidget(m_send, 0, Qt::AlignBottom);
    m_send->setSizes(22, kButton);
    m_send->setFilled(true);
    m_send->setShortcutText(QKeySequence(Qt::Key_Return));

    m_blockedIconBox->setFixedSize(kBlockedIcon, kBlockedIcon);
    m_blockedRow->setContentsMargins(directedMargins(this, 16, 10, 12, 10));
    m_blockedRow->setSpacing(12);
    m_blockedRow->addWidget(m_blockedIconBox);
    m_blockedRow->addWidget(m_blockedText, 1);
    m_blockedActRow = new ButtonRow(m_blocked);
    m_blockedRow->addWidget(m_blockedActRow);
    m_blockedText->setWrapping(true);
    m_blockedText->setTone(Tone::Secondary);
    m_blocked->hide();

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 1, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_field);
    column->addWidget(m_blocked);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum);

    connect(m_edit, &ComposerEdit::textChanged, this, [this] {
        grow();
        m_send->setEnabled(!m_edit->toPlainText().trimmed().isEmpty());
        if (!m_setting)
            Q_EMIT textEdited();
    });
    connect(m_edit, &ComposerEdit::sendRequested, this, &Composer::send);
    connect(m_edit, &ComposerEdit::pasteRefused, this, &Composer::pasteRefused);
    connect(m_edit, &ComposerEdit::pageRequested, this, &Composer::pageRequested);
    connect(m_send, &IconButton::clicked, this, &Composer::send);
    connect(
        m_edit->document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this, &Composer::grow);
    connect(&look, &Look::changed, this, [this] {
        grow();
        update();
    });
    m_send->setEnabled(false);
    grow();
}

void Composer::grow()
{
    const int line = m_edit->wantedHeight();
    const int padding = std::max(8, (kButton - QFontMetrics(m_edit->font()).lineSpacing()) / 2);
    m_edit->setFixedHeight(line);
    auto *row = static_cast<QHBoxLayout *>(m_field->layout());
    row->setContentsMargins(directedMargins(this, 12 + kFieldPadX, 10, 12, 10));
    m_edit->setContentsMargins(0, 0, 0, 0);
    const int height = std::max(kButton, line + 2 * padding - 2);
    m_field->setFixedHeight(height + 20);
    updateGeometry();
    update();
}

void Composer::setText(const QString &text)
{
    m_setting = true;
    m_edit->setPlainText(text);
    m_edit->moveCursor(QTextCursor::End);
    m_setting = false;
}

void Composer::type(const QString &letters)
{
    if (isBlocked())
        return;
    takeFocus();
    m_edit->insertPlainText(letters);
}

void Composer::send()
{
    const QString words = text();
    if (words.trimmed().isEmpty())
        return;
    takeFocus(); // a button that was clicked is about to be disabled, and the next words belong here
    Q_EMIT sendRequested(words);
}

void Composer::setRecipient(const QString &name)
{
    const QString words = name.isEmpty() ? tr("Message") : tr("Message to %1").arg(visibleLine(name));
    if (m_edit->accessibleName() != words)
        m_edit->setAccessibleName(words);
}

void Composer::showBlocked(Icon icon, const QString &sentence)
{
    m_blockedIcon = icon;
    m_blockedText->setText(sentence);
    // Who was typing, or pressed what stood here, goes on for a moment: no key of theirs presses anything else.
    if (isAncestorOf(window()->focusWidget()))
        setFocus(Qt::OtherFocusReason);
    auto *fresh = new ButtonRow(m_blocked);
    delete m_blockedRow->replaceWidget(m_blockedActRow, fresh);
    m_blockedActRow->hide();
    m_blockedActRow->deleteLater(); // one of its buttons may be the one that was pressed
    m_blockedActRow = fresh;
    m_field->hide();
    m_blocked->show();
    update();
}

Button *Composer::addBlockedAct(ButtonKind kind, const QString &text, const QString &objectName)
{
    auto *button = new Button(m_look, kind, text, objectName, m_blockedActRow);
    m_blockedActRow->add(button);
    return button;
}

void Composer::showField()
{
    const bool here = isAncestorOf(window()->focusWidget());
    m_blocked->hide();
    m_blockedText->setText({}); // it may hold a name
    m_field->show();
    if (here)
        takeFocus();
    update();
}

void Composer::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_look.colour(Colour::List));
    painter.fillRect(QRect(0, 0, width(), 1), m_look.colour(Colour::Hairline));
    if (isBlocked()) {
        const QRect box(m_blockedIconBox->mapTo(this, QPoint(0, 0)), m_blockedIconBox->size());
        m_look.paintIcon(painter, box, m_blockedIcon, kBlockedIcon, Colour::Brass, layoutDirection());
        return;
    }
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const int taken = 12 + kButton + 8;
    const QRectF field(mirrored ? taken : 12, m_field->y() + 10, width() - 12 - taken, m_field->height() - 20);
    fillRounded(painter, field, metrics::kRadiusRow, m_look.colour(Colour::Field));
    if (m_look.highContrast())
        strokeRounded(painter, field, metrics::kRadiusRow, m_look.colour(Colour::Outline), 1);
    if (m_look.showsFocus(m_edit))
        paintFocusRing(painter, field, metrics::kRadiusRow, m_look);
}

} // namespace tacet::ui
