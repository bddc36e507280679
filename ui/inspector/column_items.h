#pragma once

#include "core/event/inferred_field.h"
#include "core/event/schema.h"

#include <QString>

class QTreeWidgetItem;

namespace sluice {

/// A column in a tree of columns: name, type, and in the third column where it comes from. What
/// sampled events had inside it stands below it.
/// @param field  of sampled events; may be null
QTreeWidgetItem *addColumnItem(QTreeWidgetItem *parent,
                               const SchemaColumn &column,
                               const InferredField *field,
                               const QString &origin);

/// "dynamic", or "dynamic (long, string)" where events had several types.
QString typeText(ColumnType type, const InferredField *field);

} // namespace sluice
