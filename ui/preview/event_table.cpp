#include "ui/preview/event_table.h"

#include <QHeaderView>
#include <QTableView>

#include <algorithm>

namespace sluice {

namespace {
constexpr int kRowHeight = 24;
constexpr int kWidestColumn = 260;
constexpr int kCellSpace = 16;
} // namespace

QTableView *makeEventTable(QWidget *parent)
{
    auto *table = new QTableView(parent);
    table->setFrameShape(QFrame::NoFrame);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(kRowHeight);
    table->horizontalHeader()->setHighlightSections(false);
    return table;
}

void fitEventColumns(QTableView &table, QStringList *fitted)
{
    const QAbstractItemModel &model = *table.model();
    QStringList columns;
    for (int i = 0; i < model.columnCount(); ++i)
        columns << model.headerData(i, Qt::Horizontal, Qt::DisplayRole).toString();
    const bool same = fitted != nullptr && columns == *fitted;
    if (fitted != nullptr)
        *fitted = columns;
    const QAbstractItemView &view = table;
    const QHeaderView &header = *table.horizontalHeader();
    for (int i = 0; i < model.columnCount(); ++i) {
        const int content = std::max(view.sizeHintForColumn(i), header.sectionSizeHint(i));
        const int wanted = std::min(content + kCellSpace, kWidestColumn);
        if (!same || wanted > table.columnWidth(i))
            table.setColumnWidth(i, wanted);
    }
}

} // namespace sluice
