// parse, parse-where, parse-kv.
#include "core/kql/key_value_pattern.h"
#include "core/kql/stream_steps.h"
#include "core/kql/text_pattern.h"

#include <algorithm>

namespace sluice::kql {

namespace {

/// Takes texts apart into columns, which replace those of their names.
class TextStep : public StreamStep
{
public:
    TextStep(const ExpressionPtr &source,
             const std::vector<SchemaColumn> &columns,
             bool filter,
             const Schema &input,
             const SchemaPtr &output)
        : m_source(evaluatorFor(source, input))
        , m_columns(columns)
        , m_filter(filter)
        , m_schema(output)
    {
        for (const SchemaColumn &column : output->columns) {
            Place place{input.find(column.name).value_or(input.columns.size()), columns.size()};
            for (std::size_t i = 0; i < columns.size(); ++i) {
                if (columns[i].name == column.name)
                    place.taken = i; // the last one where a name stands twice
            }
            m_places.push_back(place);
        }
    }

    Result<void> process(const Batch &batch, Ticks now, RowSink &out) override
    {
        TRY_ASSIGN(const ColumnPtr texts, m_source.evaluate(batch, now));
        m_taken.clear();
        m_targets.clear();
        for (const SchemaColumn &column : m_columns) {
            m_taken.push_back(takeColumn(column.type, batch.rows));
            m_targets.push_back(m_taken.back().get());
        }
        Batch result = batch;
        auto kept = m_filter ? takeSelection() : nullptr;
        batch.selection.forEach([&](std::size_t row) {
            const bool good =
                take(texts->valid[row] != 0 ? texts->texts[row] : std::string_view(), row);
            if (kept && good)
                kept->push_back(static_cast<std::uint16_t>(row));
        });
        if (kept)
            result.selection = Selection(std::move(kept));
        result.schema = m_schema;
        result.columns.clear();
        for (const Place &place : m_places) {
            if (place.taken < m_taken.size())
                result.columns.push_back(m_taken[place.taken]);
            else
                result.columns.push_back(
                    place.input < batch.columns.size() ? batch.columns[place.input] : nullptr);
        }
        m_taken.clear();
        return out.take(std::move(result));
    }

protected:
    /// @return whether the text matched
    virtual bool take(std::string_view text, std::size_t row) = 0;
    std::span<Column *const> targets() const { return m_targets; }

private:
    struct Place
    {
        std::size_t input = 0;
        std::size_t taken = 0; // behind the end: the input's
    };

    Evaluator m_source;
    std::vector<SchemaColumn> m_columns;
    bool m_filter;
    SchemaPtr m_schema; // shared by the batches it goes out with
    std::vector<Place> m_places;
    std::vector<std::shared_ptr<Column>> m_taken; // of the batch at hand
    std::vector<Column *> m_targets;
};

class ParseStep : public TextStep
{
public:
    ParseStep(std::shared_ptr<const TextPattern> pattern,
              const Parse &parse,
              const Schema &input,
              const SchemaPtr &output)
        : TextStep(parse.source, pattern->columns(), parse.filter, input, output)
        , m_pattern(std::move(pattern))
    {}

protected:
    bool take(std::string_view text, std::size_t row) override
    {
        return m_pattern->take(text, targets(), row);
    }

private:
    std::shared_ptr<const TextPattern> m_pattern; // shared with nobody
};

class ParseKvStep : public TextStep
{
public:
    ParseKvStep(std::shared_ptr<const KeyValuePattern> pattern,
                const ParseKv &parse,
                const Schema &input,
                const SchemaPtr &output)
        : TextStep(parse.source, parse.columns, false, input, output)
        , m_pattern(std::move(pattern))
    {}

protected:
    bool take(std::string_view text, std::size_t row) override
    {
        m_pattern->take(text, targets(), row);
        return true;
    }

private:
    std::shared_ptr<const KeyValuePattern> m_pattern; // shared with nobody
};

} // namespace

Result<std::unique_ptr<StreamStep>>
makeParse(const Parse &parse, const Schema &input, const SchemaPtr &output)
{
    TRY_ASSIGN(auto pattern, TextPattern::compile(parse));
    return std::unique_ptr<StreamStep>(
        std::make_unique<ParseStep>(std::move(pattern), parse, input, output));
}

Result<std::unique_ptr<StreamStep>>
makeParseKv(const ParseKv &parse, const Schema &input, const SchemaPtr &output)
{
    TRY_ASSIGN(auto pattern, KeyValuePattern::compile(parse));
    return std::unique_ptr<StreamStep>(
        std::make_unique<ParseKvStep>(std::move(pattern), parse, input, output));
}

} // namespace sluice::kql
