#include "core/pipeline/edits.h"
#include "ui/document/column_origin.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/alternatives_bar.h"
#include "ui/inspector/field_row.h"
#include "ui/inspector/node_form.h"

#include <QVBoxLayout>

#include <set>

namespace sluice {

/// The choice between a field and those that take its place, above the first of them.
void NodeForm::addAlternatives(const FieldSpec &spec, QVBoxLayout *layout)
{
    std::vector<FieldSpec> fields{spec};
    for (const FieldSpec &other : m_descriptor->fields) {
        if (other.alternativeOf == spec.name)
            fields.push_back(other);
    }
    if (fields.size() == 1)
        return;
    auto *bar = new AlternativesBar(std::move(fields), m_content);
    layout->addWidget(bar);
    m_alternatives.push_back(bar);
    connect(bar,
            &AlternativesBar::switched,
            this,
            [this, bar](const std::string &from, const std::string &to) {
                switchAlternative(bar, from, to);
            });
}

AlternativesBar *NodeForm::alternatives(const std::string &field) const
{
    for (AlternativesBar *bar : m_alternatives) {
        if (bar->holds(field))
            return bar;
    }
    return nullptr;
}

/// One edit: what was set goes, and comes back in the other form, or as that was left before.
void NodeForm::switchAlternative(AlternativesBar *bar,
                                 const std::string &from,
                                 const std::string &to)
{
    const Value before = valueOf(from);
    const FieldSpec &source = *findField(bar->fields(), from);
    const FieldSpec &target = *findField(bar->fields(), to);
    bar->setNote({});
    Value after;
    if (!before.isNull()) {
        if (const auto converted = convertedValue(source, before, target, m_context))
            after = *converted;
        else if (source.type == FieldType::Expression) {
            bar->choose(from);
            showValues();
            bar->setNote(tr("This expression says more than %1 can show.")
                             .arg(toQString(target.label).toLower()));
            return;
        }
        m_setAside[from] = before;
    }
    if (after.isNull()) {
        if (const auto kept = m_setAside.find(to); kept != m_setAside.end())
            after = kept->second;
    }
    ++m_session;
    auto edited = sluice::setField(m_document.pipeline(), m_node, from, {});
    if (edited)
        edited = sluice::setField(*edited, m_node, to, after);
    const auto done = m_document.apply(tr("Change to %1").arg(toQString(target.label)), edited);
    (void)done; // the node exists: it is the one shown
    showValues();
}

/// Shows of each choice what is set; where nothing is, what was chosen last.
void NodeForm::showAlternatives()
{
    for (AlternativesBar *bar : m_alternatives) {
        bar->setNote({}); // it was about what is edited now
        if (!valueOf(bar->chosen()).isNull())
            continue;
        for (const FieldSpec &field : bar->fields()) {
            if (!valueOf(field.name).isNull()) {
                bar->choose(field.name);
                break;
            }
        }
    }
}

/// Places inside dynamic columns that sampled events had.
void NodeForm::addPaths()
{
    std::set<std::string> seen;
    const auto add = [&](const std::string &from) {
        for (const SchemaColumn &column : m_context.columns) {
            const InferredField *field = column.type == ColumnType::Dynamic
                                             ? sampledField(m_document, from, column.name)
                                             : nullptr;
            if (field == nullptr)
                continue;
            for (const InferredField *inner : fieldsInside(*field)) {
                if (seen.insert(inner->path).second)
                    m_context.paths.push_back({inner->path, inner->type});
            }
        }
    };
    if (m_descriptor->role == NodeRole::Source)
        return add(m_node);
    for (const WirePtr &wire : m_document.pipeline().wires) {
        if (wire->to.node == m_node)
            add(wire->from.node);
    }
}

} // namespace sluice
