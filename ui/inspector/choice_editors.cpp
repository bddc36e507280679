#include "ui/inspector/choice_editors.h"

#include "ui/document/qt_text.h"
#include "ui/theme/metrics.h"

#include <QAbstractItemView>
#include <QCheckBox>
#include <QCompleter>
#include <QHelpEvent>
#include <QLineEdit>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QStylePainter>
#include <QToolTip>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <algorithm>

namespace sluice {

namespace {
constexpr int kWidestList = 420;
} // namespace

CalmCombo::CalmCombo(QWidget *parent)
    : QComboBox(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setMinimumContentsLength(4);
}

void CalmCombo::showPopup()
{
    const QScrollBar *bar = view()->verticalScrollBar();
    const int wanted = view()->sizeHintForColumn(0) + bar->sizeHint().width() + metrics::kSpaceM;
    view()->setMinimumWidth(std::clamp(wanted, width(), std::max(width(), kWidestList)));
    QComboBox::showPopup();
}

bool CalmCombo::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip && toolTip().isEmpty() && !isEditable()) {
        QStyleOptionComboBox option;
        initStyleOption(&option);
        if (shortened(option) != option.currentText) {
            QToolTip::showText(static_cast<QHelpEvent *>(event)->globalPos(),
                               option.currentText.toHtmlEscaped(),
                               this);
            return true;
        }
    }
    return QComboBox::event(event);
}

void CalmCombo::paintEvent(QPaintEvent *event)
{
    (void)event;
    QStylePainter painter(this);
    QStyleOptionComboBox option;
    initStyleOption(&option);
    painter.drawComplexControl(QStyle::CC_ComboBox, option);
    if (!isEditable())
        option.currentText = shortened(option);
    painter.drawControl(QStyle::CE_ComboBoxLabel, option);
}

/// The chosen text as far as there is room for it.
QString CalmCombo::shortened(const QStyleOptionComboBox &option) const
{
    const QRect room =
        style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this);
    return fontMetrics().elidedText(
        option.currentText, Qt::ElideRight, room.width() - metrics::kSpaceXs);
}

void CalmCombo::wheelEvent(QWheelEvent *event)
{
    if (hasFocus())
        QComboBox::wheelEvent(event);
    else
        event->ignore(); // the form scrolls
}

ColumnCombo::ColumnCombo(const FieldContext &context, QWidget *parent, std::string table)
    : CalmCombo(parent)
    , m_context(context)
    , m_table(std::move(table))
{
    setEditable(true);
    setInsertPolicy(QComboBox::NoInsert);
    completer()->setCaseSensitivity(Qt::CaseInsensitive);
    completer()->setFilterMode(Qt::MatchContains);
    completer()->setCompletionMode(QCompleter::PopupCompletion);
    fill();
    connect(this, &QComboBox::editTextChanged, this, &ColumnCombo::columnEdited);
    connect(lineEdit(), &QLineEdit::editingFinished, this, &ColumnCombo::left);
}

void ColumnCombo::fill()
{
    const QStringList names = columnNames(m_context, m_table);
    QStringList shown;
    for (int i = 0; i < count(); ++i)
        shown << itemText(i);
    if (shown == names)
        return;
    const QSignalBlocker quiet(this);
    const QString text = currentText();
    clear();
    addItems(names);
    setEditText(text);
    int widest = 0;
    for (const QString &name : names)
        widest = std::max(widest, fontMetrics().horizontalAdvance(name));
    completer()->popup()->setMinimumWidth(std::min(widest + 2 * metrics::kSpaceM, kWidestList));
}

void ColumnCombo::setColumn(const QString &name)
{
    fill();
    if (currentText() == name)
        return;
    const QSignalBlocker quiet(this);
    setCurrentIndex(findText(name, Qt::MatchExactly | Qt::MatchCaseSensitive));
    setEditText(name);
    lineEdit()->setCursorPosition(0); // a name that is too long is read from its beginning
}

void ColumnCombo::showPopup()
{
    fill();
    CalmCombo::showPopup();
}

BooleanEditor::BooleanEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
    : FieldEditor(spec, context, parent)
    , m_box(new QCheckBox(toQString(spec.label), this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_box);
    setFocusProxy(m_box);
    connect(m_box, &QCheckBox::clicked, this, [this](bool checked) {
        Q_EMIT edited(Value(checked));
        Q_EMIT finished();
    });
}

void BooleanEditor::setValue(const Value &value)
{
    const Value &shown = value.isNull() ? m_spec.defaultValue : value;
    const bool *flag = shown.asBool();
    m_box->setChecked(flag != nullptr && *flag);
}

ChoiceEditor::ChoiceEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
    : FieldEditor(spec, context, parent)
    , m_combo(new CalmCombo(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_combo);
    setFocusProxy(m_combo);
    m_combo->setAccessibleName(toQString(m_spec.label));
    for (const FieldChoice &choice : m_spec.choices) {
        const QString value = toQString(choice.value);
        m_combo->addItem(choice.label.empty() ? value : toQString(choice.label), value);
    }
    connect(m_combo, &QComboBox::activated, this, [this] {
        Q_EMIT edited(Value(toStdString(m_combo->currentData().toString())));
        Q_EMIT finished();
    });
}

void ChoiceEditor::setValue(const Value &value)
{
    const QString text = valueText(value.isNull() ? m_spec.defaultValue : value);
    int index = m_combo->findData(text);
    if (index < 0 && !text.isEmpty()) {
        m_combo->addItem(text, text); // shown as the file has it; validation says that it is wrong
        index = m_combo->count() - 1;
    }
    m_combo->setCurrentIndex(index);
}

void ChoiceEditor::setInvalid(bool invalid)
{
    markInvalid(m_combo, invalid);
}

ColumnEditor::ColumnEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
    : FieldEditor(spec, context, parent)
    , m_combo(new ColumnCombo(context, this, spec.columnsOf))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_combo);
    setFocusProxy(m_combo);
    m_combo->setAccessibleName(toQString(m_spec.label));
    m_combo->lineEdit()->setPlaceholderText(toQString(m_spec.example));
    connect(m_combo, &ColumnCombo::columnEdited, this, [this](const QString &name) {
        Q_EMIT edited(name.isEmpty() ? Value() : Value(toStdString(name)));
    });
    connect(m_combo, &ColumnCombo::left, this, &FieldEditor::finished);
}

void ColumnEditor::setValue(const Value &value)
{
    m_combo->setColumn(valueText(value));
}

void ColumnEditor::setInvalid(bool invalid)
{
    markInvalid(m_combo, invalid);
}

} // namespace sluice
