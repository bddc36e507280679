#pragma once

#include "core/kql/stream_query.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::kql {

/// Makes steps of bound operators. Every function that fails has reported a problem.
/// Thread: the caller's.
class StreamCompiler
{
public:
    explicit StreamCompiler(const StreamContext &context)
        : m_context(context)
    {}

    std::unique_ptr<StreamQuery> compile(const QueryPtr &query);
    std::vector<Problem> takeProblems() { return std::move(m_problems); }

    /// The rows of a query that no stream has a part in.
    std::optional<std::vector<Batch>> constantRows(const Query &query);
    static bool isConstant(const Query &query, const StreamContext &context);

private:
    using Path = std::vector<std::pair<const Step *, SchemaPtr>>; // a step and what it reads
    /// Where steps go: a chain takes only what works row by row.
    struct Target
    {
        StreamChain *chain = nullptr;
        TableProgram *program = nullptr;
        bool inWindow = false; // behind a window
        std::string bin;       // its column, as long as that is there
    };

    bool refuse(const Position &at, ErrorCode code, std::string message, std::string hint = {});
    bool refuse(const Position &at, const Error &error);
    bool refuseWhole(const Step &step, std::string_view reason, std::string_view hint);

    bool addBranches(const Query &query, const Path &behind, StreamQuery *result);
    bool addSource(const Query &query, const Path &steps, StreamQuery *result);
    bool addWindow(const Step &step, const SchemaPtr &input, StreamQuery *result);
    bool addSteps(const Path &path, Target *target);
    bool addStep(const Step &step, const SchemaPtr &input, Target *target);
    bool add(Target *target, std::unique_ptr<StreamStep> step);
    bool add(Target *target, const Step &step, std::unique_ptr<TableStep> table);
    bool addResult(Target *target, const Step &step, Result<std::unique_ptr<StreamStep>> made);

    bool
    addProject(const Project &project, const Step &step, const SchemaPtr &input, Target *target);
    bool
    addExpand(const MvExpand &expand, const Step &step, const SchemaPtr &input, Target *target);
    bool addApply(const MvApply &apply, const Step &step, const SchemaPtr &input, Target *target);
    bool addJoin(const Join &join, const Step &step, const SchemaPtr &input, Target *target);
    bool addSummarize(const Summarize &summarize,
                      const Step &step,
                      const SchemaPtr &input,
                      Target *target);
    bool addSort(const std::vector<SortKey> &keys,
                 const Step &step,
                 const SchemaPtr &input,
                 Target *target);
    bool addTake(const ExpressionPtr &count, const Step &step, Target *target);

    std::optional<std::vector<Batch>> sourceRows(const Query &query);
    std::optional<std::vector<Batch>> rangeRows(const RangeSource &range, const Query &query);
    bool answerQueries(ExpressionPtr *expression, const Position &at);
    bool answerQueries(std::vector<Output> *outputs, const Position &at);
    bool answerQueries(MvExpand *expand, const Position &at);
    bool checkAggregates(const AggregatePlanPtr &plan, const Position &at);
    std::optional<std::int64_t> wholeNumber(ExpressionPtr count, const Position &at);

    const StreamContext &m_context;
    std::vector<Problem> m_problems;
    int m_depth = 0;
};

} // namespace sluice::kql
