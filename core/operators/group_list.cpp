#include "core/operators/group_list.h"

#include "core/base/value_place.h"
#include "core/kql/quote.h"
#include "core/operators/expression_problem.h"
#include "core/operators/key_fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

std::string textOf(const Value &entry, std::string_view part)
{
    const Value *value = entry.find(part);
    const std::string *text = value == nullptr ? nullptr : value->asString();
    return text == nullptr ? std::string() : *text;
}

const ValueList &entriesOf(const Value &value)
{
    static const ValueList kNone;
    const ValueList *list = value.asList();
    return list == nullptr ? kNone : *list;
}

class ListBinder
{
public:
    ListBinder(const Config &config,
               const Schema &input,
               const ParameterValues &parameters,
               std::vector<std::string> taken)
        : m_config(config)
        , m_input(input)
        , m_context{&input, &parameters}
        , m_taken(std::move(taken))
    {}

    GroupList run()
    {
        const ValueList &keys = entriesOf(m_config.value(kByField));
        for (std::size_t i = 0; i < keys.size(); ++i)
            bindKey(keyText(keys[i]), placeOf({std::to_string(i)}));
        bindAggregates();
        return std::move(m_list);
    }

private:
    void problem(std::string_view field,
                 ErrorCode code,
                 std::string message,
                 std::string hint,
                 std::string place)
    {
        SchemaProblem found{std::string(field),
                            {code, std::move(message), std::move(hint), {}, {}}};
        found.suggestionPlace = std::move(place);
        m_list.problems.push_back(std::move(found));
    }

    /// @return false when the output has the name already
    bool takeName(std::string_view field, const std::string &name, const std::string &place)
    {
        if (std::find(m_taken.begin(), m_taken.end(), name) != m_taken.end()) {
            problem(field,
                    ErrorCode::DuplicateId,
                    fmt::format("the output has two columns called '{}'", name),
                    "Rename one of them.",
                    place);
            return false;
        }
        m_taken.push_back(name);
        return true;
    }

    void bindKey(const KeyText &key, const std::string &place)
    {
        if (key.source.empty())
            return problem(kByField,
                           ErrorCode::MissingValue,
                           "a key has no name",
                           R"(Write it as {"name": "device_id"}.)",
                           place);
        const std::string &name = key.name.empty() ? key.source : key.name;
        const std::string source =
            m_input.find(key.source) ? kql::quoteName(key.source) : key.source;
        const std::string at = key.part.empty() ? place : place + placeOf({key.part});
        const auto bound = kql::compile(source, m_context);
        for (const kql::Problem &found : bound.problems)
            m_list.problems.push_back(expressionProblem(
                kByField, found, key.source, fmt::format("key '{}', ", name), at));
        if (!bound.expression)
            return;
        if (bound.expression->type() == ColumnType::Dynamic)
            return refuseDynamic(name, source, key, place);
        if (takeName(kByField, name, place))
            m_list.keys.push_back({name, bound.expression});
    }

    void refuseDynamic(const std::string &name,
                       const std::string &source,
                       const KeyText &key,
                       const std::string &place)
    {
        const std::string cast = fmt::format("tostring({})", source);
        problem(kByField,
                ErrorCode::WrongType,
                fmt::format("the key '{}' is dynamic, which has no order and no equality", name),
                fmt::format("Convert it: {}.", cast),
                place);
        // A path such as site.name goes on as its last name.
        const std::string called =
            key.name != key.source ? name : name.substr(name.find_last_of('.') + 1);
        SchemaProblem &found = m_list.problems.back();
        found.suggestion = Value(ValueMap{{"name", Value(called)}, {"expression", Value(cast)}});
        found.suggestionLabel = fmt::format("Use {}", cast);
    }

    void bindAggregates()
    {
        std::vector<kql::NamedAggregate> entries;
        for (const Value &entry : entriesOf(m_config.value(kAggregatesField))) {
            entries.push_back({textOf(entry, "name"), textOf(entry, "expression")});
            if (entries.back().expression.empty())
                problem(kAggregatesField,
                        ErrorCode::MissingValue,
                        fmt::format("the aggregate '{}' has no expression", entries.back().name),
                        R"-(Write it as {"name": "average", "expression": "avg(temp)"}.)-",
                        placeOf({std::to_string(entries.size() - 1)}));
        }
        if (!m_list.problems.empty())
            return;
        std::vector<std::string> keys;
        for (const GroupList::Key &key : m_list.keys)
            keys.push_back(key.name);
        auto bound = kql::compileAggregates(entries, m_context, keys);
        for (const auto &found : bound.problems) {
            const kql::NamedAggregate &entry = entries[found.entry];
            m_list.problems.push_back(expressionProblem(
                kAggregatesField,
                found.problem,
                entry.expression,
                entry.name.empty() ? std::string() : fmt::format("aggregate '{}', ", entry.name),
                placeOf({std::to_string(found.entry), "expression"})));
        }
        if (!bound.plan)
            return;
        nameColumns(*bound.plan);
        m_list.plan = std::move(bound.plan);
    }

    void nameColumns(const kql::AggregatePlan &plan)
    {
        int unnamed = 0;
        for (const kql::AggregateColumn &column : plan.columns) {
            std::string name = column.name;
            if (name.empty())
                name = fmt::format("Column{}", ++unnamed);
            const std::string base = name;
            for (int more = 1; !column.named && isTaken(name, plan); ++more)
                name = base + std::to_string(more);
            if (!takeName(kAggregatesField, name, {}))
                return;
            m_list.names.push_back(std::move(name));
        }
    }

    bool isTaken(const std::string &name, const kql::AggregatePlan &plan) const
    {
        return std::find(m_taken.begin(), m_taken.end(), name) != m_taken.end()
               || std::any_of(plan.columns.begin(), plan.columns.end(), [&](const auto &other) {
                      return other.named && other.name == name;
                  });
    }

    const Config &m_config;
    const Schema &m_input;
    kql::BindContext m_context;
    std::vector<std::string> m_taken;
    GroupList m_list;
};

} // namespace

GroupList bindGroupList(const Config &config,
                        const Schema &input,
                        const ParameterValues &parameters,
                        std::vector<std::string> taken)
{
    return ListBinder(config, input, parameters, std::move(taken)).run();
}

std::vector<std::string> columnsOf(const GroupList &list)
{
    std::vector<std::string> names;
    for (const GroupList::Key &key : list.keys)
        names.insert(names.end(), key.value->columns().begin(), key.value->columns().end());
    if (list.plan) {
        for (const SchemaColumn &column : list.plan->inputs)
            names.push_back(column.name);
    }
    return names;
}

std::vector<ColumnType> keyTypes(const GroupList &list)
{
    std::vector<ColumnType> types;
    for (const GroupList::Key &key : list.keys)
        types.push_back(key.value->type());
    return types;
}

std::string describeGroupList(const ValueMap &config)
{
    const Config fields(config);
    std::string aggregates;
    for (const Value &entry : entriesOf(fields.value(kAggregatesField)))
        aggregates += (aggregates.empty() ? "" : ", ") + textOf(entry, "expression");
    const std::string keys = keyNames(fields.value(kByField));
    return keys.empty() ? aggregates : fmt::format("{} by {}", aggregates, keys);
}

} // namespace sluice
