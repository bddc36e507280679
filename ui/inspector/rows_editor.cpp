#include "ui/inspector/rows_editor.h"

#include "core/base/value_place.h"
#include "ui/document/qt_text.h"
#include "ui/inspector/row_grip.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QPushButton>
#include <QShortcut>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace sluice {

namespace {

constexpr int kButtonWidth = 24;
constexpr int kFieldHeight = 30;
constexpr const char *kPart = "part";

/// The first name of a place, taken off it: "/2/name" gives "2".
std::string takeFirst(std::string &place)
{
    if (place.empty() || place.front() != '/')
        return {};
    const std::size_t end = std::min(place.find('/', 1), place.size());
    std::string name = place.substr(1, end - 1);
    place.erase(0, end);
    return name;
}

/// Where the focus is inside a row: which of its widgets that take it.
int focusPlace(const QWidget *row)
{
    const auto all = row->findChildren<QWidget *>();
    return int(all.indexOf(QApplication::focusWidget()));
}

} // namespace

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
    addKeys();
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

void RowsEditor::setPart(QWidget *widget, std::string_view parts)
{
    widget->setProperty(kPart, toQString(parts));
}

void RowsEditor::setValue(const Value &value)
{
    if (value == m_value)
        return;
    m_value = value;
    m_moving = false;
    // Undo makes the rows anew: whoever types there goes on in the same place.
    int row = -1;
    int place = -1;
    for (int i = 0; i < rowCount() && place < 0; ++i) {
        place = focusPlace(m_rows[std::size_t(i)].widget);
        row = i;
    }
    clearRows();
    for (const Value &entry : split(value))
        addRow(entry);
    rowsChanged();
    if (place >= 0 && row < rowCount()) {
        QWidget *widget = m_rows[std::size_t(row)].widget;
        widget->show();
        const auto all = widget->findChildren<QWidget *>();
        if (place < all.size())
            all[place]->setFocus();
    }
    setProblems(m_problems);
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
    layout->addWidget(new RowGrip(*this, widget), 0, Qt::AlignTop);
    Row row{widget, makeRow(entry, widget, layout)};
    layout->addWidget(removeButton(widget), 0, Qt::AlignTop);
    m_list->addWidget(widget);
    m_rows.push_back(std::move(row));
}

/// The keys that move the row with the focus. Of rows inside rows the outermost editor has them,
/// and the innermost row is meant.
void RowsEditor::addKeys()
{
    for (const QWidget *up = parentWidget(); up != nullptr; up = up->parentWidget()) {
        if (qobject_cast<const RowsEditor *>(up) != nullptr)
            return;
    }
    for (const auto &[keys, by] : {std::pair{kMoveUp, -1}, std::pair{kMoveDown, 1}}) {
        auto *shortcut = new QShortcut(QKeySequence(QLatin1String(keys)), this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, [this, by = by] { moveFocused(by); });
    }
}

void RowsEditor::moveFocused(int by)
{
    for (QWidget *row = QApplication::focusWidget(); row != nullptr && row != this;
         row = row->parentWidget()) {
        auto *owner = qobject_cast<RowsEditor *>(row->parentWidget());
        if (owner == nullptr || owner->indexOf(row) < 0)
            continue;
        owner->moveRow(owner->indexOf(row), by);
        return;
    }
}

int RowsEditor::indexOf(const QWidget *row) const
{
    const auto at = std::find_if(
        m_rows.begin(), m_rows.end(), [row](const Row &known) { return known.widget == row; });
    return at == m_rows.end() ? -1 : int(at - m_rows.begin());
}

/// The row that a place of this widget belongs to: the first one that ends below it.
int RowsEditor::rowAt(const QPoint &place) const
{
    for (int i = 0; i < rowCount(); ++i) {
        if (place.y() <= m_rows[std::size_t(i)].widget->geometry().bottom())
            return i;
    }
    return rowCount() - 1;
}

QWidget *RowsEditor::removeButton(QWidget *row)
{
    auto *button = new QToolButton(row);
    button->setAutoRaise(true);
    button->setFixedSize(kButtonWidth, kFieldHeight); // as high as the fields beside it
    button->setIcon(icon(QStringLiteral("close")));
    button->setObjectName(QStringLiteral("remove"));
    button->setToolTip(tr("Remove this row"));
    button->setAccessibleName(button->toolTip());
    connect(button, &QToolButton::clicked, this, [this, row] { removeRow(indexOf(row)); });
    return button;
}

void RowsEditor::moveRow(int index, int by)
{
    const int to = std::clamp(index + by, 0, rowCount() - 1);
    if (index < 0 || index >= rowCount() || to == index)
        return;
    if (!m_moving)
        Q_EMIT finished(); // what was typed before is a step of its own
    m_moving = true;
    const Row row = m_rows[std::size_t(index)];
    m_rows.erase(m_rows.begin() + index);
    m_rows.insert(m_rows.begin() + to, row);
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_list->removeWidget(m_rows[i].widget);
        m_list->insertWidget(int(i), m_rows[i].widget);
    }
    orderTabs();
    layout()->activate(); // a grip that is pulled asks where the rows are now
    write();
}

/// Tab goes through the rows as they stand.
void RowsEditor::orderTabs()
{
    QWidget *before = nullptr;
    for (const Row &row : m_rows) {
        for (QWidget *child : row.widget->findChildren<QWidget *>()) {
            if ((child->focusPolicy() & Qt::TabFocus) == 0 || child->focusProxy() != nullptr
                || child->window() != window()) // a combo box's list
                continue;
            if (before != nullptr)
                setTabOrder(before, child);
            before = child;
        }
    }
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
    if (std::exchange(m_moving, false))
        Q_EMIT finished();
    write();
}

void RowsEditor::write()
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

void RowsEditor::setProblems(const std::vector<Diagnostic> &problems)
{
    m_problems = problems;
    // A row that is still empty is no entry, and has no number in the value.
    int number = 0;
    for (const Row &row : m_rows) {
        std::vector<Diagnostic> own;
        if (!row.read().isNull()) {
            const std::string place = listPlace() + placeOf({std::to_string(number++)});
            for (const Diagnostic &problem : problems) {
                const bool here =
                    problem.place.compare(0, place.size(), place) == 0
                    && (problem.place.size() == place.size() || problem.place[place.size()] == '/');
                if (!here)
                    continue;
                own.push_back(problem);
                own.back().place.erase(0, place.size());
            }
        }
        showProblems(row.widget, own);
    }
}

void RowsEditor::showProblems(QWidget *row, const std::vector<Diagnostic> &problems)
{
    std::vector<std::string> parts;
    for (const Diagnostic &problem : problems) {
        std::string place = problem.place;
        if (problem.severity == Severity::Error)
            parts.push_back(takeFirst(place));
    }
    for (QWidget *child : row->findChildren<QWidget *>()) {
        const QStringList edits =
            child->property(kPart).toString().split(QLatin1Char(' '), Qt::SkipEmptyParts);
        if (!edits.isEmpty())
            markInvalid(child, std::any_of(parts.begin(), parts.end(), [&](const auto &part) {
                            return edits.contains(toQString(part));
                        }));
    }
    const auto inside = row->findChildren<FieldEditor *>(QString(), Qt::FindDirectChildrenOnly);
    for (FieldEditor *editor : inside)
        editor->setProblems(problems);
}

} // namespace sluice
