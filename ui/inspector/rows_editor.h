#pragma once

#include "ui/inspector/field_editor.h"

#include <functional>
#include <vector>

class QHBoxLayout;
class QPushButton;
class QVBoxLayout;

namespace sluice {

class RowGrip;

/// A value that is a list, one row of widgets an entry, with "add" below, a grip that moves it and
/// "remove" in each. A row that is still empty is not part of the value.
class RowsEditor : public FieldEditor
{
    Q_OBJECT

public:
    void setValue(const Value &value) override;
    void setProblems(const std::vector<Diagnostic> &problems) override;
    int rowCount() const { return int(m_rows.size()); }
    /// The user's "add": an empty row with the focus in it.
    void addEmptyRow();
    void removeRow(int index);
    /// Moves a row up (-1) or down (1), further for more; nothing beyond the ends of the list.
    /// Moves one behind the other are one undo step.
    void moveRow(int index, int by);
    /// The widget of a row, for tests.
    QWidget *rowWidget(int index) const { return m_rows[std::size_t(index)].widget; }

    static constexpr const char *kMoveUp = "Ctrl+Shift+Up";
    static constexpr const char *kMoveDown = "Ctrl+Shift+Down";

protected:
    struct Row
    {
        QWidget *widget = nullptr;
        std::function<Value()> read; // null: the row is still empty
    };

    RowsEditor(const FieldSpec &spec,
               const FieldContext &context,
               const QString &addText,
               QWidget *parent);

    /// Fills `layout` with the row's widgets and returns how to read them. A widget that edits one
    /// part of the entry is called by setPart().
    virtual std::function<Value()>
    makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout) = 0;
    virtual std::vector<Value> split(const Value &value) const;
    virtual Value combine(std::vector<Value> entries) const;
    /// Where the list stands in the value: "/all".
    virtual std::string listPlace() const { return {}; }
    /// Rows came or went.
    virtual void rowsChanged() {}
    /// Marks what is wrong in a row. @param problems  their places are those in its entry
    virtual void showProblems(QWidget *row, const std::vector<Diagnostic> &problems);
    /// A row's widget was edited.
    void rowEdited();
    /// Adds rows for entries and tells about them.
    void appendEntries(const std::vector<Value> &entries);
    /// Further buttons stand beside "add".
    QHBoxLayout *buttons() { return m_buttons; }
    QVBoxLayout *top() { return m_top; }
    Value current() const;
    /// Names the parts of a row's entry that a widget edits, for problems at that place.
    static void setPart(QWidget *widget, std::string_view parts);

private:
    friend class RowGrip;
    void addRow(const Value &entry);
    void clearRows();
    void addKeys();
    void moveFocused(int by);
    void orderTabs();
    QWidget *removeButton(QWidget *row);
    int indexOf(const QWidget *row) const;
    int rowAt(const QPoint &place) const;
    void write();

    std::vector<Row> m_rows;
    Value m_value;
    std::vector<Diagnostic> m_problems;
    bool m_moving = false; // the last change moved a row
    QVBoxLayout *m_top;    // what stands above the rows
    QVBoxLayout *m_list;
    QHBoxLayout *m_buttons;
};

} // namespace sluice
