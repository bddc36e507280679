#pragma once

#include "ui/inspector/rows_editor.h"

namespace sluice {

/// Aggregates as rows of function, column and name; one that is more than a single call is an
/// expression. The rows write KQL and read it back.
class AggregatesEditor : public RowsEditor
{
    Q_OBJECT

public:
    AggregatesEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);

protected:
    std::function<Value()> makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout) override;
};

} // namespace sluice
