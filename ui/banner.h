#pragma once
// Something that needs an act, under the chat's header: it stays until the act is done.
#include "ui/buttons.h"
#include "ui/look.h"
#include "ui/text_block.h"

#include <QFrame>

namespace tacet::ui {

class BannerText;
class ButtonRow;

class Banner final : public QFrame {
    Q_OBJECT

public:
    Banner(Look &look, Icon icon, const QString &objectName, QWidget *parent = nullptr);

    /// The first sentence stands out. Names in both are isolated already (isolatedName).
    void setSentences(const QString &first, const QString &rest);
    Button *addAct(ButtonKind kind, const QString &text, const QString &objectName);
    /// Shows it and says it to assistive technology: once, and once more for other sentences.
    void appear();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look &m_look;
    Icon m_icon;
    BannerText *m_text;
    ButtonRow *m_acts;
    bool m_said = false; ///< these very sentences
};

} // namespace tacet::ui
