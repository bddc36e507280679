#include "ui/query/answer_table.h"

#include "ui/query/query_model.h"
#include "ui/theme/metrics.h"

#include <QHeaderView>

#include <algorithm>

namespace sluice {

namespace {
constexpr int kRowHeight = 24;
constexpr int kWidestColumn = 320;
} // namespace

AnswerTable::AnswerTable(QueryModel *model, QWidget *parent)
    : QTableView(parent)
{
    setModel(model);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setSortingEnabled(true);
    horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(kRowHeight);
    horizontalHeader()->setHighlightSections(false);
}

void AnswerTable::fitColumns()
{
    for (int i = 0; i < model()->columnCount(); ++i) {
        const int content = std::max(sizeHintForColumn(i), horizontalHeader()->sectionSizeHint(i));
        setColumnWidth(i, std::min(content + metrics::kSpaceM, kWidestColumn));
    }
}

void AnswerTable::forgetOrder()
{
    horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
}

} // namespace sluice
