#include "core/operators/join_reference.h"

#include "core/base/value_place.h"
#include "core/event/gather.h"
#include "core/operators/column_path.h"
#include "core/operators/join_columns.h"
#include "core/operators/passed_columns.h"
#include "core/operators/reference_store.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

constexpr std::size_t kOut = 0;

/// How the two sides meet.
struct Shape
{
    ReferenceSpec spec;
    Schema table;                        // all columns of the reference
    std::vector<ColumnPath> leftKeys;    // in the input
    std::vector<std::size_t> rightKeys;  // in the table
    std::vector<std::size_t> added;      // columns of the table that go out
    std::optional<std::size_t> version;  // column of the table
    std::optional<std::size_t> timeLeft; // $event_time in the input
    Schema output;
    bool keepUnmatched = false;
    std::vector<SchemaProblem> problems;
};

class Shaper
{
public:
    Shaper(const Config &config, const Schema &left, const NodeContext &context)
        : m_config(config)
        , m_left(left)
        , m_context(context)
    {}

    Shape run()
    {
        m_shape.spec = ReferenceSpec::fromConfig(m_config.group(join::kReference));
        m_shape.keepUnmatched = m_config.text(join::kType) == "left_outer";
        m_shape.output = m_left;
        m_shape.output.whole = false;
        if (auto error = checkReference(m_shape.spec)) {
            m_shape.problems.push_back({std::string(join::kReference), std::move(*error)});
            return std::move(m_shape);
        }
        auto table = referenceSchema(m_shape.spec, *m_context.files);
        if (!table) {
            m_shape.problems.push_back({std::string(join::kReference), std::move(table).error()});
            return std::move(m_shape);
        }
        m_shape.table = std::move(*table);
        bindKeys();
        bindVersion();
        addColumns();
        return std::move(m_shape);
    }

private:
    void problem(std::string_view field, ErrorCode code, std::string message, std::string hint)
    {
        m_shape.problems.push_back(
            {std::string(field), {code, std::move(message), std::move(hint), {}, {}}});
    }

    /// A name that the table does not have, at a place in the field.
    void unknownColumn(std::string_view field,
                       std::string message,
                       const std::string &name,
                       std::string place)
    {
        problem(field, ErrorCode::UnknownColumn, std::move(message), meant(name));
        SchemaProblem &added = m_shape.problems.back();
        added.suggestionPlace = std::move(place);
        if (const auto near = nearestOf(name)) {
            added.suggestion = Value(*near);
            added.suggestionLabel = fmt::format("Use '{}'", *near);
        }
    }

    std::optional<std::string> nearestOf(const std::string &name) const
    {
        std::vector<std::string> names;
        for (const SchemaColumn &column : m_shape.table.columns)
            names.push_back(column.name);
        return nearestName(name, names);
    }

    std::string meant(const std::string &name) const
    {
        std::vector<std::string> names;
        for (const SchemaColumn &column : m_shape.table.columns)
            names.push_back(column.name);
        const auto near = nearestOf(name);
        return near ? fmt::format("Did you mean '{}'?", *near)
                    : fmt::format("It has {}.", fmt::join(names, ", "));
    }

    void bindKeys()
    {
        std::size_t number = 0;
        for (const Config &row : m_config.rows(join::kOn)) {
            const std::string index = std::to_string(number);
            const std::string place = fmt::format("row {}: ", ++number);
            const std::string left = row.text("left");
            const std::string right = row.has("right") ? row.text("right") : left;
            BoundPath bound = bindColumnPath(join::kOn, left, m_left, m_context.parameters, place);
            for (SchemaProblem &found : bound.problems) {
                found.suggestionPlace = placeOf({index, join::kLeft});
                m_shape.problems.push_back(std::move(found));
            }
            const auto rightKey = m_shape.table.find(right);
            if (!rightKey)
                unknownColumn(join::kOn,
                              fmt::format("{}the reference has no column '{}'", place, right),
                              right,
                              placeOf({index, join::kRight}));
            if (!bound.path || !rightKey)
                continue;
            checkKinds(*bound.path, m_shape.table.columns[*rightKey], place);
            m_shape.leftKeys.push_back(std::move(*bound.path));
            m_shape.rightKeys.push_back(*rightKey);
        }
        if (number == 0)
            problem(join::kOn,
                    ErrorCode::MissingValue,
                    "nothing says which columns must be equal",
                    R"(Write it as [{"left": "device_id", "right": "device_id"}].)");
    }

