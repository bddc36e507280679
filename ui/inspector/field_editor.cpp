#include "ui/inspector/field_editor.h"

#include "ui/document/qt_text.h"

#include <QLocale>
#include <QVariant>

namespace sluice {

FieldEditor::FieldEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
    : QWidget(parent)
    , m_spec(spec)
    , m_context(context)
{
    setObjectName(QStringLiteral("field:") + toQString(spec.name));
}

void FieldEditor::setInvalid(bool invalid)
{
    (void)invalid;
}

void FieldEditor::setProblems(const std::vector<Diagnostic> &problems)
{
    (void)problems;
}

const std::vector<SchemaColumn> &FieldContext::columnsOf(std::string_view table) const
{
    for (const OfferedColumns &known : tables) {
        if (known.table == table)
            return known.columns;
    }
    return columns;
}

void markInvalid(QWidget *field, bool invalid)
{
    if (field->property("invalid").toBool() == invalid)
        return;
    field->setProperty("invalid", invalid);
    field->update();
}

QString valueText(const Value &value)
{
    if (const auto *text = value.asString())
        return toQString(*text);
    if (const auto *flag = value.asBool())
        return *flag ? QStringLiteral("true") : QStringLiteral("false");
    if (const auto *number = value.asInteger())
        return QString::number(*number);
    if (const auto *number = value.asReal())
        return QString::number(*number, 'g', QLocale::FloatingPointShortest);
    if (value.isNull())
        return {};
    return toQString(value.toJson());
}

Value valueFromText(const QString &text)
{
    const QString trimmed = text.trimmed();
    if (text.isEmpty())
        return {};
    bool fits = false;
    if (const qlonglong number = trimmed.toLongLong(&fits); fits)
        return Value(std::int64_t(number));
    if (const double number = trimmed.toDouble(&fits); fits)
        return Value(number);
    if (trimmed == QLatin1String("true"))
        return Value(true);
    if (trimmed == QLatin1String("false"))
        return Value(false);
    return Value(toStdString(text));
}

QStringList columnNames(const FieldContext &context, std::string_view table)
{
    QStringList names;
    for (const SchemaColumn &column : context.columnsOf(table))
        names << toQString(column.name);
    if (table.empty()) {
        for (const SchemaColumn &path : context.paths)
            names << toQString(path.name);
    }
    return names;
}

} // namespace sluice
