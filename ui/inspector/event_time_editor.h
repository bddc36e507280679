#pragma once

#include "ui/inspector/field_editor.h"

class QLineEdit;

namespace sluice {

class ColumnCombo;

/// Which column says when an event happened, and how late events may come.
class EventTimeEditor : public FieldEditor
{
    Q_OBJECT

public:
    EventTimeEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setValue(const Value &value) override;
    void setInvalid(bool invalid) override;

private:
    void onEdited();

    ColumnCombo *m_field;
    QLineEdit *m_disorder;
    Value m_value;
};

} // namespace sluice
