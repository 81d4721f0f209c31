#include "ui/group_grid.h"

#include <QFontMetrics>
#include <QStyle>

#include <algorithm>

namespace tacet::ui {

using namespace Qt::StringLiterals;

namespace {
constexpr int kColumnGap = 22;
} // namespace

GroupGrid::GroupGrid(Look &look, TypeRole role, int columns, const QString &objectName, QWidget *parent)
    : QWidget(parent)
    , m_look(look)
    , m_role(role)
    , m_columns(columns)
{
    setObjectName(objectName);
    setLayoutDirection(Qt::LeftToRight);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred); // Fixed would cut the rows beyond sizeHint()
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&look, &Look::changed, this, [this] {
        updateGeometry();
        place();
    });
}

QString GroupGrid::spokenGroup(const QString &group, qsizetype index, qsizetype count)
{
    QStringList letters;
    for (const QChar letter : group)
        letters.append(QString(letter));
    return tr("group %1 of %2: %3").arg(QString::number(index + 1), QString::number(count), letters.join(u' '));
}

void GroupGrid::setGroups(const QStringList &groups)
{
    qDeleteAll(m_labels);
    m_labels.clear();
    for (qsizetype i = 0; i < groups.size(); ++i) {
        auto *label = new Label(m_look, m_role, groups.at(i), this);
        label->setObjectName(u"%1%2"_s.arg(objectName()).arg(i + 1));
        label->setAccessibleName(spokenGroup(groups.at(i), i, groups.size()));
        label->setAlignment(Qt::AlignCenter);
        label->setVisible(true);
        m_labels.append(label);
    }
    setMarked(-1);
    updateGeometry();
    place();
}

void GroupGrid::setMarked(int index)
{
    m_marked = index;
    for (qsizetype i = 0; i < m_labels.size(); ++i)
        m_labels.at(i)->setTone(i == index ? Tone::Danger : Tone::Text);
}

void GroupGrid::setPixelSize(int px)
{
    m_pixelSize = px;
    updateGeometry();
    place();
}

QFont GroupGrid::groupFont() const
{
    QFont font = m_look.font(m_role);
    if (m_pixelSize > 0)
        font.setPixelSize(m_pixelSize);
    return font;
}

QSize GroupGrid::cell() const
{
    const QFontMetrics metrics(groupFont());
    int width = 1;
    for (const Label *label : m_labels)
        width = std::max(width, metrics.horizontalAdvance(label->text()));
    const int line = m_pixelSize > 0 ? m_pixelSize * 34 / 20 : m_look.line(m_role);
    return {width + 2, std::max(line, metrics.height())};
}

int GroupGrid::columnsFor(int width) const
{
    const int fit = (width + kColumnGap) / (cell().width() + kColumnGap);
    int columns = std::clamp(fit, 1, m_columns);
    // Rows of equal length are easier to read aloud.
    while (columns > 1 && m_labels.size() % columns != 0)
        --columns;
    return columns;
}

int GroupGrid::heightForWidth(int width) const
{
    const int columns = columnsFor(width);
    const auto rows = (static_cast<int>(m_labels.size()) + columns - 1) / columns;
    return rows * cell().height();
}

QSize GroupGrid::sizeHint() const
{
    const int width = m_columns * (cell().width() + kColumnGap) - kColumnGap;
    return {width, heightForWidth(width)};
}

QSize GroupGrid::minimumSizeHint() const
{
    return cell();
}

void GroupGrid::place()
{
    const QSize size = cell();
    const int columns = columnsFor(width());
    const QFont font = groupFont();
    for (qsizetype i = 0; i < m_labels.size(); ++i) {
        const int column = static_cast<int>(i) % columns;
        const int row = static_cast<int>(i) / columns;
        m_labels.at(i)->setFont(font);
        m_labels.at(i)->setMinimumHeight(0);
        m_labels.at(i)->setGeometry(
            column * (size.width() + kColumnGap), row * size.height(), size.width(), size.height());
    }
}

void GroupGrid::resizeEvent(QResizeEvent *)
{
    place();
}

} // namespace tacet::ui
