#include "ui/inspector/alternatives_bar.h"

#include "core/operators/conditions_text.h"
#include "ui/document/qt_text.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/themed_label.h"

#include <QSignalBlocker>
#include <QTabBar>
#include <QVBoxLayout>

#include <algorithm>

namespace sluice {

AlternativesBar::AlternativesBar(std::vector<FieldSpec> fields, QWidget *parent)
    : QWidget(parent)
    , m_fields(std::move(fields))
    , m_tabs(new QTabBar(this))
    , m_note(new ThemedLabel(TextRole::Warning, this))
{
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("One of these"));
    for (const FieldSpec &field : m_fields)
        m_tabs->addTab(toQString(field.label));
    m_note->setWordWrap(true);
    m_note->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceXs);
    layout->addWidget(m_tabs, 0, Qt::AlignLeft);
    layout->addWidget(m_note);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int index) {
        const int before = std::exchange(m_chosen, index);
        if (before != index)
            Q_EMIT switched(m_fields[std::size_t(before)].name, m_fields[std::size_t(index)].name);
    });
}

bool AlternativesBar::holds(const std::string &field) const
{
    return findField(m_fields, field) != nullptr;
}

const std::string &AlternativesBar::chosen() const
{
    return m_fields[std::size_t(m_chosen)].name;
}

void AlternativesBar::choose(const std::string &field)
{
    const FieldSpec *found = findField(m_fields, field);
    if (found == nullptr)
        return;
    m_chosen = int(found - m_fields.data());
    const QSignalBlocker quiet(m_tabs);
    m_tabs->setCurrentIndex(m_chosen);
}

void AlternativesBar::setNote(const QString &note)
{
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

QString AlternativesBar::note() const
{
    return m_note->text();
}

std::optional<Value> convertedValue(const FieldSpec &from,
                                    const Value &value,
                                    const FieldSpec &to,
                                    const FieldContext &context)
{
    if (from.type == FieldType::Conditions && to.type == FieldType::Expression) {
        Schema schema;
        schema.columns = context.columns;
        const auto text = conditionsToText(value, schema);
        return text ? std::optional(Value(*text)) : std::nullopt;
    }
    if (from.type == FieldType::Expression && to.type == FieldType::Conditions
        && value.asString() != nullptr)
        return conditionsFromText(*value.asString());
    return std::nullopt;
}

} // namespace sluice
