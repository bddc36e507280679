#include "core/pipeline/column_check.h"

#include "core/base/value_place.h"
#include "core/kql/aggregate_binder.h"
#include "core/kql/expression.h"
#include "core/kql/lexer.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

/// All columns of all inputs; none when an input has no known column.
Schema knownColumns(const std::vector<Schema> &inputs)
{
    Schema all;
    all.open = true;
    for (const Schema &input : inputs) {
        if (visibleColumns(input).empty())
            return {};
        for (const SchemaColumn &column : input.columns) {
            if (!all.find(column.name))
                all.columns.push_back(column);
        }
    }
    return all;
}

class ColumnCheck
{
public:
    ColumnCheck(const ResolvedNode &node, const ParameterValues &parameters)
        : m_node(node)
        , m_parameters(parameters)
        , m_known(knownColumns(node.inputSchemas))
    {
        for (const SchemaColumn &column : m_known.columns)
            m_names.push_back(column.name);
    }

    std::vector<Diagnostic> run()
    {
        if (m_names.empty())
            return {};
        for (const FieldSpec &field : m_node.descriptor->fields) {
            m_field = field.name;
            check(field, m_node.config.value(field.name), {});
        }
        return std::move(m_found);
    }

private:
    /// @param place  where the value stands in the field
    void check(const FieldSpec &field, const Value &value, const std::string &place)
    {
        const std::string *text = value.asString();
        switch (field.type) {
        case FieldType::Expression:
            if (text != nullptr)
                checkExpression(*text, place);
            return;
        case FieldType::Column:
            if (text != nullptr && field.columnsOf.empty())
                checkPath(*text, place);
            return;
        case FieldType::ColumnNames:
            eachEntry(value, place, [this](const Value &item, const std::string &at) {
                if (item.asString() != nullptr)
                    checkPath(*item.asString(), at);
            });
            return;
        case FieldType::FieldMappings:
        case FieldType::Keys:
            eachEntry(value, place, [this](const Value &item, const std::string &at) {
                checkMapping(item, at);
            });
            return;
        case FieldType::Aggregates:
            eachEntry(value, place, [this](const Value &item, const std::string &at) {
                checkAggregate(item, at);
            });
            return;
        case FieldType::Conditions:
            checkCondition(value, place);
            return;
        case FieldType::Group:
            checkMembers(field, value, place);
            return;
        case FieldType::Rows:
            eachEntry(value, place, [&](const Value &item, const std::string &at) {
                checkMembers(field, item, at);
            });
            return;
        default:
            return;
        }
    }

    template<typename Function>
    static void eachEntry(const Value &value, const std::string &place, Function &&function)
    {
        const ValueList *list = value.asList();
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i)
            function((*list)[i], place + placeOf({std::to_string(i)}));
    }

    void checkMembers(const FieldSpec &field, const Value &value, const std::string &place)
    {
        for (const FieldSpec &member : field.members) {
            if (const Value *part = value.find(member.name))
                check(member, *part, place + placeOf({member.name}));
        }
    }

    void checkMapping(const Value &mapping, const std::string &place)
    {
        if (mapping.asString() != nullptr)
            return checkPath(*mapping.asString(), place);
        for (const std::string_view part : {"expression", "from", "name"}) {
            const Value *value = mapping.find(part);
            if (value == nullptr || value->asString() == nullptr)
                continue;
            const std::string at = place + placeOf({part});
            return part == "expression" ? checkExpression(*value->asString(), at)
                                        : checkPath(*value->asString(), at);
        }
    }

    void checkAggregate(const Value &entry, const std::string &place)
    {
        const Value *value = entry.find("expression");
        if (value == nullptr || value->asString() == nullptr)
            return;
        const kql::NamedAggregate aggregate{{}, *value->asString()};
        const auto bound = kql::compileAggregates({&aggregate, 1}, {&m_known, &m_parameters});
        if (bound.plan == nullptr)
            return; // the kind reports it
        for (const SchemaColumn &column : bound.plan->inputs)
            checkName(column.name, aggregate.expression, place + "/expression");
    }

    void checkCondition(const Value &condition, const std::string &place)
    {
        for (const std::string_view group : {"all", "any"}) {
            if (const Value *inner = condition.find(group))
                eachEntry(
                    *inner,
                    place + placeOf({group}),
                    [this](const Value &item, const std::string &at) { checkCondition(item, at); });
        }
        const Value *field = condition.find("field");
        if (field != nullptr && field->asString() != nullptr)
            checkPath(*field->asString(), place + "/field");
    }

    void checkExpression(const std::string &text, const std::string &place)
    {
        const kql::BindResult bound = kql::compile(text, {&m_known, &m_parameters});
        if (bound.expression == nullptr)
            return; // the kind reports it
        for (const std::string &name : bound.expression->columns())
            checkName(name, text, place);
    }

    void checkName(const std::string &name, const std::string &text, const std::string &place)
    {
        if (const auto near = misses(name))
            report(name, *near, Value(replaced(text, name, *near)), place);
    }

    void checkPath(const std::string &path, const std::string &place)
    {
        const std::string name = path.substr(0, path.find_first_of(".["));
        if (const auto near = misses(name))
            report(name, *near, Value(*near + path.substr(name.size())), place);
    }

    /// The nearest known name, maybe empty, of one that is not known; nothing for one that is.
    std::optional<std::string> misses(const std::string &name) const
    {
        if (name.empty() || name.front() == '$' || m_known.find(name))
            return std::nullopt;
        return nearestName(name, m_names).value_or(std::string());
    }

    static std::string
    replaced(const std::string &text, const std::string &name, const std::string &near)
    {
        std::string mended = text;
        const std::vector<kql::Token> tokens = kql::tokenize(text);
        for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) {
            if (token->kind == kql::TokenKind::Name && token->text == name)
                mended.replace(token->at.offset, token->at.length, near);
        }
        return mended;
    }

    void
    report(const std::string &name, const std::string &near, Value mended, const std::string &place)
    {
        Diagnostic diagnostic;
        diagnostic.severity = Severity::Warning;
        diagnostic.code = ErrorCode::UnknownColumn;
        diagnostic.node = m_node.node->id;
        diagnostic.field = m_field;
        diagnostic.message = fmt::format("no event so far has a column '{}'", name);
        diagnostic.hint =
            near.empty() ? "It is null until one has." : fmt::format("Did you mean '{}'?", near);
        diagnostic.place = place;
        if (!near.empty())
            diagnostic.fixes.push_back(
                {fmt::format("Use {}", near), m_field, std::move(mended), {}, place});
        m_found.push_back(std::move(diagnostic));
    }

    const ResolvedNode &m_node;
    const ParameterValues &m_parameters;
    const Schema m_known;
    std::vector<std::string> m_names;
    std::string m_field;
    std::vector<Diagnostic> m_found;
};

} // namespace

std::vector<Diagnostic> checkColumns(const ResolvedNode &node, const ParameterValues &parameters)
{
    if (node.descriptor == nullptr)
        return {};
    const bool open = std::any_of(node.inputSchemas.begin(),
                                  node.inputSchemas.end(),
                                  [](const Schema &input) { return input.open; });
    return open ? ColumnCheck(node, parameters).run() : std::vector<Diagnostic>();
}

} // namespace sluice
