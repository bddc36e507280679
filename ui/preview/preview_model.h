#pragma once

#include "core/runtime/engine.h"

#include <QAbstractTableModel>

#include <vector>

namespace sluice {

/// The latest events of a port as rows, newest first, a column for each of theirs.
class PreviewModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setContent(const TapContent &content);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Cell
    {
        QString text;
        bool number = false;
        bool null = false;
    };

    QStringList m_columns;
    std::vector<std::vector<Cell>> m_rows;
};

} // namespace sluice
