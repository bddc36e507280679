#include "core/operators/key_fields.h"

#include "core/base/value_place.h"
#include "core/operators/expression_problem.h"

namespace sluice {

namespace {

std::string textOf(const Value &row, std::string_view key)
{
    const Value *value = row.find(key);
    return value != nullptr && value->asString() != nullptr ? *value->asString() : std::string();
}

} // namespace

KeyText keyText(const Value &entry)
{
    if (const std::string *text = entry.asString())
        return {*text, *text, {}};
    KeyText key;
    key.name = textOf(entry, "name");
    for (const std::string_view part : {"expression", "from", "name"}) {
        key.source = textOf(entry, part);
        key.part = part;
        if (!key.source.empty())
            break;
    }
    return key;
}

std::string keyNames(const Value &list)
{
    std::string names;
    if (list.asList() == nullptr)
        return names;
    for (const Value &entry : *list.asList()) {
        const KeyText key = keyText(entry);
        names += (names.empty() ? "" : ", ") + (key.name.empty() ? key.source : key.name);
    }
    return names;
}

std::optional<KeyField> bindKeyField(std::string_view field,
                                     const std::string &name,
                                     const std::string &path,
                                     const std::string &place,
                                     const Schema &input,
                                     const ParameterValues &parameters,
                                     std::vector<SchemaProblem> &problems)
{
    KeyField key;
    key.name = name;
    key.source = input.find(path);
    if (key.source) {
        key.type = input.columns[*key.source].type;
        return key;
    }
    auto bound = kql::compile(path, {&input, &parameters});
    for (const kql::Problem &problem : bound.problems)
        problems.push_back(
            expressionProblem(field, problem, path, fmt::format("field '{}', ", name), place));
    if (!bound.expression)
        return std::nullopt;
    key.type = bound.expression->type();
    key.value = std::move(bound.expression);
    return key;
}

KeyFields bindKeyFields(std::string_view field,
                        const Config &config,
                        const Schema &input,
                        const ParameterValues &parameters)
{
    KeyFields result;
    const ValueList *rows = config.value(field).asList();
    if (rows == nullptr)
        return result;
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const KeyText text = keyText((*rows)[i]);
        std::string place = placeOf({std::to_string(i)});
        if (!text.part.empty())
            place += placeOf({text.part});
        auto key =
            bindKeyField(field, text.name, text.source, place, input, parameters, result.problems);
        if (key)
            result.fields.push_back(std::move(*key));
    }
    return result;
}

std::vector<std::string> columnsOf(const std::vector<KeyField> &fields, const Schema &input)
{
    std::vector<std::string> names;
    for (const KeyField &field : fields) {
        if (field.source)
            names.push_back(input.columns[*field.source].name);
        else
            names.insert(names.end(), field.value->columns().begin(), field.value->columns().end());
    }
    return names;
}

KeyColumns::KeyColumns(const std::vector<KeyField> &fields, const Schema &input)
{
    for (const KeyField &field : fields) {
        Step step;
        step.source = field.source;
        if (field.value)
            step.value.emplace(field.value, columnPositions(*field.value, input));
        m_steps.push_back(std::move(step));
    }
}

Result<const std::vector<const Column *> *> KeyColumns::compute(const Batch &batch, Ticks now)
{
    m_kept.clear();
    m_columns.clear();
    for (Step &step : m_steps) {
        ColumnPtr column;
        if (step.source) {
            column = batch.columns[*step.source];
        } else {
            TRY_ASSIGN(column, step.value->evaluate(batch, now));
        }
        m_columns.push_back(column.get());
        m_kept.push_back(std::move(column));
    }
    return &m_columns;
}

} // namespace sluice
