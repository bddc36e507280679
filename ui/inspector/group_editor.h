#pragma once

#include "ui/inspector/rows_editor.h"

#include <functional>
#include <vector>

class QGridLayout;
class QPushButton;

namespace sluice {

class ReferenceChip;
class ThemedLabel;

/// The fields of one object, label and editor a line. A member that is a reference is shown as what
/// it is; one that depends on a neighbour comes and goes with it.
class MemberForm : public QWidget
{
    Q_OBJECT

public:
    MemberForm(const std::vector<FieldSpec> &members, const FieldContext &context, QWidget *parent);

    void setValue(const Value &value);
    /// What is set, and whatever the form does not know; null when nothing is.
    const Value &value() const { return m_value; }
    void refresh();
    /// Marks members. @param problems  their places are those in the object
    void setProblems(const std::vector<Diagnostic> &problems);
    /// The editor of a member, for tests and focus.
    FieldEditor *editor(std::string_view member) const;

signals:
    void edited();
    void finished();

private:
    struct Line
    {
        FieldSpec spec;
        ThemedLabel *label = nullptr;
        FieldEditor *editor = nullptr;
        ReferenceChip *chip = nullptr; // made when it is needed
    };
    void addLine(const FieldSpec &member, QGridLayout *grid);
    void addMore(QGridLayout *grid);
    void setMember(const std::string &name, const Value &value);
    void showLine(Line &line, const Value &value);
    void showLines();
    Value memberValue(const std::string &name) const;

    const FieldContext &m_context;
    std::vector<FieldSpec> m_members;
    std::vector<Line> m_lines;
    Value m_value;
    QPushButton *m_more = nullptr; // unfolds what few people need
};

/// An object with fields of its own: Group and EventTime.
class GroupEditor : public FieldEditor
{
    Q_OBJECT

public:
    GroupEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);
    void setValue(const Value &value) override;
    void refresh() override;
    void setProblems(const std::vector<Diagnostic> &problems) override;
    MemberForm *form() const { return m_form; }

private:
    MemberForm *m_form;
};

/// A list of such objects.
class GroupRowsEditor : public RowsEditor
{
    Q_OBJECT

public:
    GroupRowsEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent);

protected:
    std::function<Value()> makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout) override;
    void showProblems(QWidget *row, const std::vector<Diagnostic> &problems) override;
};

} // namespace sluice
