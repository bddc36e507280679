#include "ui/inspector/list_editors.h"

#include "ui/document/qt_text.h"
#include "ui/inspector/choice_editors.h"

#include <QCompleter>
#include <QHBoxLayout>

namespace sluice {

TextListEditor::TextListEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
    : RowsEditor(spec, context, tr("Add"), parent)
{}

std::function<Value()>
TextListEditor::makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout)
{
    auto *line = new QLineEdit(valueText(entry), row);
    line->setPlaceholderText(toQString(m_spec.example));
    line->setAccessibleName(toQString(m_spec.label));
    complete(line);
    layout->addWidget(line, 1);
    connect(line, &QLineEdit::textChanged, this, &TextListEditor::rowEdited);
    connect(line, &QLineEdit::editingFinished, this, &FieldEditor::finished);
    // A reference stays one until the text is changed.
    return [line, entry, shown = line->text()]() -> Value {
        if (entry.asReference() != nullptr && line->text() == shown)
            return entry;
        return line->text().isEmpty() ? Value() : Value(toStdString(line->text()));
    };
}

void TextListEditor::complete(QLineEdit *line) const
{
    const auto found = context().suggestions.find(m_spec.name);
    if (found == context().suggestions.end())
        return;
    auto *completer = new QCompleter(found->second, line);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    completer->setFilterMode(Qt::MatchContains);
    line->setCompleter(completer);
}

void TextListEditor::refresh()
{
    for (QLineEdit *line : findChildren<QLineEdit *>())
        complete(line);
}

void TextListEditor::setInvalid(bool invalid)
{
    for (QLineEdit *line : findChildren<QLineEdit *>())
        markInvalid(line, invalid);
}

ColumnNamesEditor::ColumnNamesEditor(const FieldSpec &spec,
                                     const FieldContext &context,
                                     QWidget *parent)
    : RowsEditor(spec, context, tr("Add column"), parent)
{}

std::function<Value()>
ColumnNamesEditor::makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout)
{
    auto *combo = new ColumnCombo(context(), row);
    combo->setColumn(valueText(entry));
    combo->setAccessibleName(toQString(m_spec.label));
    layout->addWidget(combo, 1);
    connect(combo, &ColumnCombo::columnEdited, this, &ColumnNamesEditor::rowEdited);
    connect(combo, &ColumnCombo::left, this, &FieldEditor::finished);
    return [combo]() -> Value {
        return combo->column().isEmpty() ? Value() : Value(toStdString(combo->column()));
    };
}

void ColumnNamesEditor::setInvalid(bool invalid)
{
    for (ColumnCombo *combo : findChildren<ColumnCombo *>())
        markInvalid(combo, invalid);
}

} // namespace sluice
