#include "ui/inspector/conditions_editor.h"

#include "core/base/value_place.h"
#include "core/operators/conditions.h"
#include "ui/document/qt_text.h"
#include "ui/inspector/choice_editors.h"
#include "ui/theme/metrics.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace sluice {

namespace {

constexpr std::string_view kAll = "all";
constexpr std::string_view kAny = "any";

bool takesValue(const QString &name)
{
    for (const ConditionOperator &known : conditionOperators()) {
        if (name == toQString(known.name))
            return known.takesValue;
    }
    return true;
}

bool isGroup(const Value &entry)
{
    return entry.find(kAll) != nullptr || entry.find(kAny) != nullptr;
}

Value readCondition(const FieldContext &context,
                    const ColumnCombo &field,
                    const CalmCombo &choice,
                    const QLineEdit &value,
                    Value entry)
{
    const std::string name = toStdString(field.column());
    if (name.empty() && value.text().isEmpty())
        return {};
    entry.set("field", Value(name));
    const QString operation = choice.currentData().toString();
    entry.set("operator", Value(toStdString(operation)));
    if (!takesValue(operation)) {
        entry.erase("value");
        return entry;
    }
    const Value *before = entry.find("value");
    if (before != nullptr && valueText(*before) == value.text())
        return entry; // a reference, or a text that looks like a number, stays what it is
    bool isText = false;
    for (const SchemaColumn &column : context.columns)
        isText |= column.name == name && column.type == ColumnType::String;
    Value typed = isText ? Value(toStdString(value.text())) : valueFromText(value.text());
    entry.set("value", typed.isNull() ? Value("") : std::move(typed));
    return entry;
}

} // namespace

ConditionsEditor::ConditionsEditor(const FieldSpec &spec,
                                   const FieldContext &context,
                                   QWidget *parent)
    : RowsEditor(spec, context, tr("Add condition"), parent)
    , m_mode(new CalmCombo(this))
{
    m_mode->addItem(tr("All of these"), toQString(kAll));
    m_mode->addItem(tr("Any of these"), toQString(kAny));
    m_mode->setAccessibleName(tr("How the conditions are joined"));
    top()->addWidget(m_mode);
    connect(m_mode, &QComboBox::activated, this, &ConditionsEditor::rowEdited);
    auto *group = new QPushButton(tr("Add group"), this);
    group->setFlat(true);
    group->setObjectName(QStringLiteral("addGroup"));
    buttons()->insertWidget(1, group);
    connect(group, &QPushButton::clicked, this, [this] {
        Value condition;
        condition.set("field", Value(""));
        Value inner;
        const bool all = m_mode->currentData().toString() == toQString(kAll);
        inner.set(all ? kAny : kAll, Value(ValueList{condition}));
        appendEntries({inner});
    });
}

void ConditionsEditor::setValue(const Value &value)
{
    if (value.find(kAny) != nullptr)
        m_mode->setCurrentIndex(1);
    else if (value.find(kAll) != nullptr)
        m_mode->setCurrentIndex(0);
    RowsEditor::setValue(value);
}

std::vector<Value> ConditionsEditor::split(const Value &value) const
{
    const Value *list = value.find(kAny);
    if (list == nullptr)
        list = value.find(kAll);
    return list != nullptr ? RowsEditor::split(*list) : std::vector<Value>{};
}

Value ConditionsEditor::combine(std::vector<Value> entries) const
{
    if (entries.empty())
        return {};
    Value value;
    value.set(toStdString(m_mode->currentData().toString()), Value(ValueList(std::move(entries))));
    return value;
}

std::string ConditionsEditor::listPlace() const
{
    return placeOf({toStdString(m_mode->currentData().toString())});
}

std::function<Value()>
ConditionsEditor::makeGroup(const Value &entry, QWidget *row, QHBoxLayout *layout)
{
    auto *group = new ConditionsEditor(m_spec, context(), row);
    group->setObjectName(QStringLiteral("group"));
    group->setValue(entry);
    layout->addSpacing(metrics::kSpaceM);
    layout->addWidget(group, 1);
    connect(group, &FieldEditor::edited, this, &ConditionsEditor::rowEdited);
    connect(group, &FieldEditor::finished, this, &FieldEditor::finished);
    return [group] { return group->current(); };
}

std::function<Value()>
ConditionsEditor::makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout)
{
    if (isGroup(entry))
        return makeGroup(entry, row, layout);
    const auto text = [&entry](std::string_view key) {
        const Value *found = entry.find(key);
        return found != nullptr ? valueText(*found) : QString();
    };
    auto *field = new ColumnCombo(context(), row);
    field->setColumn(text("field"));
    field->setAccessibleName(tr("Field"));
    field->lineEdit()->setPlaceholderText(tr("field"));
    auto *choice = new CalmCombo(row);
    choice->setAccessibleName(tr("Operator"));
    for (const ConditionOperator &known : conditionOperators())
        choice->addItem(toQString(known.label), toQString(known.name));
    const QString operation = text("operator");
    if (!operation.isEmpty() && choice->findData(operation) < 0)
        choice->addItem(operation, operation);
    choice->setCurrentIndex(std::max(0, choice->findData(operation)));
    auto *value = new QLineEdit(text("value"), row);
    value->setPlaceholderText(tr("value"));
    value->setAccessibleName(tr("Value"));
    value->setVisible(takesValue(operation));
    setPart(field, "field");
    setPart(choice, "operator");
    setPart(value, "value");
    auto *grid = new QGridLayout;
    grid->setSpacing(metrics::kSpaceXs);
    grid->setContentsMargins(0, 0, 0, metrics::kSpaceXs); // two lines that belong together
    grid->addWidget(field, 0, 0, 1, 2);
    grid->addWidget(choice, 1, 0);
    grid->addWidget(value, 1, 1);
    grid->setColumnStretch(0, 6);
    grid->setColumnStretch(1, 5);
    layout->addLayout(grid, 1);
    connect(field, &ColumnCombo::columnEdited, this, &ConditionsEditor::rowEdited);
    connect(field, &ColumnCombo::left, this, &FieldEditor::finished);
    connect(value, &QLineEdit::textChanged, this, &ConditionsEditor::rowEdited);
    connect(value, &QLineEdit::editingFinished, this, &FieldEditor::finished);
    connect(choice, &QComboBox::activated, this, [this, choice, value] {
        value->setVisible(takesValue(choice->currentData().toString()));
        rowEdited();
    });
    return [this, field, choice, value, entry] {
        return readCondition(context(), *field, *choice, *value, entry);
    };
}

} // namespace sluice
