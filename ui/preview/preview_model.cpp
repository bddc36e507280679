#include "ui/preview/preview_model.h"

#include "ui/document/qt_text.h"
#include "ui/preview/json_fields.h"
#include "ui/theme/fonts.h"
#include "ui/theme/theme.h"
#include "ui/widgets/themed_label.h"

namespace sluice {

void PreviewModel::setContent(const TapContent &content)
{
    QStringList columns;
    for (const std::string &name : content.columns)
        columns << toQString(name);
    std::vector<std::vector<Cell>> rows;
    rows.reserve(content.events.size());
    for (auto event = content.events.rbegin(); event != content.events.rend(); ++event) {
        std::vector<Cell> row;
        for (const auto &[name, raw] : jsonFields(event->json)) {
            qsizetype at = columns.indexOf(toQString(name));
            if (at < 0) {
                at = columns.size();
                columns << toQString(name);
            }
            if (row.size() <= std::size_t(at))
                row.resize(std::size_t(at) + 1);
            const bool number = !raw.empty() && (raw[0] == '-' || (raw[0] >= '0' && raw[0] <= '9'));
            row[std::size_t(at)] = {jsonCell(raw), number, raw == "null"};
        }
        rows.push_back(std::move(row));
    }
    if (columns == m_columns && rows.size() == m_rows.size() && !rows.empty()) {
        m_rows = std::move(rows);
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        return;
    }
    beginResetModel();
    m_columns = columns;
    m_rows = std::move(rows);
    endResetModel();
}

int PreviewModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int PreviewModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_columns.size());
}

QVariant PreviewModel::data(const QModelIndex &index, int role) const
{
    const auto &row = m_rows[std::size_t(index.row())];
    const std::size_t column = std::size_t(index.column());
    const Cell cell = column < row.size() ? row[column] : Cell{};
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::ToolTipRole:
        return cell.text.size() > 24 ? cell.text.toHtmlEscaped() : QString();
    case Qt::TextAlignmentRole:
        return int((cell.number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::FontRole:
        return codeFont();
    case Qt::ForegroundRole:
        return cell.null ? QVariant(theme().textHint) : QVariant(theme().text);
    default:
        return {};
    }
}

QVariant PreviewModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return {};
    if (role == Qt::DisplayRole)
        return visibleText(m_columns.value(section));
    if (role == Qt::TextAlignmentRole) {
        const bool number = !m_rows.empty() && std::size_t(section) < m_rows[0].size()
                            && m_rows[0][std::size_t(section)].number;
        return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    return {};
}

} // namespace sluice
