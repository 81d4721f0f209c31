#pragma once
// The one place where a secret passes through a QString, because QLineEdit holds one. It is turned into a SecretBuffer
// at once when asked for, and what QLineEdit kept is overwritten as far as Qt allows: the text itself is; single
// letters in its undo list and in an input method's own memory are not within reach.
#include "crypto/secret.h"
#include "ui/controls.h"
#include "ui/passphrase_strength.h"

#include <optional>

namespace tacet::ui {

class PassphraseField : public Field {
    Q_OBJECT

public:
    PassphraseField(Look &look, const QString &name, const QString &objectName, QWidget *parent = nullptr);
    ~PassphraseField() override;

    /// UTF-8, normalised to NFC so that every keyboard's "é" is the same; the field keeps its text.
    crypto::SecretBuffer secret() const;
    /// secret(), and the field is empty afterwards.
    crypto::SecretBuffer take();
    void wipe();
    StrengthEstimate strength(QStringView ownName = {}) const;

    bool isRevealed() const { return echoMode() == QLineEdit::Normal; }
    void setRevealed(bool on);
    /// Room for another button at the trailing end, after the eye.
    void setTrailingRoom(int px);
    /// Known only after a key was pressed here: Qt cannot ask the keyboard.
    std::optional<bool> capsLock() const { return m_capsLock; }

    /// Secrets from elsewhere that must be in a QString for a moment (a recovery code that is typed in groups).
    static crypto::SecretBuffer toSecret(QString &&text);

Q_SIGNALS:
    void capsLockChanged();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void placeEye();

    IconButton *m_eye;
    int m_trailing = 0;
    std::optional<bool> m_capsLock;
};

} // namespace tacet::ui
