#include "ui/inspector/expression_editor.h"

#include "ui/document/qt_text.h"
#include "ui/inspector/completion_box.h"
#include "ui/inspector/kql_words.h"
#include "ui/theme/fonts.h"

#include <QKeyEvent>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace sluice {

ExpressionText::ExpressionText(const FieldContext &context, QWidget *parent)
    : GrowingText(1, 6, parent)
    , m_context(context)
    , m_completer(new CompletionBox(this, [this] { return completions(); }))
{
    setFont(codeFont());
    new KqlHighlighter(document());
}

std::vector<Completion> ExpressionText::completions() const
{
    std::vector<Completion> words;
    for (const SchemaColumn &column : m_context.columns)
        words.push_back(
            {toQString(column.name), tr("%1 column").arg(toQString(typeName(column.type)))});
    for (const Parameter &parameter : m_context.parameters)
        words.push_back({QStringLiteral("param('%1')").arg(toQString(parameter.name)),
                         tr("%1 parameter").arg(toQString(typeName(parameter.type)))});
    const std::vector<Completion> &functions = kqlFunctions();
    words.insert(words.end(), functions.begin(), functions.end());
    return words;
}

void ExpressionText::keyPressEvent(QKeyEvent *event)
{
    if (m_completer->takesKey(*event)) {
        event->ignore(); // the list takes it
        return;
    }
    if (!CompletionBox::asks(*event))
        GrowingText::keyPressEvent(event);
    m_completer->afterKey(*event);
}

ExpressionEditor::ExpressionEditor(const FieldSpec &spec,
                                   const FieldContext &context,
                                   QWidget *parent)
    : FieldEditor(spec, context, parent)
    , m_text(new ExpressionText(context, this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_text);
    setFocusProxy(m_text);
    m_text->setPlaceholderText(toQString(m_spec.example));
    m_text->setAccessibleName(toQString(m_spec.label));
    connect(m_text, &QPlainTextEdit::textChanged, this, [this] {
        const QString text = m_text->toPlainText();
        Q_EMIT edited(text.isEmpty() ? Value() : Value(toStdString(text)));
    });
    connect(m_text, &GrowingText::left, this, &FieldEditor::finished);
}

void ExpressionEditor::setValue(const Value &value)
{
    const QString text = valueText(value);
    if (m_text->toPlainText() == text)
        return;
    const QSignalBlocker quiet(this);
    m_text->setPlainText(text);
}

void ExpressionEditor::setInvalid(bool invalid)
{
    markInvalid(m_text, invalid);
}

} // namespace sluice
