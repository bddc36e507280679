#include "core/kql/binder.h"
#include "core/kql/constant.h"
#include "core/kql/query.h"

#include <functional>

namespace sluice::kql {

std::vector<SubQuery> subQueriesOf(const Expression &expression)
{
    std::vector<SubQuery> found;
    const std::function<void(const Node &)> visit = [&](const Node &node) {
        if (node.kind == NodeKind::Query)
            found.push_back({node.query, node.list});
        for (const NodePtr &argument : node.arguments)
            visit(*argument);
    };
    visit(expression.root());
    return found;
}

namespace {

/// Copies a tree with answers in place of its queries; calls above them are bound anew.
class Answering
{
public:
    Answering(const Expression &expression, const std::vector<std::vector<ColumnPtr>> &answers)
        : m_answers(answers)
        , m_binder({})
    {
        for (std::size_t i = 0; i < expression.columns().size(); ++i)
            m_columns.push_back({expression.columns()[i], expression.columnTypes()[i]});
    }

    Result<ExpressionPtr> run(const Expression &expression)
    {
        std::vector<NodePtr> roots;
        NodePtr root;
        if (visit(expression.root(), &roots) && roots.size() == 1)
            root = roots.front();
        auto problems = m_binder.takeProblems();
        if (!problems.empty())
            return fail(toError(problems.front()));
        if (!root)
            return fail(ErrorCode::NotSupported, "a list of values stands where one is expected");
        return std::make_shared<const Expression>(
            expression.text(), std::move(root), m_binder.takeColumns());
    }

private:
    bool visit(const Node &node, std::vector<NodePtr> *out)
    {
        switch (node.kind) {
        case NodeKind::Constant:
            out->push_back(m_binder.constant(node.constant, node.at));
            return true;
        case NodeKind::Column:
            out->push_back(m_binder.listedColumn(
                m_columns[node.column].name, m_columns[node.column].type, node.at));
            return true;
        case NodeKind::Query: {
            const std::vector<ColumnPtr> &values = m_answers[m_next++];
            for (const ColumnPtr &value : values)
                out->push_back(m_binder.constant(value, node.at));
            if (values.empty()) // nothing is in an empty list
                out->push_back(nullptr);
            return true;
        }
        case NodeKind::Call:
            break;
        }
        std::vector<NodePtr> arguments;
        for (const NodePtr &argument : node.arguments) {
            if (!visit(*argument, &arguments))
                return false;
        }
        if (!arguments.empty() && arguments.back() == nullptr) {
            const bool all =
                node.function->name.starts_with('!') || node.function->name == "has_all";
            out->push_back(m_binder.constant(boolConstant(all), node.at));
            return true;
        }
        NodePtr call = m_binder.call(*node.function, node.at, std::move(arguments));
        if (!call)
            return false;
        out->push_back(std::move(call));
        return true;
    }

    const std::vector<std::vector<ColumnPtr>> &m_answers;
    Binder m_binder;
    std::vector<SchemaColumn> m_columns;
    std::size_t m_next = 0;
};

} // namespace

Result<ExpressionPtr> withAnswers(const ExpressionPtr &expression,
                                  const std::vector<std::vector<ColumnPtr>> &answers)
{
    if (answers.empty())
        return expression;
    return Answering(*expression, answers).run(*expression);
}

} // namespace sluice::kql
