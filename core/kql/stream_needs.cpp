// Which columns a query reads, so that nothing else is decoded.
#include "core/kql/aggregate_binder.h"
#include "core/kql/stream_query.h"
#include "core/kql/stream_steps.h"

#include <algorithm>

namespace sluice::kql {

namespace {

bool has(const std::vector<std::string> &names, const std::string &name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

void addName(std::vector<std::string> &names, const std::string &name)
{
    if (!has(names, name))
        names.push_back(name);
}

void addTyped(StreamNeeds &needs, const std::vector<std::string> &names)
{
    for (const std::string &name : names)
        addName(needs.typed, name);
}

void addTyped(StreamNeeds &needs, const ExpressionPtr &expression)
{
    if (expression)
        addTyped(needs, expression->columns());
}

/// What is wanted of `to` is wanted of `from` in `needs`.
void rename(const StreamNeeds &wanted,
            const std::string &to,
            const std::string &from,
            StreamNeeds &needs)
{
    if (has(wanted.typed, to))
        addName(needs.typed, from);
    if (has(wanted.tokens, to))
        addName(needs.tokens, from);
}

StreamNeeds allTyped(const StreamNeeds &wanted)
{
    StreamNeeds needs = wanted;
    addTyped(needs, needs.tokens);
    needs.tokens.clear();
    return needs;
}

template<typename Names>
StreamNeeds without(const StreamNeeds &wanted, const Names &isMade)
{
    StreamNeeds needs = wanted;
    std::erase_if(needs.typed, isMade);
    std::erase_if(needs.tokens, isMade);
    return needs;
}

class NeedsWalk
{
public:
    explicit NeedsWalk(const std::vector<StreamInput> &inputs)
        : m_inputs(inputs)
        , m_needs(inputs.size())
    {}

    void source(const Query &query, StreamNeeds wanted)
    {
        for (std::size_t i = query.steps.size(); i-- > 0;) {
            const SchemaPtr &input = i == 0 ? query.sourceSchema : query.steps[i - 1].schema;
            wanted = before(query.steps[i], *input, wanted);
        }
        if (const auto *parts = std::get_if<UnionSource>(&query.source)) {
            for (const QueryPtr &part : parts->parts)
                source(*part, wanted);
        } else if (const auto *table = std::get_if<TableSource>(&query.source)) {
            for (std::size_t i = 0; i < m_inputs.size(); ++i) {
                if (m_inputs[i].name != table->table)
                    continue;
                addTyped(m_needs[i], wanted.typed);
                for (const std::string &name : wanted.tokens)
                    addName(m_needs[i].tokens, name);
            }
        } else {
            m_outer = std::move(wanted);
        }
    }

    std::vector<StreamNeeds> take() { return std::move(m_needs); }

private:
    StreamNeeds before(const Step &step, const Schema &input, const StreamNeeds &wanted)
    {
        return std::visit(
            [&](const auto &operation) { return this->of(operation, step, input, wanted); },
            step.operation);
    }

    StreamNeeds
    of(const Where &where, const Step & /*step*/, const Schema & /*input*/, StreamNeeds needs)
    {
        addTyped(needs, where.condition);
        return needs;
    }
    StreamNeeds of(const Project &project,
                   const Step &step,
                   const Schema & /*input*/,
                   const StreamNeeds &wanted)
    {
        StreamNeeds needs;
        if (step.schema->open) // fields that nobody listed pass
            needs = without(wanted, [&](const auto &name) { return step.schema->find(name); });
        for (const Output &output : project.outputs) {
            if (const std::string *plain = plainColumn(output))
                rename(wanted, output.name, *plain, needs);
            else if (has(wanted.typed, output.name) || has(wanted.tokens, output.name))
                addTyped(needs, output.expression);
        }
        return needs;
    }
    StreamNeeds of(const Summarize &summarize,
                   const Step & /*step*/,
                   const Schema & /*input*/,
                   const StreamNeeds & /*wanted*/)
    {
        StreamNeeds needs;
        for (const Output &key : summarize.keys)
            addTyped(needs, key.expression);
        for (const SchemaColumn &column : summarize.plan->inputs)
            addName(needs.typed, column.name);
        return needs;
    }
    StreamNeeds ofKeys(const std::vector<SortKey> &keys, const StreamNeeds &wanted)
    {
        StreamNeeds needs = allTyped(wanted);
        for (const SortKey &key : keys)
            addTyped(needs, key.expression);
        return needs;
    }
    StreamNeeds
    of(const Sort &sort, const Step & /*step*/, const Schema & /*input*/, const StreamNeeds &wanted)
    {
        return ofKeys(sort.keys, wanted);
    }
    StreamNeeds
    of(const Top &top, const Step & /*step*/, const Schema & /*input*/, const StreamNeeds &wanted)
    {
        return ofKeys(top.keys, wanted);
    }
    StreamNeeds
    of(const Join &join, const Step & /*step*/, const Schema & /*input*/, const StreamNeeds &wanted)
    {
        StreamNeeds needs;
        for (const JoinColumn &column : join.columns) {
            if (!column.fromRight)
                rename(wanted, column.name, column.column, needs);
        }
        for (const JoinKey &key : join.keys)
            addName(needs.typed, key.left);
        return needs;
    }
    StreamNeeds ofItems(const MvExpand &expand, const StreamNeeds &wanted)
    {
        StreamNeeds needs = without(wanted, [&](const std::string &name) {
            return name == expand.indexColumn
                   || std::any_of(expand.items.begin(),
                                  expand.items.end(),
                                  [&](const ExpandItem &item) { return item.name == name; });
        });
        for (const ExpandItem &item : expand.items)
            addTyped(needs, item.value);
        return needs;
    }
    StreamNeeds of(const MvExpand &expand,
                   const Step & /*step*/,
                   const Schema & /*input*/,
                   const StreamNeeds &wanted)
    {
        return ofItems(expand, wanted);
    }
    StreamNeeds of(const MvApply &apply,
                   const Step & /*step*/,
                   const Schema & /*input*/,
                   const StreamNeeds &wanted)
    {
        NeedsWalk inner(m_inputs);
        const auto isKept = [&](const std::string &name) { return has(apply.kept, name); };
        inner.source(*apply.query, allTyped(without(wanted, isKept)));
        StreamNeeds needs = ofItems(apply.expand, inner.m_outer);
        for (const std::string &name : apply.kept)
            rename(wanted, name, name, needs);
        return needs;
    }
    StreamNeeds of(const Parse &parse,
                   const Step & /*step*/,
                   const Schema & /*input*/,
                   const StreamNeeds &wanted)
    {
        StreamNeeds needs = without(wanted, [&](const std::string &name) {
            return std::any_of(parse.pieces.begin(), parse.pieces.end(), [&](const auto &piece) {
                return piece.kind == ParsePiece::Kind::Column && piece.column == name;
            });
        });
        addTyped(needs, parse.source);
        return needs;
    }
    StreamNeeds of(const ParseKv &parse,
                   const Step & /*step*/,
                   const Schema & /*input*/,
                   const StreamNeeds &wanted)
    {
        StreamNeeds needs = without(wanted, [&](const std::string &name) {
            return std::any_of(parse.columns.begin(), parse.columns.end(), [&](const auto &one) {
                return one.name == name;
            });
        });
        addTyped(needs, parse.source);
        return needs;
    }
    /// Operators that keep their input's columns, and those that are refused on a stream.
    template<typename Other>
    StreamNeeds of(const Other & /*operation*/,
                   const Step & /*step*/,
                   const Schema &input,
                   const StreamNeeds &wanted)
    {
        StreamNeeds needs = allTyped(wanted);
        if constexpr (
            !std::is_same_v<
                Other,
                Take> && !std::is_same_v<Other, Serialize> && !std::is_same_v<Other, Consume>) {
            for (const SchemaColumn &column : input.columns)
                addName(needs.typed, column.name);
        }
        return needs;
    }

    const std::vector<StreamInput> &m_inputs;
    std::vector<StreamNeeds> m_needs;
    StreamNeeds m_outer; // of the rows that an outer step hands in
};

} // namespace

std::vector<StreamNeeds>
streamNeeds(const Query &query, const std::vector<StreamInput> &inputs, const StreamNeeds &wanted)
{
    NeedsWalk walk(inputs);
    walk.source(query, wanted);
    return walk.take();
}

} // namespace sluice::kql
