#include "core/kql/shared_values.h"

#include "core/kql/function.h"
#include "core/kql/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace sluice::kql {

namespace {

/// The value of a constant as bytes.
std::string bytesOf(const Column &value)
{
    std::string bytes = fmt::format("{}{}", static_cast<int>(value.type), value.valid[0]);
    if (value.valid[0] == 0)
        return bytes;
    switch (value.storage()) {
    case Storage::Byte:
        return bytes + static_cast<char>(value.bytes[0]);
    case Storage::Integer:
        return bytes + std::to_string(value.integers[0]);
    case Storage::Float:
        return bytes + fmt::format("{:a}", value.floats[0]);
    case Storage::Text:
        break;
    }
    return bytes + fmt::format("{}:{}", value.texts[0].size(), value.texts[0]);
}

/// Finds the calls that stand in several places, and writes the expressions anew without them.
class Sharer
{
public:
    Sharer(Schema *schema, std::vector<ExpressionPtr> *taken)
        : m_schema(schema)
        , m_taken(taken)
    {}

    void count(const Expression &expression)
    {
        m_names = &expression.columns();
        m_types = &expression.columnTypes();
        count(expression.root());
    }

    ExpressionPtr rewritten(const ExpressionPtr &expression)
    {
        m_names = &expression->columns();
        m_types = &expression->columnTypes();
        m_columns.clear();
        const NodePtr root = rewritten(expression->root());
        return std::make_shared<const Expression>(expression->text(), root, m_columns);
    }

private:
    /// The same for calls that give the same value on every row; empty: there is no telling.
    std::string keyOf(const Node &node) const
    {
        if (node.kind == NodeKind::Constant)
            return "k" + bytesOf(*node.constant);
        if (node.kind == NodeKind::Column)
            return fmt::format("c{}:{}", (*m_names)[node.column], static_cast<int>(node.type));
        if (node.kind != NodeKind::Call || node.function->stability == Stability::Row)
            return {};
        std::string key = fmt::format("f{}", static_cast<const void *>(node.overload));
        for (const NodePtr &argument : node.arguments) {
            const std::string part = keyOf(*argument);
            if (part.empty())
                return {};
            key += fmt::format("({}", part);
        }
        return key + fmt::format("){}", static_cast<int>(node.type));
    }

    /// A call that costs something for every row.
    static bool isWorthIt(const Node &node)
    {
        return node.kind == NodeKind::Call
               && std::any_of(node.arguments.begin(), node.arguments.end(), [](const auto &one) {
                      return one->kind == NodeKind::Column || isWorthIt(*one);
                  });
    }

    void count(const Node &node)
    {
        if (node.kind != NodeKind::Call)
            return;
        bool isNew = true;
        if (const std::string key = isWorthIt(node) ? keyOf(node) : std::string(); !key.empty())
            isNew = ++m_counts[key] == 1;
        // What stands in a call that was seen before has been counted with it.
        for (std::size_t i = 0; isNew && i < node.arguments.size(); ++i)
            count(*node.arguments[i]);
    }

    NodePtr rewritten(const Node &node)
    {
        if (node.kind == NodeKind::Column)
            return columnNode((*m_names)[node.column], (*m_types)[node.column], node);
        if (node.kind != NodeKind::Call)
            return std::make_shared<const Node>(node);
        const std::string key = isWorthIt(node) ? keyOf(node) : std::string();
        const auto found = key.empty() ? m_counts.end() : m_counts.find(key);
        if (found != m_counts.end() && found->second > 1)
            return columnNode(takeOut(key, node), node.type, node);
        return withArguments(node);
    }

    NodePtr withArguments(const Node &node)
    {
        Node copy = node;
        for (NodePtr &argument : copy.arguments)
            argument = rewritten(*argument);
        return std::make_shared<const Node>(std::move(copy));
    }

    /// The column that holds the value of a call.
    std::string takeOut(const std::string &key, const Node &node)
    {
        if (const auto known = m_places.find(key); known != m_places.end())
            return known->second;
        std::vector<SchemaColumn> outer = std::exchange(m_columns, {});
        const NodePtr root = withArguments(node);
        m_taken->push_back(std::make_shared<const Expression>(
            std::string(), root, std::exchange(m_columns, outer)));
        // No column of an event has such a name.
        std::string name = fmt::format("\x01{}", m_taken->size());
        m_schema->columns.push_back({name, node.type});
        m_places.emplace(key, name);
        return name;
    }

    NodePtr columnNode(const std::string &name, ColumnType type, const Node &place)
    {
        const auto known =
            std::find_if(m_columns.begin(), m_columns.end(), [&name](const SchemaColumn &column) {
                return column.name == name;
            });
        Node node;
        node.kind = NodeKind::Column;
        node.type = place.type;
        node.at = place.at;
        node.column = static_cast<std::size_t>(known - m_columns.begin());
        if (known == m_columns.end())
            m_columns.push_back({name, type});
        return std::make_shared<const Node>(std::move(node));
    }

    Schema *m_schema;
    std::vector<ExpressionPtr> *m_taken;
    std::map<std::string, std::size_t> m_counts; // by keyOf()
    std::map<std::string, std::string> m_places; // the column of what was taken out
    // Of the expression at hand.
    const std::vector<std::string> *m_names = nullptr;
    const std::vector<ColumnType> *m_types = nullptr;
    std::vector<SchemaColumn> m_columns;
};

} // namespace

SharedValues::SharedValues(std::vector<ExpressionPtr *> expressions, const Schema &input)
    : m_inputColumns(input.columns.size())
    , m_schema(input)
{
    std::vector<ExpressionPtr> taken;
    Sharer sharer(&m_schema, &taken);
    std::erase_if(expressions, [](const ExpressionPtr *one) { return *one == nullptr; });
    for (const ExpressionPtr *one : expressions)
        sharer.count(**one);
    for (ExpressionPtr *one : expressions)
        *one = sharer.rewritten(*one);
    for (const ExpressionPtr &value : taken) {
        std::vector<std::size_t> places;
        for (const std::string &name : value->columns())
            places.push_back(m_schema.find(name).value_or(m_schema.columns.size()));
        m_values.emplace_back(value, std::move(places));
    }
}

Result<Batch> SharedValues::extended(const Batch &batch, Ticks now)
{
    Batch result = batch;
    result.columns.resize(m_inputColumns);
    for (Evaluator &value : m_values) {
        TRY_ASSIGN(ColumnPtr column, value.evaluate(result, now));
        result.columns.push_back(std::move(column));
    }
    return result;
}

} // namespace sluice::kql
