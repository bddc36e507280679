#pragma once

#include "core/base/result.h"
#include "ui/query/query_table.h"

class QWidget;

namespace sluice {

/// Asks where an answer shall be written; the ending says how: .csv, .ndjson, .parquet, .png.
/// @param picture  whether there is one
QString chooseAnswerFile(QWidget *parent, const QString &title, bool picture);
/// Writes the rows in the form that the path's ending names. Thread: any. Errors: FileUnwritable …
Result<void> writeAnswerFile(const QueryTable &table, const QString &path);
/// Writes what a widget shows as PNG, at twice its size.
Result<void> writePictureFile(QWidget &widget, const QString &path);

} // namespace sluice
