#pragma once

#include "ui/inspector/field_editor.h"
#include "ui/inspector/line_editors.h"

#include <QTextCursor>

#include <deque>

class QToolButton;

namespace sluice {

class CompletionBox;
struct Completion;

/// A KQL text: coloured, completed from columns, parameters and functions, growing with its lines.
/// A button in its corner, or Ctrl+Shift+Space, opens the list of functions; what is chosen there
/// comes with names for its arguments, which Tab goes through.
class ExpressionText : public GrowingText
{
    Q_OBJECT

public:
    /// What may stand in the text: aggregates beside the functions, operators of queries too.
    enum class Language { Scalar, Aggregate, Query };

    explicit ExpressionText(const FieldContext &context,
                            QWidget *parent = nullptr,
                            Language language = Language::Scalar);

    /// What can be completed here, for tests too.
    std::vector<Completion> completions() const;
    void openPicker();
    /// Puts a call at the cursor and selects the first of the names that stand for its arguments;
    /// what was selected becomes that argument.
    void insertCall(const QString &call);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    bool nextPlaceholder();
    void placeButton();

    const FieldContext &m_context;
    const Language m_language;
    CompletionBox *m_completer;
    QToolButton *m_pick;
    std::deque<QTextCursor> m_placeholders; // of the call put in last, those not visited yet
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
