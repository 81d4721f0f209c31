#pragma once
// Tool tips show names that others chose (hosts, people): never as markup, whatever they look like.
class QString;
class QWidget;

namespace tacet::ui {

void setPlainToolTip(QWidget *widget, const QString &text);

} // namespace tacet::ui
