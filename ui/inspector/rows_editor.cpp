#include "ui/inspector/rows_editor.h"

#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace sluice {

RowsEditor::RowsEditor(const FieldSpec &spec,
                       const FieldContext &context,
                       const QString &addText,
                       QWidget *parent)
    : FieldEditor(spec, context, parent)
{
    m_top = new QVBoxLayout;
    m_list = new QVBoxLayout;
    m_buttons = new QHBoxLayout;
    m_list->setSpacing(metrics::kSpaceXs);
    m_buttons->setSpacing(metrics::kSpaceXs);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceXs);
    layout->addLayout(m_top);
    layout->addLayout(m_list);
    layout->addLayout(m_buttons);
    auto *add = new QPushButton(addText, this);
    add->setIcon(icon(QStringLiteral("plus")));
    add->setFlat(true);
    add->setObjectName(QStringLiteral("add"));
    m_buttons->addWidget(add);
    m_buttons->addStretch(1);
    setFocusProxy(add);
    connect(add, &QPushButton::clicked, this, &RowsEditor::addEmptyRow);
}

std::vector<Value> RowsEditor::split(const Value &value) const
{
    const ValueList *list = value.asList();
    return list != nullptr ? *list : std::vector<Value>{};
}

Value RowsEditor::combine(std::vector<Value> entries) const
{
    return entries.empty() ? Value() : Value(ValueList(std::move(entries)));
}

void RowsEditor::setValue(const Value &value)
{
    if (value == m_value)
        return;
    m_value = value;
    clearRows();
    for (const Value &entry : split(value))
        addRow(entry);
}

void RowsEditor::clearRows()
{
    for (const Row &row : m_rows) {
        row.widget->hide();
        row.widget->deleteLater();
    }
    m_rows.clear();
}

void RowsEditor::addRow(const Value &entry)
{
    auto *widget = new QWidget(this);
    auto *layout = new QHBoxLayout(widget);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceXs);
    Row row{widget, makeRow(entry, widget, layout)};
    auto *remove = new QToolButton(widget);
    remove->setIcon(icon(QStringLiteral("close")));
    remove->setAutoRaise(true);
    remove->setObjectName(QStringLiteral("remove"));
    remove->setToolTip(tr("Remove this row"));
    remove->setAccessibleName(remove->toolTip());
    layout->addWidget(remove, 0, Qt::AlignTop);
    connect(remove, &QToolButton::clicked, this, [this, widget] {
        const auto at = std::find_if(m_rows.begin(), m_rows.end(), [widget](const Row &known) {
            return known.widget == widget;
        });
        removeRow(int(at - m_rows.begin()));
    });
    m_list->addWidget(widget);
    m_rows.push_back(std::move(row));
}

void RowsEditor::addEmptyRow()
{
    addRow({});
    QWidget *widget = m_rows.back().widget;
    widget->show();
    for (QWidget *child : widget->findChildren<QWidget *>()) {
        if (child->focusPolicy() & Qt::TabFocus) {
            child->setFocus();
            break;
        }
    }
}

void RowsEditor::removeRow(int index)
{
    if (index < 0 || index >= rowCount())
        return;
    QWidget *widget = m_rows[std::size_t(index)].widget;
    m_rows.erase(m_rows.begin() + index);
    widget->hide();
    widget->deleteLater();
    rowEdited();
    Q_EMIT finished();
}

Value RowsEditor::current() const
{
    std::vector<Value> entries;
    for (const Row &row : m_rows) {
        Value entry = row.read();
        if (!entry.isNull())
            entries.push_back(std::move(entry));
    }
    return combine(std::move(entries));
}

void RowsEditor::rowEdited()
{
    Value value = current();
    if (value == m_value)
        return;
    m_value = value;
    Q_EMIT edited(value);
}

void RowsEditor::appendEntries(const std::vector<Value> &entries)
{
    for (const Value &entry : entries)
        addRow(entry);
    rowEdited();
    Q_EMIT finished();
}

} // namespace sluice
