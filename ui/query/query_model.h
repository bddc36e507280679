#pragma once

#include "ui/query/query_table.h"

#include <QAbstractTableModel>

namespace sluice {

/// The rows of an answer; sorted by a click on a column's name.
class QueryModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setTable(QueryTable table);
    const QueryTable &table() const { return m_table; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

private:
    QueryTable m_table;
    std::vector<std::uint32_t> m_order; // rows as they are shown; empty: as they came
};

} // namespace sluice
