// where, project and its relatives, consume.
#include "core/kql/node.h"
#include "core/kql/shared_values.h"
#include "core/kql/stream_steps.h"

#include <optional>

namespace sluice::kql {

namespace {

class WhereStep : public StreamStep
{
public:
    explicit WhereStep(Evaluator condition)
        : m_condition(std::move(condition))
    {}

    Result<void> process(const Batch &batch, Ticks now, RowSink &out) override
    {
        TRY_ASSIGN(Selection kept, m_condition.select(batch, now));
        Batch passed = batch;
        passed.selection = std::move(kept);
        return out.take(std::move(passed));
    }

private:
    Evaluator m_condition;
};

class ProjectStep : public StreamStep
{
public:
    ProjectStep(std::vector<Output> outputs, const Schema &input, SchemaPtr output)
        : m_schema(std::move(output))
        , m_shared(computed(outputs), input)
    {
        for (const Output &one : outputs) {
            Column column;
            if (const std::string *name = plainColumn(one))
                column.place = m_shared.schema().find(*name).value_or(kNowhere);
            else
                column.value.emplace(evaluatorFor(one.expression, m_shared.schema()));
            m_columns.push_back(std::move(column));
        }
    }

    Result<void> process(const Batch &batch, Ticks now, RowSink &out) override
    {
        if (m_shared.size() == 0)
            return project(batch, now, out);
        TRY_ASSIGN(const Batch extended, m_shared.extended(batch, now));
        return project(extended, now, out);
    }

private:
    struct Column
    {
        std::optional<Evaluator> value; // none: the column at `place`, as it is
        std::size_t place = 0;
    };

    static constexpr std::size_t kNowhere = ~std::size_t{0};

    static std::vector<ExpressionPtr *> computed(std::vector<Output> &outputs)
    {
        std::vector<ExpressionPtr *> expressions;
        for (Output &one : outputs) {
            if (plainColumn(one) == nullptr)
                expressions.push_back(&one.expression);
        }
        return expressions;
    }

    Result<void> project(const Batch &batch, Ticks now, RowSink &out)
    {
        Batch result = batch;
        result.schema = m_schema;
        result.columns.clear();
        for (Column &column : m_columns) {
            if (column.value) {
                TRY_ASSIGN(ColumnPtr value, column.value->evaluate(batch, now));
                result.columns.push_back(std::move(value));
            } else {
                const bool known = column.place < batch.columns.size();
                result.columns.push_back(known ? batch.columns[column.place] : nullptr);
            }
        }
        return out.take(std::move(result));
    }

    SchemaPtr m_schema; // shared by the batches it goes out with
    SharedValues m_shared;
    std::vector<Column> m_columns;
};

class ConsumeStep : public StreamStep
{
public:
    Result<void> process(const Batch & /*batch*/, Ticks /*now*/, RowSink & /*out*/) override
    {
        return {};
    }
};

} // namespace

std::vector<std::size_t> placesIn(const Schema &schema, const std::vector<std::string> &names)
{
    std::vector<std::size_t> places;
    for (const std::string &name : names)
        places.push_back(schema.find(name).value_or(schema.columns.size()));
    return places;
}

Evaluator evaluatorFor(const ExpressionPtr &expression, const Schema &schema)
{
    return {expression, placesIn(schema, expression->columns())};
}

const std::string *plainColumn(const Output &output)
{
    if (output.expression->root().kind != NodeKind::Column)
        return nullptr;
    return &output.expression->columns()[output.expression->root().column];
}

std::unique_ptr<StreamStep> makeWhere(const Where &where, const Schema &input)
{
    return std::make_unique<WhereStep>(evaluatorFor(where.condition, input));
}

std::unique_ptr<StreamStep>
makeProject(const Project &project, const Schema &input, const SchemaPtr &output)
{
    return std::make_unique<ProjectStep>(project.outputs, input, output);
}

std::unique_ptr<StreamStep> makeConsume()
{
    return std::make_unique<ConsumeStep>();
}

} // namespace sluice::kql
