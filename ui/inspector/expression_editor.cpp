#include "ui/inspector/expression_editor.h"

#include "ui/document/qt_text.h"
#include "ui/inspector/kql_words.h"
#include "ui/theme/fonts.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QKeyEvent>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStringListModel>
#include <QTextCursor>
#include <QVBoxLayout>

namespace sluice {

ExpressionText::ExpressionText(const FieldContext &context, QWidget *parent)
    : GrowingText(1, 6, parent)
    , m_context(context)
    , m_words(new QStringListModel(this))
{
    setFont(codeFont());
    m_completer = new QCompleter(m_words, this);
    m_completer->setWidget(this);
    m_completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_completer->setCompletionMode(QCompleter::PopupCompletion);
    m_completer->setMaxVisibleItems(8);
    connect(m_completer,
            qOverload<const QString &>(&QCompleter::activated),
            this,
            &ExpressionText::insertCompletion);
    new KqlHighlighter(document());
}

QStringList ExpressionText::completions() const
{
    QStringList words = columnNames(m_context);
    for (const Parameter &parameter : m_context.parameters)
        words << QStringLiteral("param('%1')").arg(toQString(parameter.name));
    return words + kqlFunctions();
}

QString ExpressionText::wordBeforeCursor() const
{
    const QString text = textCursor().block().text().left(textCursor().positionInBlock());
    qsizetype begin = text.size();
    while (begin > 0
           && (text[begin - 1].isLetterOrNumber() || text[begin - 1] == QLatin1Char('_')
               || text[begin - 1] == QLatin1Char('$')))
        --begin;
    return text.mid(begin);
}

void ExpressionText::keyPressEvent(QKeyEvent *event)
{
    const bool open = m_completer->popup()->isVisible();
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Tab:
    case Qt::Key_Escape:
        if (open) {
            event->ignore(); // the list takes it
            return;
        }
        break;
    default:
        break;
    }
    const bool asked =
        event->key() == Qt::Key_Space && event->modifiers().testFlag(Qt::ControlModifier);
    if (!asked)
        GrowingText::keyPressEvent(event);
    const bool typed = !event->text().isEmpty() && event->text().at(0).isPrint();
    if (asked || typed)
        complete(asked);
    else if (open)
        m_completer->popup()->hide();
}

void ExpressionText::complete(bool asked)
{
    const QString prefix = wordBeforeCursor();
    if (!asked && (prefix.isEmpty() || prefix[0].isDigit())) {
        m_completer->popup()->hide();
        return;
    }
    m_words->setStringList(completions());
    m_completer->setCompletionPrefix(prefix);
    const bool done = m_completer->completionCount() == 1
                      && m_completer->currentCompletion().compare(prefix, Qt::CaseInsensitive) == 0;
    if (m_completer->completionCount() == 0 || done) {
        m_completer->popup()->hide();
        return;
    }
    QRect place = cursorRect();
    place.setWidth(m_completer->popup()->sizeHintForColumn(0) + 24);
    m_completer->complete(place);
}

void ExpressionText::insertCompletion(const QString &word)
{
    QTextCursor cursor = textCursor();
    cursor.movePosition(QTextCursor::Left, QTextCursor::KeepAnchor, int(wordBeforeCursor().size()));
    cursor.insertText(word);
    setTextCursor(cursor);
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
