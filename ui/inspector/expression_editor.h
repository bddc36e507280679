#pragma once

#include "ui/inspector/field_editor.h"
#include "ui/inspector/line_editors.h"

namespace sluice {

class CompletionBox;
struct Completion;

/// A KQL text: coloured, completed from columns, parameters and functions, one line growing to six.
class ExpressionText : public GrowingText
{
    Q_OBJECT

public:
    explicit ExpressionText(const FieldContext &context, QWidget *parent = nullptr);

    /// What can be completed here, for tests too.
    std::vector<Completion> completions() const;

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    const FieldContext &m_context;
    CompletionBox *m_completer;
};

class ExpressionEditor : public FieldEditor
{
    Q_OBJECT

public:
    ExpressionEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setValue(const Value &value) override;
    void setInvalid(bool invalid) override;

private:
    ExpressionText *m_text;
};

} // namespace sluice
