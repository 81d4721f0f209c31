#include "ui/tool_tip.h"

#include <QTextDocument>
#include <QWidget>

namespace tacet::ui {

void setPlainToolTip(QWidget *widget, const QString &text)
{
    // Qt guesses from the text itself; what it would take for markup is handed over as markup that shows the text.
    widget->setToolTip(Qt::mightBeRichText(text) ? Qt::convertFromPlainText(text) : text);
}

} // namespace tacet::ui
