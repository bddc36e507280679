#include "core/operators/join_within.h"

#include "core/base/units.h"
#include "core/operators/join_store.h"
#include "core/operators/row_key.h"

#include <fmt/format.h>

#include <queue>

#include <algorithm>
#include <array>

namespace sluice {

namespace {

constexpr std::size_t kLeft = 0;
constexpr std::size_t kRight = 1;
constexpr std::size_t kOut = 0;
constexpr std::size_t kLate = 1; // left events; right ones leave by the next port
constexpr std::uint32_t kStateVersion = 1;
constexpr int kPiecesPerSpan = 4;

/// Right events from `before` before a left event to `after` behind it are its partners.
struct Tolerance
{
    TickSpan before = 0;
    TickSpan after = 0;
};

Tolerance toleranceOf(const Config &config)
{
    const auto span = [&](std::string_view key) -> TickSpan {
        const Value *value = config.value(join::kWithin).find(key);
        const std::string *text = value == nullptr ? nullptr : value->asString();
        return text == nullptr ? 0 : parseDuration(*text).value_or(0);
    };
    return {span("before"), span("after")};
}

TickSpan pieceWidth(const Tolerance &tolerance)
{
    return std::max<TickSpan>(kTicksPerSecond / 10,
                              (tolerance.before + tolerance.after) / kPiecesPerSpan);
}

/// Collects joined rows and sends them on, a batch at a time.
class JoinedRows
{
public:
    explicit JoinedRows(JoinedColumns joined)
        : m_columns(std::move(joined.columns))
        , m_schema(std::make_shared<Schema>(std::move(joined.schema)))
    {}

    /// Where the kept columns of each side go: one for each joined column, in order.
    void setKept(std::vector<std::size_t> kept) { m_kept = std::move(kept); }

    void add(JoinStore::Row left, JoinStore::Row right, OperatorOutput &out)
    {
        m_left.push_back(std::move(left));
        m_right.push_back(std::move(right));
        if (m_left.size() == kBatchRows)
            flush(out);
    }

    void flush(OperatorOutput &out)
    {
        if (m_left.empty())
            return;
        Batch batch;
        batch.schema = m_schema;
        batch.rows = m_left.size();
        batch.selection = Selection(batch.rows);
        for (std::size_t i = 0; i < m_columns.size(); ++i)
            batch.columns.push_back(
                column(m_columns[i].fromRight ? m_right : m_left, m_kept[i], i));
        // A joined row happens when its left event does; it is never late by itself.
        auto times = takeTimeTrack();
        for (const JoinStore::Row &row : m_left)
            times->events.push_back(row.piece->times[row.row]);
        times->own = times->events;
        batch.times = std::move(times);
        out.emitRows(kOut, std::move(batch));
        m_left.clear();
        m_right.clear();
    }

private:
    ColumnPtr
    column(const std::vector<JoinStore::Row> &rows, std::size_t kept, std::size_t index) const;

    std::vector<JoinedColumn> m_columns;
    std::vector<std::size_t> m_kept;        // place of each joined column in its side's store
    std::shared_ptr<const Schema> m_schema; // shared by the batches it goes out with
    std::vector<JoinStore::Row> m_left;
    std::vector<JoinStore::Row> m_right; // piece null: no partner
};

void copyValue(Column &to, std::size_t at, const Column &from, std::size_t row)
{
    to.valid[at] = from.valid[row];
    switch (to.storage()) {
    case Storage::Byte:
        to.bytes[at] = from.bytes[row];
        break;
    case Storage::Integer:
        to.integers[at] = from.integers[row];
        break;
    case Storage::Float:
        to.floats[at] = from.floats[row];
        break;
    case Storage::Text:
        to.texts[at] = from.texts[row];
        break;
    }
    if (!from.tokens.empty() && from.tokens[row].data() != nullptr) {
        to.tokens.resize(to.valid.size());
        to.tokens[at] = from.tokens[row];
    }
}

/// Texts stay in the store's pieces, which the new column keeps alive.
ColumnPtr JoinedRows::column(const std::vector<JoinStore::Row> &rows,
                             std::size_t kept,
                             std::size_t index) const
{
    auto result = takeColumn(m_schema->columns[index].type, rows.size());
    const Column *last = nullptr;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto from = rows[i].piece ? rows[i].piece->columns[kept] : nullptr;
        if (!from)
            continue;
        copyValue(*result, i, *from, rows[i].row);
        const bool listed = from.get() == last
                            || std::find(result->sources.begin(), result->sources.end(), from)
                                   != result->sources.end();
        if (!listed)
            result->sources.push_back(from);
        last = from.get();
    }
    return result;
}

/// What the join knows of one side.
struct Side
{
    Side(const std::vector<KeyField> &keyFields,
         const Schema &schema,
         std::vector<std::size_t> keptColumns,
         TickSpan width)
        : keys(keyFields, schema)
        , kept(std::move(keptColumns))
        , store(typesOf(schema, kept), width)
    {}

