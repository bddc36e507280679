#include "ui/inspector/expression_editor.h"

#include "core/kql/lexer.h"
#include "core/kql/query_parser.h"
#include "ui/document/qt_text.h"
#include "ui/inspector/completion_box.h"
#include "ui/inspector/function_picker.h"
#include "ui/inspector/kql_words.h"
#include "ui/theme/fonts.h"
#include "ui/theme/icons.h"

#include <QKeyEvent>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace sluice {

namespace {

constexpr int kButtonSide = 22;
constexpr int kExpressionLines = 6;
constexpr int kQueryLines = 16;
constexpr int kFewestQueryLines = 4;

/// Whether a query goes on with an operator here: behind a bar.
bool afterBar(const QTextCursor &cursor)
{
    QString text = cursor.document()->toPlainText().left(cursor.position());
    while (!text.isEmpty() && (text.back().isLetterOrNumber() || text.back() == QLatin1Char('-')))
        text.chop(1);
    return text.trimmed().endsWith(QLatin1Char('|'));
}

} // namespace

ExpressionText::ExpressionText(const FieldContext &context, QWidget *parent, Language language)
    : GrowingText(language == Language::Query ? kFewestQueryLines : 1,
                  language == Language::Query ? kQueryLines : kExpressionLines,
                  parent)
    , m_context(context)
    , m_language(language)
    , m_completer(new CompletionBox(this, [this] { return completions(); }))
    , m_pick(new QToolButton(this))
{
    setFont(codeFont());
    new KqlHighlighter(document());
    m_pick->setObjectName(QStringLiteral("pickFunction"));
    m_pick->setIcon(icon(QStringLiteral("function")));
    m_pick->setAutoRaise(true);
    m_pick->setFixedSize(kButtonSide, kButtonSide);
    m_pick->setFocusPolicy(Qt::NoFocus); // its keys are Ctrl+Shift+Space
    m_pick->setCursor(Qt::ArrowCursor);
    m_pick->setToolTip(tr("Choose a function (%1)")
                           .arg(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Space)
                                    .toString(QKeySequence::NativeText)));
    m_pick->setAccessibleName(tr("Choose a function"));
    connect(m_pick, &QToolButton::clicked, this, &ExpressionText::openPicker);
    setViewportMargins(0, 0, kButtonSide + 2, 0);
    placeButton();
}

std::vector<Completion> ExpressionText::completions() const
{
    std::vector<Completion> words;
    if (m_language == Language::Query && afterBar(textCursor())) {
        for (const std::string &name : kql::queryOperatorNames())
            words.push_back({toQString(name), tr("operator")});
        return words;
    }
    for (const std::vector<SchemaColumn> *columns : {&m_context.columns, &m_context.paths}) {
        for (const SchemaColumn &column : *columns)
            words.push_back(
                {toQString(column.name), tr("%1 column").arg(toQString(typeName(column.type)))});
    }
    for (const Parameter &parameter : m_context.parameters)
        words.push_back({QStringLiteral("param('%1')").arg(toQString(parameter.name)),
                         tr("%1 parameter").arg(toQString(typeName(parameter.type)))});
    if (m_language != Language::Scalar) {
        for (const FunctionEntry &entry : aggregateEntries())
            words.push_back({entry.name, entry.help, true});
    }
    const std::vector<Completion> &functions = kqlFunctions();
    words.insert(words.end(), functions.begin(), functions.end());
    return words;
}

void ExpressionText::openPicker()
{
    auto *picker = new FunctionPicker(m_language != Language::Scalar, window());
    connect(picker, &FunctionPicker::chosen, this, [this](const FunctionEntry &entry) {
        insertCall(entry.call);
    });
    picker->openAt(this);
}

void ExpressionText::insertCall(const QString &call)
{
    QTextCursor cursor = textCursor();
    const QString selected = cursor.selectedText();
    const int begin = cursor.selectionStart();
    cursor.insertText(call);
    m_placeholders.clear();
    const std::string bytes = toStdString(call);
    const std::vector<kql::Token> tokens = kql::tokenize(bytes);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const bool name = tokens[i].kind == kql::TokenKind::Name;
        const bool called = i + 1 < tokens.size() && tokens[i + 1].text == "(";
        if ((!name || called) && tokens[i].kind != kql::TokenKind::String)
            continue;
        const auto from = toQString(std::string_view(bytes).substr(0, tokens[i].at.offset)).size();
        QTextCursor place(document());
        place.setPosition(begin + int(from));
        place.setPosition(begin + int(from + toQString(tokens[i].text).size()),
                          QTextCursor::KeepAnchor);
        m_placeholders.push_back(place);
    }
    setFocus();
    if (!selected.isEmpty() && !m_placeholders.empty()) {
        m_placeholders.front().insertText(selected);
        m_placeholders.pop_front();
    }
    if (!nextPlaceholder())
        setTextCursor(cursor); // behind the call
}

/// Selects the next argument that was not given yet.
bool ExpressionText::nextPlaceholder()
{
    while (!m_placeholders.empty()) {
        const QTextCursor place = m_placeholders.front();
        m_placeholders.pop_front();
        if (!place.hasSelection()) // it was deleted meanwhile
            continue;
        setTextCursor(place);
        return true;
    }
    return false;
}

void ExpressionText::keyPressEvent(QKeyEvent *event)
{
    if (m_completer->takesKey(*event)) {
        event->ignore(); // the list takes it
        return;
    }
    if (event->key() == Qt::Key_Space
        && event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier))
        return openPicker();
    if (event->key() == Qt::Key_Tab && nextPlaceholder())
        return;
    if (event->key() == Qt::Key_Escape)
        m_placeholders.clear();
    if (!CompletionBox::asks(*event))
        GrowingText::keyPressEvent(event);
    m_completer->afterKey(*event);
}

void ExpressionText::focusOutEvent(QFocusEvent *event)
{
    if (event->reason() != Qt::PopupFocusReason && event->reason() != Qt::ActiveWindowFocusReason)
        m_placeholders.clear();
    GrowingText::focusOutEvent(event);
}

void ExpressionText::resizeEvent(QResizeEvent *event)
{
    GrowingText::resizeEvent(event);
    placeButton();
}

void ExpressionText::changeEvent(QEvent *event)
{
    GrowingText::changeEvent(event);
    if (event->type() == QEvent::StyleChange)
        placeButton();
}

void ExpressionText::placeButton()
{
    const int space = (std::min(height(), 32) - kButtonSide) / 2;
    m_pick->move(width() - kButtonSide - space, space);
}

ExpressionEditor::ExpressionEditor(const FieldSpec &spec,
                                   const FieldContext &context,
                                   QWidget *parent)
    : FieldEditor(spec, context, parent)
    , m_text(new ExpressionText(context,
                                this,
                                spec.type == FieldType::Query ? ExpressionText::Language::Query
                                                              : ExpressionText::Language::Scalar))
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
