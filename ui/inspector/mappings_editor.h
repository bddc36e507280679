#pragma once

#include "ui/inspector/rows_editor.h"

namespace sluice {

/// The list of fields an event leaves with, each taken from a column or computed; or the keys that
/// events are grouped by, which have no type of their own.
class MappingsEditor : public RowsEditor
{
    Q_OBJECT

public:
    MappingsEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);

    /// Adds every column of the input that is not in the list yet.
    void addAll();

protected:
    std::function<Value()> makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout) override;
};

} // namespace sluice
