#include "ui/query/query_model.h"

#include "ui/document/qt_text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/widgets/themed_label.h"

#include <algorithm>
#include <numeric>

namespace sluice {

namespace {
constexpr int kMostRows = 2'000'000; // a view counts in int
constexpr qsizetype kLongText = 300; // more of a value is in its tooltip
} // namespace

void QueryModel::setTable(QueryTable table)
{
    beginResetModel();
    m_table = std::move(table);
    m_order.clear();
    endResetModel();
}

int QueryModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(std::min<std::size_t>(m_table.rows(), kMostRows));
}

int QueryModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_table.schema.columns.size());
}

QVariant QueryModel::data(const QModelIndex &index, int role) const
{
    const auto shown = std::size_t(index.row());
    const std::size_t row = m_order.empty() ? shown : m_order[shown];
    const auto column = std::size_t(index.column());
    switch (role) {
    case Qt::DisplayRole:
        if (m_table.isNull(row, column))
            return QStringLiteral("null");
        return visibleText(m_table.text(row, column).left(kLongText));
    case Qt::ToolTipRole: {
        const QString text = m_table.text(row, column);
        return text.size() > 24 ? text.left(4000).toHtmlEscaped() : QString();
    }
    case Qt::TextAlignmentRole: {
        const bool number = isNumberType(m_table.schema.columns[column].type);
        return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    case Qt::FontRole:
        return codeFont();
    case Qt::ForegroundRole:
        return m_table.isNull(row, column) ? theme().textHint : theme().text;
    default:
        return {};
    }
}

QVariant QueryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return {};
    const SchemaColumn &column = m_table.schema.columns[std::size_t(section)];
    switch (role) {
    case Qt::DisplayRole:
        return visibleText(toQString(column.name));
    case Qt::ToolTipRole:
        return toQString(typeName(column.type));
    case Qt::TextAlignmentRole:
        return int((isNumberType(column.type) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

void QueryModel::sort(int column, Qt::SortOrder order)
{
    Q_EMIT layoutAboutToBeChanged();
    if (column < 0 || column >= columnCount()) {
        m_order.clear();
    } else {
        m_order.resize(std::size_t(rowCount()));
        std::iota(m_order.begin(), m_order.end(), 0U);
        const auto by = std::size_t(column);
        std::stable_sort(m_order.begin(), m_order.end(), [&](std::uint32_t a, std::uint32_t b) {
            const int sign = m_table.compare(a, b, by);
            return order == Qt::AscendingOrder ? sign < 0 : sign > 0;
        });
    }
    Q_EMIT layoutChanged();
}

} // namespace sluice
