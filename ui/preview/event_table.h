#pragma once

#include <QStringList>

class QTableView;
class QWidget;

namespace sluice {

/// A table of events: rows to select, columns to scroll, without a frame.
QTableView *makeEventTable(QWidget *parent);

/// Makes columns as wide as what they hold, up to a limit. @param fitted  the columns as they were
/// when this was called last: for the same ones it only grows, since a table that jumps cannot be
/// read; may be null
void fitEventColumns(QTableView &table, QStringList *fitted = nullptr);

} // namespace sluice
