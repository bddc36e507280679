#pragma once

#include "ui/inspector/rows_editor.h"

class QPushButton;

namespace sluice {

class ThemedLabel;

/// Columns that a source declares: name and type.
class SchemaColumnsEditor : public RowsEditor
{
    Q_OBJECT

public:
    SchemaColumnsEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void refresh() override;

protected:
    std::function<Value()> makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout) override;

private:
    QPushButton *m_pin;   // takes over the columns that were inferred
    ThemedLabel *m_found; // the columns that events had, while none are declared
};

/// Further settings by name: a map of texts.
class PropertiesEditor : public RowsEditor
{
    Q_OBJECT

public:
    PropertiesEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);

protected:
    std::function<Value()> makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout) override;
    std::vector<Value> split(const Value &value) const override;
    Value combine(std::vector<Value> entries) const override;
};

class CalmCombo;
/// Fills a list with the column types; an empty first entry when `optional`.
void fillWithTypes(CalmCombo *combo, const QString &optional = {});

} // namespace sluice
