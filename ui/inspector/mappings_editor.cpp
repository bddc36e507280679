#include "ui/inspector/mappings_editor.h"

#include "ui/document/qt_text.h"
#include "ui/inspector/choice_editors.h"
#include "ui/inspector/expression_editor.h"
#include "ui/inspector/table_editors.h"
#include "ui/theme/metrics.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

#include <set>

namespace sluice {

namespace {

QString textOf(const Value &entry, std::string_view key)
{
    const Value *found = entry.find(key);
    return found != nullptr ? valueText(*found) : QString();
}

/// One entry's widgets: name and type in the first line, where it comes from in the second.
struct MappingRow
{
    QLineEdit *name;
    CalmCombo *origin;
    ColumnCombo *column;
    ExpressionText *expression;
    CalmCombo *type;
    CalmCombo *onError;

    bool keys; // only what it is and how it is called

    bool computed() const
    {
        return origin->currentData().toString() == QLatin1String("expression");
    }
    void showOrigin() const
    {
        column->setVisible(!computed());
        expression->setVisible(computed());
        type->setVisible(!keys);
        onError->setVisible(!keys && !type->currentData().toString().isEmpty());
    }
    Value read(Value entry) const;
};

void setOrErase(Value &entry, std::string_view key, const QString &text)
{
    if (text.isEmpty())
        entry.erase(key);
    else
        entry.set(key, Value(toStdString(text)));
}

Value MappingRow::read(Value entry) const
{
    const QString source = computed() ? expression->toPlainText() : column->column();
    if (name->text().isEmpty() && source.isEmpty())
        return {};
    QString called = name->text();
    if (called.isEmpty() && !computed())
        called = textOf(entry, "name") == source ? source : source.section(QLatin1Char('.'), -1);
    if (entry.asString() != nullptr && !computed() && name->text().isEmpty()
        && (source == called || source == toQString(*entry.asString())))
        return Value(toStdString(source)); // as the file has it
    const bool nameless = name->text().isEmpty() && entry.find("name") == nullptr;
    if (keys && (called.isEmpty() || (nameless && textOf(entry, "from") == source)))
        entry.erase("name");
    else
        entry.set("name", Value(toStdString(called)));
    setOrErase(entry, "expression", computed() ? source : QString());
    const bool named = entry.find("name") != nullptr && source == called;
    setOrErase(entry, "from", computed() || named ? QString() : source);
    if (keys)
        return entry;
    const QString wanted = type->currentData().toString();
    setOrErase(entry, "type", wanted);
    setOrErase(entry, "on_error", wanted.isEmpty() ? QString() : onError->currentData().toString());
    return entry;
}

void choose(CalmCombo *combo, const QString &value)
{
    combo->setCurrentIndex(std::max(0, combo->findData(value)));
}

} // namespace

MappingsEditor::MappingsEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
    : RowsEditor(
        spec, context, spec.type == FieldType::Keys ? tr("Add key") : tr("Add field"), parent)
{
    if (spec.type == FieldType::Keys)
        return; // hardly ever by all columns
    auto *all = new QPushButton(tr("Add all"), this);
    all->setFlat(true);
    all->setObjectName(QStringLiteral("addAll"));
    all->setToolTip(tr("Adds every column of the input that is not listed yet"));
    buttons()->insertWidget(1, all);
    connect(all, &QPushButton::clicked, this, &MappingsEditor::addAll);
}

void MappingsEditor::addAll()
{
    std::set<std::string> listed;
    for (const Value &entry : split(current())) {
        const Value *from = entry.find("from");
        const Value *name = entry.find("name");
        listed.insert(toStdString(valueText(from != nullptr   ? *from
                                            : name != nullptr ? *name
                                                              : Value())));
    }
    std::vector<Value> missing;
    for (const SchemaColumn &column : context().columns) {
        if (listed.contains(column.name))
            continue;
        Value entry;
        entry.set("name", Value(column.name));
        missing.push_back(std::move(entry));
    }
    appendEntries(missing);
}

std::function<Value()>
MappingsEditor::makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout)
{
    MappingRow parts{};
    parts.keys = m_spec.type == FieldType::Keys;
    parts.name = new QLineEdit(textOf(entry, "name"), row);
    parts.name->setPlaceholderText(parts.keys ? tr("called") : tr("name"));
    parts.name->setAccessibleName(tr("Name of the field"));
    parts.origin = new CalmCombo(row);
    parts.origin->addItem(parts.keys ? tr("by") : tr("from"), QStringLiteral("column"));
    parts.origin->addItem(tr("="), QStringLiteral("expression"));
    parts.origin->setAccessibleName(tr("Taken from a column or computed"));
    parts.origin->setToolTip(tr("Taken from a column, or computed"));
    parts.column = new ColumnCombo(context(), row);
    parts.column->setAccessibleName(tr("Column"));
    parts.expression = new ExpressionText(context(), row);
    parts.expression->setAccessibleName(tr("Expression"));
    parts.type = new CalmCombo(row);
    fillWithTypes(parts.type, tr("as it is"));
    parts.type->setAccessibleName(tr("Type"));
    parts.onError = new CalmCombo(row);
    parts.onError->addItem(tr("else null"), QString());
    parts.onError->addItem(tr("else dead letter"), QStringLiteral("dead_letter"));
    parts.onError->addItem(tr("else drop"), QStringLiteral("drop"));
    parts.onError->setAccessibleName(tr("When the value does not fit"));
    parts.onError->setToolTip(tr("When the value does not fit the type"));

    const QString expression = textOf(entry, "expression");
    choose(parts.origin,
           expression.isEmpty() ? QStringLiteral("column") : QStringLiteral("expression"));
    parts.column->setColumn(entry.asString() != nullptr     ? toQString(*entry.asString())
                            : entry.find("from") != nullptr ? textOf(entry, "from")
                                                            : textOf(entry, "name"));
    if (parts.keys && expression.isEmpty() && parts.name->text() == parts.column->column())
        parts.name->clear(); // its name is its own
    setPart(parts.expression, "expression");
    setPart(parts.column, "from name"); // the name is the column where nothing else says it
    setPart(parts.type, "type");
    parts.expression->setPlainText(expression);
    choose(parts.type, textOf(entry, "type"));
    choose(parts.onError, textOf(entry, "on_error"));
    parts.showOrigin();

    auto *grid = new QGridLayout;
    grid->setSpacing(metrics::kSpaceXs);
    grid->setContentsMargins(0, 0, 0, parts.keys ? 0 : metrics::kSpaceS); // lines belong together
    auto *first = new QHBoxLayout;
    first->setSpacing(metrics::kSpaceXs);
    if (!parts.keys) { // a key is known by its column; what it is called stands behind it
        first->addWidget(parts.name, 4);
        first->addWidget(parts.type, 3);
    }
    grid->addLayout(first, 0, 0, 1, 2);
    grid->addWidget(parts.origin, 1, 0);
    grid->addWidget(parts.column, 1, 1);
    grid->addWidget(parts.expression, 1, 1);
    grid->addWidget(parts.onError, 2, 0, 1, 2);
    if (parts.keys)
        grid->addWidget(parts.name, 1, 2);
    grid->setColumnStretch(1, 5);
    grid->setColumnStretch(2, parts.keys ? 3 : 0);
    parts.origin->setFixedWidth(74);
    layout->addLayout(grid, 1);

    const auto changed = [this, parts] {
        parts.showOrigin();
        rowEdited();
    };
    connect(parts.name, &QLineEdit::textChanged, this, changed);
    connect(parts.name, &QLineEdit::editingFinished, this, &FieldEditor::finished);
    connect(parts.column, &ColumnCombo::columnEdited, this, changed);
    connect(parts.expression, &QPlainTextEdit::textChanged, this, changed);
    connect(parts.expression, &GrowingText::left, this, &FieldEditor::finished);
    for (CalmCombo *combo : {parts.origin, parts.type, parts.onError})
        connect(combo, &QComboBox::activated, this, changed);
    return [parts, entry] { return parts.read(entry); };
}

} // namespace sluice