    void checkKinds(const ColumnPath &left, const SchemaColumn &right, const std::string &place)
    {
        const auto leftKind = keyKindOf(left.type);
        const auto rightKind = keyKindOf(right.type);
        if (leftKind && leftKind == rightKind)
            return;
        if (!leftKind || !rightKind) {
            problem(join::kOn,
                    ErrorCode::TypeMismatch,
                    fmt::format("{}'{}' is dynamic: it cannot be compared as a whole",
                                place,
                                leftKind ? right.name : left.text),
                    leftKind ? "Declare its type in the reference's columns."
                             : "Declare its type, or cast it with a manage_fields node.");
            return;
        }
        problem(join::kOn,
                ErrorCode::TypeMismatch,
                fmt::format("{}'{}' is a {} and '{}' of the reference a {}: they are never equal",
                            place,
                            left.text,
                            typeName(left.type),
                            right.name,
                            typeName(right.type)),
                "Declare the reference's column with that type, or cast one of them.");
    }

    void bindVersion()
    {
        if (m_shape.spec.versionTime.empty())
            return;
        m_shape.version = m_shape.table.find(m_shape.spec.versionTime);
        if (!m_shape.version)
            return unknownColumn(join::kReference,
                                 fmt::format("\"version_time\": the reference has no column '{}'",
                                             m_shape.spec.versionTime),
                                 m_shape.spec.versionTime,
                                 placeOf({"version_time"}));
        if (m_shape.table.columns[*m_shape.version].type != ColumnType::Datetime)
            problem(join::kReference,
                    ErrorCode::TypeMismatch,
                    fmt::format("\"version_time\": '{}' is a {}, not a datetime",
                                m_shape.spec.versionTime,
                                typeName(m_shape.table.columns[*m_shape.version].type)),
                    "Declare it as datetime in the reference's columns.");
        m_shape.timeLeft = m_left.find(kEventTimeColumn);
    }

    /// The table's columns without its keys; a name that is taken gets 1, as in KQL.
    void addColumns()
    {
        for (std::size_t i = 0; i < m_shape.table.columns.size(); ++i) {
            const auto &keys = m_shape.rightKeys;
            if (std::find(keys.begin(), keys.end(), i) != keys.end())
                continue;
            SchemaColumn column = m_shape.table.columns[i];
            const std::string name = column.name;
            for (int n = 1; m_shape.output.find(column.name); ++n)
                column.name = name + std::to_string(n);
            m_shape.added.push_back(i);
            m_shape.output.columns.push_back(std::move(column));
        }
    }

    const Config &m_config;
    const Schema &m_left;
    const NodeContext &m_context;
    Shape m_shape;
};

class ReferenceJoin : public Operator
{
public:
    ReferenceJoin(Shape shape, std::shared_ptr<ReferenceStore> store, const NodeContext &context)
        : m_store(std::move(store))
        , m_encoder(m_store->current()->keyKinds())
        , m_added(std::move(shape.added))
        , m_versioned(shape.version.has_value())
        , m_timeLeft(shape.timeLeft)
        , m_keepUnmatched(shape.keepUnmatched)
        , m_inputColumns(context.inputSchemas.front().columns.size())
        , m_schema(std::make_shared<Schema>(std::move(shape.output)))
        , m_clock(context.clock)
        , m_log(context.log)
    {
        for (const ColumnPath &key : shape.leftKeys)
            m_keys.emplace_back(key, context.inputSchemas.front());
    }

    Result<void> process(std::size_t port, const Batch &batch, OperatorOutput &out) override
    {
        (void)port;
        for (const std::string &line : m_store->takeNews()) {
            if (m_log)
                m_log(line);
        }
        const auto table = m_store->current();
        TRY(readKeys(batch));
        lookUp(*table, batch);
        if (m_unmatched != 0)
            out.countFiltered(m_unmatched);
        if (m_single)
            emitSingle(*table, batch, out);
        else
            emitMultiplied(*table, batch, out);
        return {};
    }

private:
    Result<void> readKeys(const Batch &batch)
    {
        m_columns.clear();
        m_pointers.clear();
        for (PathReader &key : m_keys) {
            TRY_ASSIGN(ColumnPtr column, key.read(batch, m_clock->now()));
            m_pointers.push_back(column.get());
            m_columns.push_back(std::move(column));
        }
        return {};
    }

    /// The first match of each selected row, by dense row number; kNoRow where there is none.
    void lookUp(const ReferenceTable &table, const Batch &batch)
    {
        m_matches.assign(batch.rows, kNoRow);
        m_single = true;
        m_unmatched = 0;
        const Column *times = m_versioned && m_timeLeft && *m_timeLeft < batch.columns.size()
                                  ? batch.columns[*m_timeLeft].get()
                                  : nullptr;
        batch.selection.forEach([&](std::size_t row) {
            const Ticks time =
                times != nullptr && times->valid[row] != 0 ? times->integers[row] : kMaxTicks;
            const std::uint32_t match = table.find(m_encoder.encode(m_pointers, row), time);
            m_matches[row] = match;
            if (match == ReferenceTable::kNone)
                m_unmatched += m_keepUnmatched ? 0 : 1;
            else
                m_single = m_single && table.next(match) == ReferenceTable::kNone;
        });
    }