    static std::vector<ColumnType> typesOf(const Schema &schema,
                                           const std::vector<std::size_t> &kept)
    {
        std::vector<ColumnType> types;
        for (const std::size_t place : kept)
            types.push_back(schema.columns[place].type);
        return types;
    }

    KeyColumns keys;
    std::vector<std::size_t> kept; // places of the kept columns in the side's schema
    JoinStore store;
};

/// Every event waits for its partners until none can come any more.
///
/// A right event r joins a left one l when r − l lies in [−before, after]. Events behind the
/// watermark of their partition are late, so that a left event has seen all of its partners when
/// the watermark has passed l + after, and a right one when it has passed r + before.
class JoinWithin : public StatefulOperator
{
public:
    JoinWithin(const Config &config,
               const NodeContext &context,
               const JoinKeys &keys,
               const JoinedColumns &joined)
        : m_tolerance(toleranceOf(config))
        , m_outer(joinType(config) == JoinType::LeftOuter)
        , m_clock(context.clock)
        , m_rows(joined)
    {
        const TickSpan width = pieceWidth(m_tolerance);
        std::array<std::vector<std::size_t>, 2> kept;
        std::vector<std::size_t> places;
        for (const JoinedColumn &column : joined.columns) {
            auto &side = kept[column.fromRight ? kRight : kLeft];
            places.push_back(side.size());
            side.push_back(column.place);
        }
        m_rows.setKept(std::move(places));
        m_sides.emplace_back(keys.left, context.inputSchemas[kLeft], kept[kLeft], width);
        m_sides.emplace_back(keys.right, context.inputSchemas[kRight], kept[kRight], width);
    }

    Result<void> process(const TimedBatch &input, OperatorOutput &out) override
    {
        Side &side = m_sides[input.port];
        const Batch &batch = input.batch;
        TRY_ASSIGN(const auto *keys, side.keys.compute(batch, m_clock->now()));
        m_columns.clear();
        for (const std::size_t place : side.kept)
            m_columns.push_back(batch.columns[place].get());
        auto late = takeSelection();
        batch.selection.forEach([&](std::size_t row) {
            if (input.eventTimes[row] < input.own[row]) {
                late->push_back(static_cast<std::uint16_t>(row));
                return;
            }
            m_key.clear();
            if (!appendRowKey(m_key, *keys, row))
                m_key.clear(); // null is equal to nothing
            takeEvent(input.port, input.eventTimes[row], row, out);
        });
        m_rows.flush(out);
        out.countAbsorbed(batch.selection.size() - late->size());
        Batch rest = batch;
        rest.selection = Selection(std::move(late));
        out.emitLate(kLate + input.port, std::move(rest));
        return {};
    }

    Result<void> advance(Ticks watermark, OperatorOutput &out) override
    {
        while (!m_waiting.empty() && isPast(m_waiting.top().time, watermark)) {
            const JoinStore::Row &left = m_waiting.top().left;
            if (left.piece->matched[left.row] == 0)
                m_rows.add(left, {}, out);
            m_waiting.pop();
        }
        m_rows.flush(out);
        const bool all = watermark == kEndOfTime;
        m_sides[kLeft].store.dropBefore(all ? kEndOfTime : watermark - m_tolerance.after);
        m_sides[kRight].store.dropBefore(all ? kEndOfTime : watermark - m_tolerance.before);
        return {};
    }

    Ticks outputWatermark(Ticks watermark) const override
    {
        return watermark == kEndOfTime ? kEndOfTime : watermark - m_tolerance.after;
    }

    Result<std::string> snapshot() const override
    {
        StateWriter out;
        out.put(kStateVersion);
        for (const Side &side : m_sides)
            side.store.write(out);
        return out.take();
    }

    Result<void> restore(const std::string &state) override
    {
        StateReader in(state);
        const bool known = in.get<std::uint32_t>() == kStateVersion;
        const bool read = known && m_sides[kLeft].store.read(in, [this](const JoinStore::Row &row) {
            await(row);
        }) && m_sides[kRight].store.read(in, [](const JoinStore::Row &) {});
        if (!read || !(in.ok() && in.atEnd()))
            return fail(ErrorCode::StateDamaged,
                        "what the join kept is damaged, or of events with other columns");
        return {};
    }

