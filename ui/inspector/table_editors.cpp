#include "ui/inspector/table_editors.h"

#include "core/event/column_type.h"
#include "ui/document/qt_text.h"
#include "ui/inspector/choice_editors.h"
#include "ui/inspector/column_items.h"
#include "ui/widgets/themed_label.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

#include <algorithm>

namespace sluice {

namespace {

constexpr ColumnType kTypes[] = {
    ColumnType::String,
    ColumnType::Long,
    ColumnType::Real,
    ColumnType::Bool,
    ColumnType::Int,
    ColumnType::Datetime,
    ColumnType::Timespan,
    ColumnType::Decimal,
    ColumnType::Guid,
    ColumnType::Dynamic,
};

QString textOf(const Value &entry, std::string_view key)
{
    const Value *found = entry.find(key);
    return found != nullptr ? valueText(*found) : QString();
}

} // namespace

void fillWithTypes(CalmCombo *combo, const QString &optional)
{
    if (!optional.isEmpty())
        combo->addItem(optional, QString());
    for (const ColumnType type : kTypes) {
        const QString name = toQString(typeName(type));
        combo->addItem(name, name);
    }
}

SchemaColumnsEditor::SchemaColumnsEditor(const FieldSpec &spec,
                                         const FieldContext &context,
                                         QWidget *parent)
    : RowsEditor(spec, context, tr("Add column"), parent)
    , m_pin(new QPushButton(tr("Keep inferred columns"), this))
    , m_found(new ThemedLabel(TextRole::Secondary, this))
{
    m_found->setTextFormat(Qt::RichText);
    m_found->setWordWrap(true);
    top()->addWidget(m_found);
    m_pin->setFlat(true);
    m_pin->setToolTip(tr("Declares the columns that were found in the first events"));
    buttons()->addWidget(m_pin);
    connect(m_pin, &QPushButton::clicked, this, [this] {
        std::vector<Value> entries;
        for (const SchemaColumn &column : this->context().inferred) {
            Value entry;
            entry.set("name", Value(column.name));
            entry.set("type", Value(typeName(column.type)));
            entries.push_back(std::move(entry));
        }
        appendEntries(entries);
        refresh();
    });
    SchemaColumnsEditor::refresh();
}

void SchemaColumnsEditor::refresh()
{
    const bool shows = rowCount() == 0 && !context().inferred.empty();
    m_pin->setVisible(shows);
    m_found->setVisible(shows);
    QStringList columns;
    for (const SchemaColumn &column : context().inferred) {
        const auto field = std::find_if(context().sampled.begin(),
                                        context().sampled.end(),
                                        [&](const auto &one) { return one.name == column.name; });
        const InferredField *seen = field == context().sampled.end() ? nullptr : &*field;
        columns << QStringLiteral("%1 <code>%2</code>")
                       .arg(visibleText(toQString(column.name)).toHtmlEscaped(),
                            typeText(column.type, seen).toHtmlEscaped());
    }
    m_found->setText(tr("Found in events: %1").arg(columns.join(QStringLiteral(", "))));
}

std::function<Value()>
SchemaColumnsEditor::makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout)
{
    auto *name = new QLineEdit(textOf(entry, "name"), row);
    name->setPlaceholderText(tr("column"));
    name->setAccessibleName(tr("Column name"));
    auto *type = new CalmCombo(row);
    type->setAccessibleName(tr("Column type"));
    fillWithTypes(type);
    const QString wanted = textOf(entry, "type");
    if (!wanted.isEmpty()) {
        const auto known = typeFromName(toStdString(wanted));
        const int index = known ? type->findData(toQString(typeName(*known))) : -1;
        if (index >= 0)
            type->setCurrentIndex(index);
        else
            type->insertItem(0, wanted, wanted), type->setCurrentIndex(0);
    }
    layout->addWidget(name, 3);
    layout->addWidget(type, 2);
    connect(name, &QLineEdit::textChanged, this, &SchemaColumnsEditor::rowEdited);
    connect(name, &QLineEdit::editingFinished, this, &FieldEditor::finished);
    connect(type, &QComboBox::activated, this, &SchemaColumnsEditor::rowEdited);
    return [entry, name, type]() -> Value {
        if (name->text().isEmpty())
            return {};
        Value result = entry; // what this editor does not know stays
        result.set("name", Value(toStdString(name->text())));
        result.set("type", Value(toStdString(type->currentData().toString())));
        return result;
    };
}

PropertiesEditor::PropertiesEditor(const FieldSpec &spec,
                                   const FieldContext &context,
                                   QWidget *parent)
    : RowsEditor(spec, context, tr("Add setting"), parent)
{}

std::function<Value()>
PropertiesEditor::makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout)
{
    auto *name = new QLineEdit(textOf(entry, "name"), row);
    name->setPlaceholderText(tr("setting"));
    name->setAccessibleName(tr("Setting"));
    const Value *value = entry.find("value");
    auto *text = new QLineEdit(value != nullptr ? valueText(*value) : QString(), row);
    text->setPlaceholderText(tr("value"));
    text->setAccessibleName(tr("Value"));
    layout->addWidget(name, 1);
    layout->addWidget(text, 1);
    for (QLineEdit *line : {name, text}) {
        connect(line, &QLineEdit::textChanged, this, &PropertiesEditor::rowEdited);
        connect(line, &QLineEdit::editingFinished, this, &FieldEditor::finished);
    }
    const Value original = value != nullptr ? *value : Value();
    return [name, text, original, shown = text->text()]() -> Value {
        if (name->text().isEmpty())
            return {};
        Value result;
        result.set("name", Value(toStdString(name->text())));
        result.set("value",
                   text->text() == shown && !original.isNull() ? original
                                                               : Value(toStdString(text->text())));
        return result;
    };
}

std::vector<Value> PropertiesEditor::split(const Value &value) const
{
    std::vector<Value> entries;
    if (const ValueMap *map = value.asMap()) {
        for (const auto &[name, setting] : *map) {
            Value entry;
            entry.set("name", Value(name));
            entry.set("value", setting);
            entries.push_back(std::move(entry));
        }
    }
    return entries;
}

Value PropertiesEditor::combine(std::vector<Value> entries) const
{
    if (entries.empty())
        return {};
    Value map{ValueMap{}};
    for (const Value &entry : entries)
        map.set(*entry.find("name")->asString(), *entry.find("value"));
    return map;
}

} // namespace sluice
