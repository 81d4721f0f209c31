#include "ui/passphrase_field.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QSignalBlocker>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {

constexpr int kEye = 36;

/// Overwrites the buffer itself, which other QStrings may share: that is the point. A literal of the program is no
/// buffer (and not writable).
void overwrite(const QString &text)
{
    if (!text.isEmpty() && text.data_ptr().isMutable())
        sodium_memzero(const_cast<QChar *>(text.constData()), static_cast<std::size_t>(text.size()) * sizeof(QChar));
}

crypto::SecretBuffer utf8Of(const QString &text)
{
    const bool ascii = std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() < 0x80; });
    const QString composed = ascii ? QString() : text.normalized(QString::NormalizationForm_C);
    QByteArray bytes = (ascii ? text : composed).toUtf8();
    crypto::SecretBuffer secret(crypto::ByteView(
        reinterpret_cast<const std::uint8_t *>(bytes.constData()), static_cast<std::size_t>(bytes.size())));
    sodium_memzero(bytes.data(), static_cast<std::size_t>(bytes.size()));
    // normalized() answers the same buffer when nothing changes; then it is still the field's.
    if (!composed.isEmpty() && composed.constData() != text.constData())
        overwrite(composed);
    return secret;
}

/// Bit of X11's and Wayland's modifier mask (xkbcommon: "Lock" is always the second).
constexpr quint32 kLockMask = 2;

} // namespace

PassphraseField::PassphraseField(Look &look, const QString &name, const QString &objectName, QWidget *parent)
    : Field(look, name, objectName, parent)
    , m_eye(new IconButton(look, Icon::EyeOff, {}, objectName + u"Reveal"_s, this))
{
    setInputMethodHints(Qt::ImhSensitiveData | Qt::ImhNoPredictiveText | Qt::ImhNoAutoUppercase);
    setDragEnabled(false);
    m_eye->setSizes(20, kEye);
    m_eye->setCursor(Qt::PointingHandCursor);
    // Tab leads to the next field: who types on there without looking must not meet a button that shows what was typed. With
    // the keyboard it is in the field's menu.
    m_eye->setFocusPolicy(Qt::NoFocus);
    connect(m_eye, &IconButton::clicked, this, [this] { setRevealed(!isRevealed()); });
    setRevealed(false);
}

PassphraseField::~PassphraseField()
{
    const QSignalBlocker quiet(this); // whoever listened may be half gone
    wipe();
}

crypto::SecretBuffer PassphraseField::toSecret(QString &&text)
{
    crypto::SecretBuffer secret = utf8Of(text);
    overwrite(text);
    text.clear();
    return secret;
}

crypto::SecretBuffer PassphraseField::secret() const
{
    return utf8Of(text()); // text() shares the widget's own buffer, no copy is made
}

crypto::SecretBuffer PassphraseField::take()
{
    crypto::SecretBuffer result = secret();
    wipe();
    return result;
}

void PassphraseField::wipe()
{
    {
        const QString shared = text();
        overwrite(shared);
    }
    setText({}); // also empties the undo list
}

StrengthEstimate PassphraseField::strength(QStringView ownName) const
{
    return estimateStrength(text(), ownName);
}

void PassphraseField::setRevealed(bool on)
{
    setEchoMode(on ? QLineEdit::Normal : QLineEdit::Password);
    m_eye->setIconName(on ? Icon::Eye : Icon::EyeOff);
    m_eye->setName(on ? tr("Hide the passphrase") : tr("Show the passphrase"));
}

void PassphraseField::setTrailingRoom(int px)
{
    m_trailing = px;
    placeEye();
}

void PassphraseField::keyPressEvent(QKeyEvent *event)
{
    // A passphrase that is shown is still not for the clipboard.
    if (event->matches(QKeySequence::Copy) || event->matches(QKeySequence::Cut)) {
        event->accept();
        return;
    }
    if (event->nativeScanCode() != 0) { // from a real keyboard
        bool on = (event->nativeModifiers() & kLockMask) != 0;
        if (event->key() == Qt::Key_CapsLock)
            on = !on; // the mask is that of the moment before
        if (m_capsLock != on) {
            m_capsLock = on;
            Q_EMIT capsLockChanged();
        }
    }
    Field::keyPressEvent(event);
}

void PassphraseField::mouseReleaseEvent(QMouseEvent *event)
{
    // QLineEdit would copy a shown selection into X11's primary selection here.
    if (isRevealed())
        deselect();
    Field::mouseReleaseEvent(event);
}

void PassphraseField::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Paste"), this, &QLineEdit::paste)->setEnabled(!isReadOnly());
    menu->addAction(isRevealed() ? tr("Hide the passphrase") : tr("Show the passphrase"), this, [this] { setRevealed(!isRevealed()); });
    menu->popup(event->globalPos());
}

void PassphraseField::resizeEvent(QResizeEvent *event)
{
    Field::resizeEvent(event);
    placeEye();
}

void PassphraseField::changeEvent(QEvent *event)
{
    Field::changeEvent(event);
    if (event->type() == QEvent::LayoutDirectionChange)
        placeEye();
}

void PassphraseField::placeEye()
{
    const int inset = 6 + m_trailing;
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const int room = kEye + inset - 8;
    setTextMargins(mirrored ? room : 0, 0, mirrored ? 0 : room, 0);
    m_eye->setGeometry(mirrored ? inset : width() - inset - kEye, (height() - kEye) / 2, kEye, kEye);
}

} // namespace tacet::ui
