#include "core/operators/group_list.h"

#include "core/kql/quote.h"
#include "core/operators/expression_problem.h"

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

/// The entries of a list field; a lone name stands for {"name": …}.
ValueList entriesOf(const Value &value)
{
    ValueList entries;
    if (const ValueList *list = value.asList()) {
        for (const Value &item : *list) {
            if (item.asString() != nullptr)
                entries.emplace_back(ValueMap{{"name", item}});
            else
                entries.push_back(item);
        }
    }
    return entries;
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
        for (const Value &entry : entriesOf(m_config.value(kByField)))
            bindKey(entry);
        bindAggregates();
        return std::move(m_list);
    }

private:
    void problem(std::string_view field, ErrorCode code, std::string message, std::string hint)
    {
        m_list.problems.push_back(
            {std::string(field), {code, std::move(message), std::move(hint), {}, {}}});
    }

    /// @return false when the output has the name already
    bool takeName(std::string_view field, const std::string &name)
    {
        if (std::find(m_taken.begin(), m_taken.end(), name) != m_taken.end()) {
            problem(field,
                    ErrorCode::DuplicateId,
                    fmt::format("the output has two columns called '{}'", name),
                    "Rename one of them.");
            return false;
        }
        m_taken.push_back(name);
        return true;
    }

    /// A mended text as a value for the whole field, where the problem knows one.
    void addProblem(std::string_view field,
                    const kql::Problem &found,
                    const std::string &text,
                    std::string_view prefix)
    {
        SchemaProblem result = expressionProblem(field, found, text, prefix);
        if (!found.suggestion.empty() && found.at.offset + found.at.length <= text.size()) {
            std::string mended = text;
            mended.replace(found.at.offset, found.at.length, found.suggestion);
            Value value = m_config.value(field);
            replaceText(value, text, mended);
            result.suggestion = std::move(value);
            result.suggestionLabel = fmt::format("Use {}", found.suggestion);
        }
        m_list.problems.push_back(std::move(result));
    }

    static void replaceText(Value &list, const std::string &text, const std::string &mended)
    {
        if (list.asList() == nullptr)
            return;
        for (Value &entry : *list.asList()) {
            if (entry.asString() != nullptr && *entry.asString() == text)
                entry = Value(mended);
            for (const std::string_view part : {"expression", "from", "name"}) {
                if (textOf(entry, part) == text) {
                    entry.set(part, Value(mended));
                    break;
                }
            }
        }
    }

    void bindKey(const Value &entry)
    {
        std::string name = textOf(entry, "name");
        const std::string from = textOf(entry, "from");
        std::string text = textOf(entry, "expression");
        if (text.empty())
            text = from.empty() ? name : from;
        if (text.empty())
            return problem(kByField,
                           ErrorCode::MissingValue,
                           "a key has no name",
                           R"(Write it as {"name": "device_id"}.)");
        if (name.empty())
            name = text;
        const std::string source = m_input.find(text) ? kql::quoteName(text) : text;
        const auto bound = kql::compile(source, m_context);
        for (const kql::Problem &found : bound.problems)
            addProblem(kByField, found, text, fmt::format("key '{}', ", name));
        if (!bound.expression)
            return;
        if (bound.expression->type() == ColumnType::Dynamic)
            return problem(kByField,
                           ErrorCode::WrongType,
                           fmt::format("the key '{}' is dynamic, which has no order and no "
                                       "equality",
                                       name),
                           fmt::format("Convert it: tostring({}).", source));
        if (takeName(kByField, name))
            m_list.keys.push_back({std::move(name), bound.expression});
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
                        R"-(Write it as {"name": "average", "expression": "avg(temp)"}.)-");
        }
        if (!m_list.problems.empty())
            return;
        std::vector<std::string> keys;
        for (const GroupList::Key &key : m_list.keys)
            keys.push_back(key.name);
        auto bound = kql::compileAggregates(entries, m_context, keys);
        for (const auto &found : bound.problems) {
            const kql::NamedAggregate &entry = entries[found.entry];
            addProblem(kAggregatesField,
                       found.problem,
                       entry.expression,
                       entry.name.empty() ? std::string()
                                          : fmt::format("aggregate '{}', ", entry.name));
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
            if (!takeName(kAggregatesField, name))
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
    std::string aggregates;
    std::string keys;
    for (const auto &[name, value] : config) {
        if (name == kAggregatesField) {
            for (const Value &entry : entriesOf(value))
                aggregates += (aggregates.empty() ? "" : ", ") + textOf(entry, "expression");
        } else if (name == kByField) {
            for (const Value &entry : entriesOf(value))
                keys += (keys.empty() ? "" : ", ") + textOf(entry, "name");
        }
    }
    return keys.empty() ? aggregates : fmt::format("{} by {}", aggregates, keys);
}

} // namespace sluice
