#pragma once

#include "ui/inspector/field_editor.h"

class QLineEdit;

namespace sluice {

/// A file: typed, or chosen in the desktop's dialog. Below the pipeline's folder it is kept
/// relative, so that the folder can be moved.
class PathEditor : public FieldEditor
{
    Q_OBJECT

public:
    PathEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setValue(const Value &value) override;
    void setInvalid(bool invalid) override;

private:
    void browse();

    QLineEdit *m_line;
};

} // namespace sluice
