#pragma once

#include "ui/inspector/rows_editor.h"

#include <QLineEdit>

namespace sluice {

/// A list of texts, one a row, completed from suggestions.
class TextListEditor : public RowsEditor
{
    Q_OBJECT

public:
    TextListEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setInvalid(bool invalid) override;
    void refresh() override;

protected:
    std::function<Value()> makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout) override;

private:
    void complete(QLineEdit *line) const;
};

/// A list of columns of the input.
class ColumnNamesEditor : public RowsEditor
{
    Q_OBJECT

public:
    ColumnNamesEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setInvalid(bool invalid) override;

protected:
    std::function<Value()> makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout) override;
};

} // namespace sluice