    /// No event has two matches: the input's columns stay as they are.
    void emitSingle(const ReferenceTable &table, const Batch &batch, OperatorOutput &out)
    {
        Batch result = batch;
        result.schema = m_schema;
        result.columns.resize(m_inputColumns);
        if (m_unmatched != 0) {
            auto kept = takeSelection();
            batch.selection.forEach([&](std::size_t row) {
                if (m_matches[row] != kNoRow)
                    kept->push_back(static_cast<std::uint16_t>(row));
            });
            result.selection = Selection(std::move(kept));
        }
        for (const std::size_t column : m_added)
            result.columns.push_back(gather(table.rows().columns[column], m_matches));
        if (!result.selection.empty())
            out.emit(kOut, std::move(result));
    }

    void emitMultiplied(const ReferenceTable &table, const Batch &batch, OperatorOutput &out)
    {
        m_left.clear();
        m_right.clear();
        const auto add = [&](std::size_t row, std::uint32_t match) {
            m_left.push_back(static_cast<std::uint32_t>(row));
            m_right.push_back(match);
            if (m_left.size() == kBatchRows)
                flush(table, batch, out);
        };
        batch.selection.forEach([&](std::size_t row) {
            std::uint32_t match = m_matches[row];
            if (match == ReferenceTable::kNone && m_keepUnmatched)
                add(row, kNoRow);
            for (; match != ReferenceTable::kNone; match = table.next(match))
                add(row, match);
        });
        flush(table, batch, out);
        out.countPassed(batch.selection.size() - m_unmatched);
    }

    void flush(const ReferenceTable &table, const Batch &batch, OperatorOutput &out)
    {
        if (m_left.empty())
            return;
        Batch result = derivedBatch(batch, m_schema, m_left);
        for (std::size_t i = 0; i < m_inputColumns; ++i)
            result.columns.push_back(i < batch.columns.size() ? gather(batch.columns[i], m_left)
                                                              : nullptr);
        for (const std::size_t column : m_added)
            result.columns.push_back(gather(table.rows().columns[column], m_right));
        m_left.clear();
        m_right.clear();
        out.emitRows(kOut, std::move(result));
    }

    static_assert(ReferenceTable::kNone == kNoRow);

    std::shared_ptr<ReferenceStore> m_store; // shared by the workers' instances
    KeyEncoder m_encoder;
    std::vector<PathReader> m_keys;
    std::vector<std::size_t> m_added;
    bool m_versioned;
    std::optional<std::size_t> m_timeLeft;
    bool m_keepUnmatched;
    std::size_t m_inputColumns;
    std::shared_ptr<const Schema> m_schema; // shared by the batches it goes out with
    const Clock *m_clock;
    std::function<void(const std::string &)> m_log;

    // Of the batch at hand.
    std::vector<ColumnPtr> m_columns;
    std::vector<const Column *> m_pointers;
    std::vector<std::uint32_t> m_matches;
    std::vector<std::uint32_t> m_left;
    std::vector<std::uint32_t> m_right;
    std::size_t m_unmatched = 0;
    bool m_single = true;
};

} // namespace

SchemaFlow referenceJoinSchema(const Config &config, const Schema &left, const NodeContext &context)
{
    Shape shape = Shaper(config, left, context).run();
    SchemaFlow flow;
    flow.outputs = {std::move(shape.output)};
    flow.problems = std::move(shape.problems);
    flow.offered = {{std::string(join::kRight), std::move(shape.table.columns)}};
    return flow;
}

ColumnNeeds referenceJoinNeeds(const Config &config,
                               const Schema &left,
                               const ColumnNeeds &wanted,
                               const NodeContext &context)
{
    const Shape shape = Shaper(config, left, context).run();
    ColumnNeeds needs;
    for (const ColumnPath &key : shape.leftKeys) {
        for (const std::string &name : key.columns(left))
            needs.typed.push_back(name);
    }
    if (shape.timeLeft)
        needs.typed.emplace_back(kEventTimeColumn);
    for (const SchemaColumn &column : left.columns)
        passNeed(wanted, column.name, column, needs);
    passUnlisted(wanted, shape.output, left, needs);
    return needs;
}

Result<std::unique_ptr<Operator>> createReferenceJoin(const Config &config,
                                                      const NodeContext &context)
{
    Shape shape = Shaper(config, context.inputSchemas.front(), context).run();
    if (!shape.problems.empty())
        return fail(shape.problems.front().error);
    ReferenceStore::Shape wanted{shape.table, shape.rightKeys, shape.version};
    DatabaseRegistry &databases =
        context.databases == nullptr ? processDatabases() : *context.databases;
    TRY_ASSIGN(auto store,
               ReferenceStore::open(fmt::format("{}/{}", context.workspace, context.nodeId),
                                    shape.spec,
                                    std::move(wanted),
                                    *context.files,
                                    databases));
    return std::unique_ptr<Operator>(
        std::make_unique<ReferenceJoin>(std::move(shape), std::move(store), context));
}

} // namespace sluice
