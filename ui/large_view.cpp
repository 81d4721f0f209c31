#include "ui/large_view.h"

#include "ui/group_grid.h"
#include "ui/qr_view.h"

#include <QVBoxLayout>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int kAlmostAll = 4096; ///< wider than any window: the sheet takes what there is
constexpr int kDigits = 44;
constexpr int kAround = 150; ///< title and margins
} // namespace

LargeView::LargeView(Look &look, QWidget &host, const QString &title, const QrCode &code, const QString &name)
    : Sheet(look, host, title, u"largeView"_s, kAlmostAll)
{
    setBodyFilling();
    auto *view = new QrView(look, 228, name, u"largeCode"_s, this);
    view->setCode(code);
    view->setFilling(true);
    view->setMinimumHeight(std::max(200, host.height() - kAround));
    body()->addWidget(view, 1);
}

LargeView::LargeView(Look &look, QWidget &host, const QString &title, const QStringList &groups)
    : Sheet(look, host, title, u"largeView"_s, kAlmostAll)
{
    setBodyFilling();
    auto *grid = new GroupGrid(look, TypeRole::Number, 4, u"largeGroup"_s, this);
    grid->setPixelSize(std::max(kDigits, look.scaled(kDigits)));
    grid->setGroups(groups);
    body()->addStretch(1);
    body()->addWidget(grid, 0, Qt::AlignHCenter);
    body()->addStretch(1);
}

} // namespace tacet::ui
