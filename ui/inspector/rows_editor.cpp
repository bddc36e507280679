#include "ui/inspector/rows_editor.h"

#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace sluice {

namespace {
constexpr int kButtonWidth = 24;
constexpr int kFieldHeight = 30;
} // namespace

RowsEditor::RowsEditor(const FieldSpec &spec,
                       const FieldContext &context,
                       const QString &addText,
                       QWidget *parent,
                       Order order)
    : FieldEditor(spec, context, parent)
    , m_order(order)
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
    rowsChanged();
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
    layout->addWidget(rowButton(widget), 0, Qt::AlignTop);
    m_list->addWidget(widget);
    m_rows.push_back(std::move(row));
}

int RowsEditor::indexOf(const QWidget *row) const
{
    const auto at = std::find_if(
        m_rows.begin(), m_rows.end(), [row](const Row &known) { return known.widget == row; });
    return at == m_rows.end() ? -1 : int(at - m_rows.begin());
}

/// Removes the row; where the order of the rows counts, it has a menu that moves it, too.
QToolButton *RowsEditor::rowButton(QWidget *row)
{
    auto *button = new QToolButton(row);
    button->setAutoRaise(true);
    button->setFixedSize(kButtonWidth, kFieldHeight); // as high as the fields beside it
    if (m_order == Order::Free) {
        button->setIcon(icon(QStringLiteral("close")));
        button->setObjectName(QStringLiteral("remove"));
        button->setToolTip(tr("Remove this row"));
        connect(button, &QToolButton::clicked, this, [this, row] { removeRow(indexOf(row)); });
    } else {
        button->setIcon(icon(QStringLiteral("more")));
        button->setObjectName(QStringLiteral("rowMenu"));
        button->setToolTip(tr("Move or remove this row"));
        button->setPopupMode(QToolButton::InstantPopup);
        auto *menu = new QMenu(button);
        QAction *up =
            menu->addAction(tr("Move up"), this, [this, row] { moveRow(indexOf(row), -1); });
        QAction *down =
            menu->addAction(tr("Move down"), this, [this, row] { moveRow(indexOf(row), 1); });
        menu->addAction(icon(QStringLiteral("trash")), tr("Remove"), this, [this, row] {
            removeRow(indexOf(row));
        });
        connect(menu, &QMenu::aboutToShow, this, [this, row, up, down] {
            up->setEnabled(indexOf(row) > 0);
            down->setEnabled(indexOf(row) + 1 < rowCount());
        });
        button->setMenu(menu);
    }
    button->setAccessibleName(button->toolTip());
    return button;
}

void RowsEditor::moveRow(int index, int by)
{
    const int to = index + by;
    if (index < 0 || index >= rowCount() || to < 0 || to >= rowCount())
        return;
    std::swap(m_rows[std::size_t(index)], m_rows[std::size_t(to)]);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_list->removeWidget(m_rows[i].widget);
        m_list->insertWidget(int(i), m_rows[i].widget);
    }
    rowEdited();
    Q_EMIT finished();
}

void RowsEditor::addEmptyRow()
{
    addRow({});
    rowsChanged();
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
    rowsChanged();
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
    rowsChanged();
    rowEdited();
    Q_EMIT finished();
}

} // namespace sluice
