#include "ui/inspector/event_time_editor.h"

#include "ui/document/qt_text.h"
#include "ui/inspector/choice_editors.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/themed_label.h"

#include <QGridLayout>
#include <QLineEdit>
#include <QSignalBlocker>

namespace sluice {

namespace {
constexpr std::string_view kField = "field";
constexpr std::string_view kDisorder = "max_out_of_orderness";
} // namespace

EventTimeEditor::EventTimeEditor(const FieldSpec &spec,
                                 const FieldContext &context,
                                 QWidget *parent)
    : FieldEditor(spec, context, parent)
    , m_field(new ColumnCombo(context, this))
    , m_disorder(new QLineEdit(this))
{
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins({});
    grid->setHorizontalSpacing(metrics::kSpaceS);
    grid->setVerticalSpacing(metrics::kSpaceXs);
    grid->addWidget(new ThemedLabel(tr("Column"), TextRole::Secondary, this), 0, 0);
    grid->addWidget(m_field, 0, 1);
    grid->addWidget(new ThemedLabel(tr("Late by up to"), TextRole::Secondary, this), 1, 0);
    grid->addWidget(m_disorder, 1, 1);
    grid->setColumnStretch(1, 1);
    m_disorder->setPlaceholderText(QStringLiteral("0s"));
    m_disorder->setAccessibleName(tr("Late by up to"));
    m_field->setAccessibleName(tr("Column of the event time"));
    setFocusProxy(m_field);
    connect(m_field, &ColumnCombo::columnEdited, this, &EventTimeEditor::onEdited);
    connect(m_field, &ColumnCombo::left, this, &FieldEditor::finished);
    connect(m_disorder, &QLineEdit::textEdited, this, &EventTimeEditor::onEdited);
    connect(m_disorder, &QLineEdit::editingFinished, this, &FieldEditor::finished);
}

void EventTimeEditor::onEdited()
{
    Value value = m_value;
    const auto put = [&value](std::string_view key, const QString &text) {
        if (text.isEmpty())
            value.erase(key);
        else
            value.set(key, Value(toStdString(text)));
    };
    put(kField, m_field->column());
    put(kDisorder, m_disorder->text());
    const ValueMap *map = value.asMap();
    if (map == nullptr || map->empty())
        value = {};
    m_value = value;
    Q_EMIT edited(value);
}

void EventTimeEditor::setValue(const Value &value)
{
    if (value == m_value)
        return;
    m_value = value;
    const Value *field = value.find(kField);
    const Value *disorder = value.find(kDisorder);
    m_field->setColumn(field != nullptr ? valueText(*field) : QString());
    m_disorder->setText(disorder != nullptr ? valueText(*disorder) : QString());
}

void EventTimeEditor::setInvalid(bool invalid)
{
    markInvalid(m_field, invalid);
}

} // namespace sluice
