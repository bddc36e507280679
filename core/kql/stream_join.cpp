// join and lookup against rows that do not change.
#include "core/event/gather.h"
#include "core/kql/row_key.h"
#include "core/kql/stream_steps.h"
#include "core/kql/table_program.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <string>

namespace sluice::kql {

namespace {

/// Finds texts without making a string of them.
struct TextHash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const
    {
        return std::hash<std::string_view>{}(text);
    }
};
struct TextEqual
{
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return a == b; }
};

/// The right side: its columns, and its rows by their keys.
class Reference
{
public:
    Reference(const Join &join, const std::vector<Batch> &right)
    {
        const Schema &schema = join.right->schema();
        const std::vector<RowPlace> rows = allRows(right);
        for (std::size_t i = 0; i < schema.columns.size(); ++i)
            m_columns.push_back(copyColumn(right, i, schema.columns[i].type, rows));
        m_next.resize(rows.size(), kNoRow);
        std::string text;
        // From behind, so that the rows of a key come out in their order.
        for (std::size_t row = rows.size(); row-- > 0;) {
            text.clear();
            for (const JoinKey &key : join.keys) {
                const std::size_t place = schema.find(key.right).value_or(m_columns.size());
                appendKey(place < m_columns.size() ? m_columns[place].get() : nullptr,
                          key.type,
                          row,
                          &text);
            }
            auto [known, isNew] = m_rows.try_emplace(text, static_cast<std::uint32_t>(row));
            if (isNew)
                continue;
            m_unique = false;
            m_next[row] = known->second;
            known->second = static_cast<std::uint32_t>(row);
        }
    }

    std::uint32_t find(std::string_view key) const
    {
        const auto known = m_rows.find(key);
        return known == m_rows.end() ? kNoRow : known->second;
    }
    std::uint32_t next(std::uint32_t row) const { return m_next[row]; }
    const ColumnPtr &column(std::size_t place) const { return m_columns[place]; }
    bool isUnique() const { return m_unique; }

private:
    std::vector<ColumnPtr> m_columns;
    boost::unordered_flat_map<std::string, std::uint32_t, TextHash, TextEqual> m_rows;
    std::vector<std::uint32_t> m_next; // the next row of the same key
    bool m_unique = true;
};

class JoinStep : public StreamStep
{
public:
    JoinStep(const Join &join,
             const std::vector<Batch> &right,
             const Schema &input,
             SchemaPtr output)
        : m_kind(join.kind)
        , m_reference(join, right)
        , m_schema(std::move(output))
    {
        for (const JoinKey &key : join.keys)
            m_keys.push_back({input.find(key.left).value_or(input.columns.size()), key.type});
        const Schema &other = join.right->schema();
        for (const JoinColumn &column : join.columns) {
            const Schema &side = column.fromRight ? other : input;
            m_columns.push_back(
                {column.fromRight, side.find(column.column).value_or(side.columns.size())});
        }
    }

    Result<void> process(const Batch &batch, Ticks /*now*/, RowSink &out) override
    {
        const bool semi = m_kind == JoinKind::LeftSemi || m_kind == JoinKind::LeftAnti;
        return semi || m_reference.isUnique() ? oneEach(batch, semi, out) : several(batch, out);
    }

private:
    struct Key
    {
        std::size_t place = 0;
        ColumnType type = ColumnType::String;
    };
    struct From
    {
        bool right = false;
        std::size_t place = 0;
    };

    std::uint32_t match(const Batch &batch, std::size_t row)
    {
        m_key.clear();
        for (const Key &key : m_keys)
            appendKey(key.place < batch.columns.size() ? batch.columns[key.place].get() : nullptr,
                      key.type,
                      row,
                      &m_key);
        return m_reference.find(m_key);
    }

    /// A row has one partner at most: the left columns stay as they are.
    Result<void> oneEach(const Batch &batch, bool semi, RowSink &out)
    {
        m_right.assign(batch.rows, kNoRow);
        auto kept = takeSelection();
        batch.selection.forEach([&](std::size_t row) {
            m_right[row] = match(batch, row);
            const bool found = m_right[row] != kNoRow;
            if (m_kind == JoinKind::LeftOuter || found == (m_kind != JoinKind::LeftAnti))
                kept->push_back(static_cast<std::uint16_t>(row));
        });
        Batch result = batch;
        result.schema = m_schema;
        if (kept->size() != batch.selection.size())
            result.selection = Selection(std::move(kept));
        if (!semi) {
            result.columns.clear();
            for (const From &column : m_columns) {
                if (column.right)
                    result.columns.push_back(gather(m_reference.column(column.place), m_right));
                else
                    result.columns.push_back(leftColumn(batch, column));
            }
        }
        return out.take(std::move(result));
    }

    Result<void> several(const Batch &batch, RowSink &out)
    {
        m_left.clear();
        m_right.clear();
        for (std::size_t i = 0; i < batch.selection.size(); ++i) {
            const std::size_t row = batch.selection[i];
            std::uint32_t other = match(batch, row);
            if (other == kNoRow && m_kind != JoinKind::LeftOuter)
                continue;
            do {
                m_left.push_back(static_cast<std::uint32_t>(row));
                m_right.push_back(other);
                if (m_left.size() == kBatchRows)
                    TRY(flush(batch, out));
                other = other == kNoRow ? kNoRow : m_reference.next(other);
            } while (other != kNoRow);
        }
        return flush(batch, out);
    }

    Result<void> flush(const Batch &batch, RowSink &out)
    {
        if (m_left.empty())
            return {};
        Batch result = derivedBatch(batch, m_schema, m_left);
        for (const From &column : m_columns) {
            if (column.right)
                result.columns.push_back(gather(m_reference.column(column.place), m_right));
            else
                result.columns.push_back(gather(leftColumn(batch, column), m_left));
        }
        m_left.clear();
        m_right.clear();
        return out.take(std::move(result));
    }

    static ColumnPtr leftColumn(const Batch &batch, const From &column)
    {
        return column.place < batch.columns.size() ? batch.columns[column.place] : nullptr;
    }

    JoinKind m_kind;
    Reference m_reference;
    SchemaPtr m_schema; // shared by the batches it goes out with
    std::vector<Key> m_keys;
    std::vector<From> m_columns;
    std::string m_key; // scratch
    std::vector<std::uint32_t> m_left;
    std::vector<std::uint32_t> m_right;
};

} // namespace

std::unique_ptr<StreamStep> makeReferenceJoin(const Join &join,
                                              const std::vector<Batch> &right,
                                              const Schema &input,
                                              const SchemaPtr &output)
{
    return std::make_unique<JoinStep>(join, right, input, output);
}

} // namespace sluice::kql
