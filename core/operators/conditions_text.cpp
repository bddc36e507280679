#include "core/operators/conditions_text.h"

#include "core/event/datetime.h"
#include "core/kql/literal.h"
#include "core/kql/parser.h"
#include "core/kql/quote.h"
#include "core/operators/conditions.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace sluice {

namespace {

using kql::Syntax;
using kql::SyntaxKind;

/// KQL's operators and functions, and the rows' names for them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kNames{{
    {"==", "equals"},
    {"!=", "not_equals"},
    {">", "greater_than"},
    {">=", "greater_than_or_equals"},
    {"<", "less_than"},
    {"<=", "less_than_or_equals"},
    {"contains_cs", "contains"},
    {"!contains_cs", "does_not_contain"},
    {"startswith_cs", "starts_with"},
    {"!startswith_cs", "does_not_start_with"},
    {"endswith_cs", "ends_with"},
    {"!endswith_cs", "does_not_end_with"},
    {"isempty", "is_empty"},
    {"isnull", "is_null"},
    {"isnotnull", "is_not_null"},
    {"isnotempty", "is_not_null_or_empty"},
}};

std::optional<std::string_view> rowName(std::string_view kqlName)
{
    for (const auto &[known, name] : kNames) {
        if (known == kqlName)
            return name;
    }
    return std::nullopt;
}

/// Reads an expression's tree into rows. Each function gives nothing where rows cannot say it.
class RowReader
{
public:
    explicit RowReader(std::string_view text)
        : m_text(text)
    {}

    std::optional<Value> group(const Syntax &syntax) const
    {
        const bool any = isJoint(syntax, "or");
        if (!any && !isJoint(syntax, "and")) {
            auto row = condition(syntax);
            return row ? std::optional(Value(ValueMap{{"all", Value(ValueList{*row})}}))
                       : std::nullopt;
        }
        ValueList rows;
        if (!collect(syntax, syntax.name, rows))
            return std::nullopt;
        return Value(ValueMap{{any ? "any" : "all", Value(std::move(rows))}});
    }

private:
    static bool isJoint(const Syntax &syntax, std::string_view name)
    {
        return syntax.kind == SyntaxKind::Call && syntax.isOperator && syntax.name == name;
    }

    bool collect(const Syntax &syntax, const std::string &joint, ValueList &rows) const
    {
        if (isJoint(syntax, joint)) {
            for (const auto &child : syntax.children) {
                if (!collect(*child, joint, rows))
                    return false;
            }
            return true;
        }
        const bool inner = isJoint(syntax, "and") || isJoint(syntax, "or");
        auto row = inner ? group(syntax) : condition(syntax);
        if (row)
            rows.push_back(*std::move(row));
        return row.has_value();
    }

    std::optional<Value> condition(const Syntax &syntax) const
    {
        const auto name = syntax.kind == SyntaxKind::Call ? rowName(syntax.name)
                                                          : std::optional<std::string_view>();
        if (!name || syntax.children.empty() || syntax.children.size() > 2)
            return std::nullopt;
        const auto field = fieldOf(*syntax.children[0]);
        if (!field)
            return std::nullopt;
        Value row;
        row.set("field", Value(*field));
        row.set("operator", Value(*name));
        if (syntax.children.size() == 1)
            return row;
        auto value = constantOf(*syntax.children[1]);
        if (!value)
            return std::nullopt;
        row.set("value", *std::move(value));
        return row;
    }

    /// A column's name, or a path: site.floor, items[0].name.
    std::optional<std::string> fieldOf(const Syntax &syntax) const
    {
        if (syntax.kind == SyntaxKind::Name)
            return syntax.name == "*" ? std::nullopt : std::optional(syntax.name);
        if (syntax.kind != SyntaxKind::Member && syntax.kind != SyntaxKind::Index)
            return std::nullopt;
        auto base = fieldOf(*syntax.children[0]);
        if (!base)
            return std::nullopt;
        if (syntax.children[0]->kind == SyntaxKind::Name)
            base = kql::quoteName(*base);
        if (syntax.kind == SyntaxKind::Member)
            return fmt::format("{}.{}", *base, syntax.name);
        const auto index = constantOf(*syntax.children[1]);
        if (!index)
            return std::nullopt;
        const std::string *name = index->asString();
        return fmt::format(
            "{}[{}]", *base, name != nullptr ? kql::quoteString(*name) : index->toJson());
    }

    std::optional<Value> constantOf(const Syntax &syntax) const
    {
        if (syntax.kind == SyntaxKind::Call)
            return convertedText(syntax);
        if (syntax.kind != SyntaxKind::Constant || syntax.constant == nullptr
            || syntax.constant->valid[0] == 0)
            return std::nullopt;
        const Column &constant = *syntax.constant;
        switch (constant.type) {
        case ColumnType::Bool:
            return Value(constant.bytes[0] != 0);
        case ColumnType::Long:
        case ColumnType::Int:
            return Value(constant.integers[0]);
        case ColumnType::Real:
            return Value(constant.floats[0]);
        case ColumnType::String:
            return Value(constant.texts[0]);
        case ColumnType::Datetime:
        case ColumnType::Guid:
            return Value(kql::literalContent(m_text.substr(syntax.at.offset, syntax.at.length)));
        default:
            return std::nullopt;
        }
    }

    /// -5, and texts that the rows convert: todatetime('2026-01-01').
    std::optional<Value> convertedText(const Syntax &syntax) const
    {
        if (syntax.children.size() != 1 || syntax.children[0]->kind != SyntaxKind::Constant)
            return std::nullopt;
        const auto inner = constantOf(*syntax.children[0]);
        if (!inner)
            return std::nullopt;
        if (syntax.name == "negate") {
            if (const std::int64_t *number = inner->asInteger())
                return Value(-*number);
            return inner->asReal() != nullptr ? std::optional(Value(-*inner->asReal()))
                                              : std::nullopt;
        }
        const bool converts =
            syntax.name == "todatetime" || syntax.name == "totimespan" || syntax.name == "toguid";
        return converts && inner->asString() != nullptr ? inner : std::nullopt;
    }

    std::string_view m_text;
};

/// A group's text without the parentheses that nobody would write.
std::optional<std::string> textOf(const Value &value, const Schema &schema, bool inside)
{
    for (const auto &[key, joint] : {std::pair{"all", " and "}, std::pair{"any", " or "}}) {
        const Value *rows = value.find(key);
        if (rows == nullptr)
            continue;
        if (rows->asList() == nullptr || rows->asList()->empty())
            return std::nullopt;
        std::string text;
        for (const Value &row : *rows->asList()) {
            const auto part = textOf(row, schema, rows->asList()->size() > 1);
            if (!part)
                return std::nullopt;
            text += (text.empty() ? "" : joint) + *part;
        }
        return inside && rows->asList()->size() > 1 ? fmt::format("({})", text) : text;
    }
    auto text = conditionsToKql(value, schema);
    return text ? std::optional(*std::move(text)) : std::nullopt;
}

} // namespace

std::optional<std::string> conditionsToText(const Value &conditions, const Schema &schema)
{
    return textOf(conditions, schema, false);
}

std::optional<Value> conditionsFromText(std::string_view text)
{
    const kql::ParseResult parsed = kql::parseExpression(text);
    if (parsed.root == nullptr)
        return std::nullopt;
    return RowReader(text).group(*parsed.root);
}

} // namespace sluice
