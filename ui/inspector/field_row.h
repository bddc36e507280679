#pragma once

#include "core/pipeline/diagnostic.h"
#include "ui/inspector/field_editor.h"

#include <QWidget>

#include <vector>

class QMenu;
class QToolButton;
class QVBoxLayout;

namespace sluice {

class ReferenceChip;
class ThemedLabel;

/// A field of a form: label, editor, and below it the help, or what is wrong with a link that
/// mends it.
class FieldRow : public QWidget
{
    Q_OBJECT

public:
    FieldRow(const FieldSpec &spec, const FieldContext &context, QWidget *parent);

    const FieldSpec &spec() const { return m_editor->spec(); }
    FieldEditor *editor() { return m_editor; }
    /// The value as the config has it; null: not set.
    void setValue(const Value &value);
    /// Problems of this field, worst first; empty: none.
    void setProblems(const std::vector<Diagnostic> &problems);
    /// A part of another field: it can refer to a parameter, but not make one of its value.
    void setPart(bool part) { m_part = part; }
    /// Whether it says what it is; false where something above does.
    void setLabelled(bool labelled);
    bool isChanged() const { return m_changed; }
    bool hasProblem() const { return !m_problems.empty(); }
    /// The line under the field, without markup: for tests and for reading aloud.
    QString lowerText() const;
    /// Chooses the link with that number in the line under the field.
    void applyFix(int index);

signals:
    void edited(const sluice::Value &value);
    void finished();
    void fixChosen(const sluice::Fix &fix);
    /// The value shall become a new parameter of the pipeline.
    void parameterWanted();

protected:
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void buildMenu();
    void showLower();
    void updateMark();

    const FieldContext &m_context;
    FieldEditor *m_editor;
    ReferenceChip *m_chip = nullptr; // made when first needed
    QVBoxLayout *m_layout;
    QWidget *m_dot;
    ThemedLabel *m_label;
    ThemedLabel *m_lower;
    QToolButton *m_more;
    QMenu *m_menu;
    Value m_value;
    std::vector<Diagnostic> m_problems;
    bool m_changed = false;
    bool m_part = false;
};

} // namespace sluice
