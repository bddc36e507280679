#include "ui/inspector/line_editors.h"

#include "core/base/time_zone.h"
#include "core/pipeline/pipeline_file.h"
#include "ui/document/qt_text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/themed_label.h"

#include <QCompleter>
#include <QEvent>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStringListModel>
#include <QVBoxLayout>

#include <algorithm>

namespace sluice {

UnitLine::UnitLine(QWidget *parent)
    : QLineEdit(parent)
{
    m_unit = new ThemedLabel(TextRole::Secondary, this);
    m_unit->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_unit->hide();
}

void UnitLine::setUnit(const QString &unit)
{
    m_unit->setText(unit);
    m_unit->setVisible(!unit.isEmpty());
    m_unit->adjustSize();
    setTextMargins(0, 0, unit.isEmpty() ? 0 : m_unit->width() + metrics::kSpaceXs, 0);
    place();
}

void UnitLine::resizeEvent(QResizeEvent *event)
{
    QLineEdit::resizeEvent(event);
    place();
}

void UnitLine::changeEvent(QEvent *event)
{
    QLineEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        place();
}

void UnitLine::place()
{
    m_unit->move(width() - m_unit->width() - metrics::kSpaceS, (height() - m_unit->height()) / 2);
}

GrowingText::GrowingText(int minimumLines, int maximumLines, QWidget *parent)
    : QPlainTextEdit(parent)
    , m_minimumLines(minimumLines)
    , m_maximumLines(maximumLines)
{
    setTabChangesFocus(true);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    document()->setDocumentMargin(5);
    viewport()->setAutoFillBackground(false); // the frame is filled, up to its round corners
    connect(this, &QPlainTextEdit::textChanged, this, &GrowingText::fit);
    fit();
}

void GrowingText::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    fit();
    // The line that made it grow was scrolled to while there was no room for it yet.
    if (int(document()->size().height()) <= m_maximumLines)
        verticalScrollBar()->setValue(0);
}

void GrowingText::focusOutEvent(QFocusEvent *event)
{
    QPlainTextEdit::focusOutEvent(event);
    Q_EMIT left();
}

void GrowingText::fit()
{
    // A plain text document counts its height in lines.
    const int lines = int(document()->size().height());
    const int shown = std::clamp(lines, m_minimumLines, m_maximumLines);
    setVerticalScrollBarPolicy(lines > m_maximumLines ? Qt::ScrollBarAsNeeded
                                                      : Qt::ScrollBarAlwaysOff);
    const int margins = int(2 * document()->documentMargin()) + 2 * frameWidth();
    const int height = std::max(32, shown * fontMetrics().lineSpacing() + margins);
    if (minimumHeight() != height || maximumHeight() != height)
        setFixedHeight(height);
}

LineEditor::LineEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
    : FieldEditor(spec, context, parent)
    , m_line(new UnitLine(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_line);
    setFocusProxy(m_line);
    const QString standard = valueText(m_spec.defaultValue);
    m_line->setPlaceholderText(standard.isEmpty() ? toQString(m_spec.example) : standard);
    m_line->setUnit(toQString(m_spec.unit));
    m_line->setAccessibleName(toQString(m_spec.label));
    connect(m_line, &QLineEdit::textEdited, this, [this] { Q_EMIT edited(typed()); });
    connect(m_line, &QLineEdit::editingFinished, this, &FieldEditor::finished);
    LineEditor::refresh();
}

Value LineEditor::typed() const
{
    const QString text = m_line->text();
    switch (m_spec.type) {
    case FieldType::Integer:
    case FieldType::Real: {
        const Value value = valueFromText(text);
        return value.asBool() != nullptr ? Value(toStdString(text)) : value;
    }
    case FieldType::ByteSize: {
        const Value value = valueFromText(text);
        return value.asInteger() != nullptr || value.isNull() ? value : Value(toStdString(text));
    }
    default:
        return text.isEmpty() ? Value() : Value(toStdString(text));
    }
}

void LineEditor::setValue(const Value &value)
{
    if (typed() == value)
        return;
    m_line->setText(valueText(value));
    m_line->setCursorPosition(0);
}

void LineEditor::setInvalid(bool invalid)
{
    markInvalid(m_line, invalid);
}

void LineEditor::refresh()
{
    QStringList words;
    if (m_spec.type == FieldType::TimeZone) {
        if (m_line->completer() != nullptr)
            return;
        for (const std::string &name : TimeZone::names())
            words << toQString(name);
    } else if (const auto found = context().suggestions.find(m_spec.name);
               found != context().suggestions.end()) {
        words = found->second;
    } else {
        return;
    }
    auto *completer = new QCompleter(words, m_line);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    completer->setFilterMode(Qt::MatchContains);
    connect(completer, qOverload<const QString &>(&QCompleter::activated), this, [this] {
        Q_EMIT edited(typed());
    });
    m_line->setCompleter(completer);
}

MultilineEditor::MultilineEditor(const FieldSpec &spec,
                                 const FieldContext &context,
                                 QWidget *parent)
    : FieldEditor(spec, context, parent)
    , m_text(new GrowingText(3, 12, this))
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

void MultilineEditor::setValue(const Value &value)
{
    const QString text = valueText(value);
    if (m_text->toPlainText() == text)
        return;
    const QSignalBlocker quiet(this);
    m_text->setPlainText(text);
}

void MultilineEditor::setInvalid(bool invalid)
{
    markInvalid(m_text, invalid);
}

JsonEditor::JsonEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
    : FieldEditor(spec, context, parent)
    , m_text(new GrowingText(2, 12, this))
    , m_problem(new ThemedLabel(TextRole::Error, this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceXs);
    layout->addWidget(m_text);
    layout->addWidget(m_problem);
    setFocusProxy(m_text);
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_text->setFont(codeFont());
    m_text->setPlaceholderText(toQString(m_spec.example));
    m_text->setAccessibleName(toQString(m_spec.label));
    connect(m_text, &QPlainTextEdit::textChanged, this, &JsonEditor::onTextChanged);
    connect(m_text, &GrowingText::left, this, &FieldEditor::finished);
}

void JsonEditor::onTextChanged()
{
    const QString text = m_text->toPlainText();
    Value value;
    if (!text.trimmed().isEmpty()) {
        auto parsed = valueFromJson(toStdString(text));
        m_problem->setVisible(!parsed);
        markInvalid(m_text, !parsed);
        if (!parsed) {
            m_problem->setText(toQString(parsed.error().message));
            return;
        }
        value = *std::move(parsed);
    }
    m_problem->hide();
    markInvalid(m_text, false);
    if (value == m_value)
        return;
    m_value = value;
    Q_EMIT edited(value);
}

void JsonEditor::setValue(const Value &value)
{
    if (value == m_value)
        return;
    m_value = value;
    m_text->setPlainText(value.isNull() ? QString() : toQString(value.toJson()));
}

void JsonEditor::setInvalid(bool invalid)
{
    if (!m_problem->isVisible())
        markInvalid(m_text, invalid);
}

} // namespace sluice