    StateFigures stateFigures() const override
    {
        const JoinStore &left = m_sides[kLeft].store;
        const JoinStore &right = m_sides[kRight].store;
        return {left.rows() + right.rows(), 0, left.bytes() + right.bytes()};
    }

private:
    /// A left event that leaves alone when no partner has come.
    struct Waiting
    {
        Ticks time = 0;
        JoinStore::Row left;
        bool operator<(const Waiting &other) const { return time > other.time; } // earliest on top
    };

    bool isPast(Ticks left, Ticks watermark) const
    {
        return watermark == kEndOfTime || left + m_tolerance.after < watermark;
    }

    void await(const JoinStore::Row &left)
    {
        if (m_outer && left.piece->matched[left.row] == 0)
            m_waiting.push({left.piece->times[left.row], left});
    }

    void takeEvent(std::size_t port, Ticks time, std::size_t row, OperatorOutput &out)
    {
        const std::string_view key = m_key.view();
        const JoinStore::Row own = m_sides[port].store.add(time, key, m_columns, row);
        if (!key.empty() && port == kLeft) {
            m_sides[kRight].store.find(key,
                                       time - m_tolerance.before,
                                       time + m_tolerance.after,
                                       [&](const auto &piece, std::uint32_t partner) {
                                           own.piece->matched[own.row] = 1;
                                           m_rows.add(own, {piece, partner}, out);
                                       });
        } else if (!key.empty()) {
            m_sides[kLeft].store.find(key,
                                      time - m_tolerance.after,
                                      time + m_tolerance.before,
                                      [&](const auto &piece, std::uint32_t partner) {
                                          piece->matched[partner] = 1;
                                          m_rows.add({piece, partner}, own, out);
                                      });
        }
        if (port == kLeft)
            await(own);
    }

    Tolerance m_tolerance;
    bool m_outer;
    const Clock *m_clock;
    JoinedRows m_rows;
    std::vector<Side> m_sides; // left, right
    std::priority_queue<Waiting> m_waiting;
    ByteBuffer m_key;                      // scratch
    std::vector<const Column *> m_columns; // scratch: kept columns of a batch
};

} // namespace

std::vector<PortSpec> joinWithinInputs()
{
    return {{.id = "left"}, {.id = "right"}};
}

SchemaFlow joinWithinSchemas(const Config &config,
                             const std::vector<Schema> &inputs,
                             const NodeContext &context)
{
    const Schema &left = inputs[kLeft];
    const Schema &right = inputs[kRight];
    SchemaFlow flow;
    flow.problems = bindJoinKeys(config, left, right, context.parameters).problems;
    // Failed events of two kinds share no columns: they leave as they were read.
    Schema raw;
    raw.columns.push_back({"$raw", ColumnType::String});
    flow.outputs = {joinedColumns(left, right).schema, left, right, errorsSchema(raw)};
    return flow;
}

std::vector<ColumnNeeds> joinWithinNeeds(const Config &config,
                                         const std::vector<Schema> &inputs,
                                         const std::vector<ColumnNeeds> &outputNeeds,
                                         const NodeContext &context)
{
    const Schema &left = inputs[kLeft];
    const Schema &right = inputs[kRight];
    std::vector<ColumnNeeds> needs =
        joinNeeds(joinedColumns(left, right),
                  left,
                  right,
                  bindJoinKeys(config, left, right, context.parameters),
                  outputNeeds.front());
    for (const std::size_t side : {kLeft, kRight})
        needs[side].add(outputNeeds[kLate + side]);
    return needs;
}

std::vector<SchemaProblem> checkJoinWithin(const Config &config)
{
    std::vector<SchemaProblem> problems;
    for (const char *key : {"before", "after"}) {
        const Value *value = config.value(join::kWithin).find(key);
        if (value == nullptr)
            continue;
        const std::string *text = value->asString();
        const auto span = parseDuration(text == nullptr ? std::string_view() : *text);
        if (!span)
            problems.push_back({std::string(join::kWithin),
                                {ErrorCode::InvalidDuration,
                                 fmt::format("\"{}\": {} is not a duration", key, value->toJson()),
                                 R"(Write it as {"before": "0s", "after": "10s"}.)",
                                 {},
                                 {}}});
    }
    return problems;
}

Result<std::unique_ptr<StatefulOperator>> createJoinWithin(const Config &config,
                                                           const NodeContext &context)
{
    const Schema &left = context.inputSchemas[kLeft];
    const Schema &right = context.inputSchemas[kRight];
    const JoinKeys keys = bindJoinKeys(config, left, right, context.parameters);
    if (!keys.problems.empty())
        return fail(keys.problems.front().error);
    return std::unique_ptr<StatefulOperator>(
        std::make_unique<JoinWithin>(config, context, keys, joinedColumns(left, right)));
}

} // namespace sluice
