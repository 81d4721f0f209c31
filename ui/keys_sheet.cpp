#include "ui/keys_sheet.h"

#include "ui/key_map.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace tacet::ui {
using namespace Qt::StringLiterals;

QWidget *makeKeyTable(Look &look, QWidget *parent)
{
    auto *table = new QWidget(parent);
    auto *grid = new QGridLayout(table);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(8);
    grid->setColumnStretch(0, 1);
    int row = 0;
    const auto add = [&](const QString &text, const QString &keys) {
        auto *what = new Label(look, TypeRole::Body, text, table);
        what->setWrapping(true);
        what->setAccessibleName(text + u": "_s + keys);
        auto *how = new Label(look, TypeRole::Label, QString(keys).replace(u'+', u"+\u200b"_s), table); // may break there
        how->setAccessibleName(keys);
        how->setTone(Tone::Secondary);
        how->setWrapping(true);
        grid->addWidget(what, row, 0);
        grid->addWidget(how, row, 1, Qt::AlignTrailing | Qt::AlignVCenter);
        ++row;
    };
    for (const KeyEntry &entry : keyMap())
        add(entry.text, entry.keys.toString(QKeySequence::NativeText));
    for (const KeyHint &hint : keyHints())
        add(hint.text, hint.keys);
    return table;
}

KeysSheet::KeysSheet(Look &look, QWidget &host) : Sheet(look, host, tr("Keyboard"), u"keysSheet"_s, 520)
{
    body()->addWidget(makeKeyTable(look, this));
    auto *close = new Button(look, ButtonKind::Secondary, tr("Close"), u"keysClose"_s, this);
    close->setDefault(true);
    connect(close, &Button::clicked, this, &KeysSheet::dismiss);
    foot()->addStretch();
    foot()->addWidget(close);
    setFirstFocus(close);
}

} // namespace tacet::ui
