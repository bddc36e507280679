#pragma once

#include "ui/inspector/field_editor.h"

#include <functional>
#include <vector>

class QHBoxLayout;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace sluice {

/// A value that is a list, one row of widgets an entry, with "add" below and "remove" in each.
/// A row that is still empty is not part of the value.
class RowsEditor : public FieldEditor
{
    Q_OBJECT

public:
    void setValue(const Value &value) override;
    int rowCount() const { return int(m_rows.size()); }
    /// The user's "add": an empty row with the focus in it.
    void addEmptyRow();
    void removeRow(int index);
    /// Moves a row up (-1) or down (1); nothing at the end of the list.
    void moveRow(int index, int by);

protected:
    enum class Order { Free, Counts };

    struct Row
    {
        QWidget *widget = nullptr;
        std::function<Value()> read; // null: the row is still empty
    };

    RowsEditor(const FieldSpec &spec,
               const FieldContext &context,
               const QString &addText,
               QWidget *parent,
               Order order = Order::Free);

    /// Fills `layout` with the row's widgets and returns how to read them.
    virtual std::function<Value()>
    makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout) = 0;
    virtual std::vector<Value> split(const Value &value) const;
    virtual Value combine(std::vector<Value> entries) const;
    /// Rows came or went.
    virtual void rowsChanged() {}
    /// A row's widget was edited.
    void rowEdited();
    /// Adds rows for entries and tells about them.
    void appendEntries(const std::vector<Value> &entries);
    /// Further buttons stand beside "add".
    QHBoxLayout *buttons() { return m_buttons; }
    QVBoxLayout *top() { return m_top; }
    Value current() const;

private:
    void addRow(const Value &entry);
    void clearRows();
    QToolButton *rowButton(QWidget *row);
    int indexOf(const QWidget *row) const;

    const Order m_order;
    std::vector<Row> m_rows;
    Value m_value;
    QVBoxLayout *m_top; // what stands above the rows
    QVBoxLayout *m_list;
    QHBoxLayout *m_buttons;
};

} // namespace sluice
