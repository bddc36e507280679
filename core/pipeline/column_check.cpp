#include "core/pipeline/column_check.h"

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
            check(field, m_node.config.value(field.name));
        }
        return std::move(m_found);
    }

private:
    void check(const FieldSpec &field, const Value &value)
    {
        const std::string *text = value.asString();
        switch (field.type) {
        case FieldType::Expression:
            if (text != nullptr)
                checkExpression(*text, true);
            return;
        case FieldType::Column:
            if (text != nullptr)
                checkPath(*text, true);
            return;
        case FieldType::ColumnNames:
            if (const ValueList *list = value.asList()) {
                for (const Value &item : *list) {
                    if (item.asString() != nullptr)
                        checkPath(*item.asString(), false);
                }
            }
            return;
        case FieldType::FieldMappings:
            if (const ValueList *list = value.asList()) {
                for (const Value &item : *list)
                    checkMapping(item);
            }
            return;
        case FieldType::Conditions:
            checkCondition(value);
            return;
        default:
            return;
        }
    }

    void checkMapping(const Value &mapping)
    {
        const auto text = [&mapping](std::string_view key) -> const std::string * {
            const Value *part = mapping.find(key);
            return part != nullptr ? part->asString() : nullptr;
        };
        if (const std::string *expression = text("expression"))
            checkExpression(*expression, false);
        else if (const std::string *from = text("from"))
            checkPath(*from, false);
        else if (const std::string *name = text("name"))
            checkPath(*name, false);
    }

    void checkCondition(const Value &condition)
    {
        if (const ValueList *list = condition.asList()) {
            for (const Value &item : *list)
                checkCondition(item);
            return;
        }
        for (const std::string_view group : {"all", "any"}) {
            if (const Value *inner = condition.find(group))
                checkCondition(*inner);
        }
        const Value *field = condition.find("field");
        if (field != nullptr && field->asString() != nullptr)
            checkPath(*field->asString(), false);
    }

    /// @param alone  the text is the whole value of the field, so that a fix can replace it
    void checkExpression(const std::string &text, bool alone)
    {
        const kql::BindResult bound = kql::compile(text, {&m_known, &m_parameters});
        if (bound.expression == nullptr)
            return; // the kind reports it
        for (const std::string &name : bound.expression->columns()) {
            if (const auto near = misses(name))
                report(name, *near, alone ? Value(replaced(text, name, *near)) : Value());
        }
    }

    void checkPath(const std::string &path, bool alone)
    {
        const std::string name = path.substr(0, path.find_first_of(".["));
        if (const auto near = misses(name))
            report(name, *near, alone ? Value(*near + path.substr(name.size())) : Value());
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

    void report(const std::string &name, const std::string &near, Value mended)
    {
        Diagnostic diagnostic;
        diagnostic.severity = Severity::Warning;
        diagnostic.code = ErrorCode::UnknownColumn;
        diagnostic.node = m_node.node->id;
        diagnostic.field = m_field;
        diagnostic.message = fmt::format("no event so far has a column '{}'", name);
        diagnostic.hint =
            near.empty() ? "It is null until one has." : fmt::format("Did you mean '{}'?", near);
        if (!near.empty() && !mended.isNull())
            diagnostic.fixes.push_back(
                {fmt::format("Use {}", near), m_field, std::move(mended), {}});
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
