#pragma once

#include "ui/inspector/rows_editor.h"

namespace sluice {

class CalmCombo;

/// Conditions as rows of field, operator and value, all or any of which must hold. A row can be a
/// group of conditions in its turn.
class ConditionsEditor : public RowsEditor
{
    Q_OBJECT

public:
    ConditionsEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setValue(const Value &value) override;

protected:
    std::function<Value()> makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout) override;
    std::vector<Value> split(const Value &value) const override;
    Value combine(std::vector<Value> entries) const override;
    std::string listPlace() const override;

private:
    std::function<Value()> makeGroup(const Value &entry, QWidget *row, QHBoxLayout *layout);

    CalmCombo *m_mode;
};

} // namespace sluice
