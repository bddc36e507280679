#include "core/runtime/trial_parts.h"

#include "core/event/json_encoder.h"

namespace sluice {

void TrialKeeper::setColumns(const std::string &node, const Schema &schema)
{
    const std::scoped_lock lock(m_mutex);
    Kept &kept = m_kept[node];
    kept.columns.clear();
    for (const SchemaColumn &column : visibleColumns(schema))
        kept.columns.push_back(column.name);
}

void TrialKeeper::add(const std::string &node, Ticks ingestedAt, std::string json)
{
    const std::scoped_lock lock(m_mutex);
    Kept &kept = m_kept[node];
    kept.events.push_back({kept.seen++, ingestedAt, std::move(json)});
    if (kept.events.size() > m_shown)
        kept.events.pop_front();
}

TapContent TrialKeeper::content(const std::string &node) const
{
    const std::scoped_lock lock(m_mutex);
    const auto found = m_kept.find(node);
    if (found == m_kept.end())
        return {};
    const Kept &kept = found->second;
    return {kept.columns, {kept.events.begin(), kept.events.end()}, kept.seen};
}

namespace {

/// Hands out records that were sampled before, once.
class SampledSource : public Source
{
public:
    SampledSource(const std::vector<std::string> &records, const NodeContext &context)
        : m_records(records)
        , m_batchRows(context.batchRows)
        , m_clock(context.clock)
    {}

    Result<void> open(const SourceStart &start) override
    {
        (void)start; // a trial begins at the beginning
        return {};
    }

    Result<PollResult> poll(RawRecords &out) override
    {
        if (m_next == m_records.size())
            return PollResult{PollState::End, 0};
        const Ticks now = m_clock->now();
        for (std::size_t i = 0; i < m_batchRows && m_next < m_records.size(); ++i, ++m_next)
            out.append(m_records[m_next], static_cast<std::int64_t>(m_next), 0, now);
        return PollResult{PollState::Data, 0};
    }

    std::string position() const override { return std::to_string(m_next); }

private:
    const std::vector<std::string> &m_records;
    std::size_t m_batchRows;
    const Clock *m_clock;
    std::size_t m_next = 0;
};

/// Keeps the text of what comes, in the order in which it comes.
class KeepingDestination : public Destination
{
public:
    KeepingDestination(std::shared_ptr<TrialKeeper> keeper, const NodeContext &context)
        : m_keeper(std::move(keeper))
        , m_node(context.nodeId)
        , m_encoder(context.inputSchemas.front())
    {
        m_keeper->setColumns(m_node, context.inputSchemas.front());
    }

    Result<void> open() override { return {}; }

    Result<std::unique_ptr<Prepared>> prepare(const Batch &batch) const override
    {
        auto prepared = std::make_unique<Prepared>();
        prepared->batch = batch;
        prepared->events = batch.selection.size();
        return prepared;
    }

    Result<void> accept(std::unique_ptr<Prepared> prepared, std::vector<RowError> &) override
    {
        const Batch &batch = prepared->batch;
        batch.selection.forEach([&](std::size_t row) {
            ByteBuffer text;
            m_encoder.encodeRow(batch, row, text);
            m_keeper->add(m_node, batch.ingestedAt, std::string(text.view()));
        });
        return {};
    }

    Result<void> flush(std::uint64_t) override { return {}; }

private:
    std::shared_ptr<TrialKeeper> m_keeper; // shared with the trial, which outlives the run
    std::string m_node;
    JsonEncoder m_encoder;
};

NodeDescriptor sampledKind(const NodeDescriptor &kind, std::shared_ptr<const TrialSamples> samples)
{
    NodeDescriptor made = kind;
    const auto recordsOf =
        [samples](const NodeContext &context) -> const std::vector<std::string> & {
        static const std::vector<std::string> kNone;
        const auto found = samples->find(context.nodeId);
        return found == samples->end() ? kNone : found->second;
    };
    made.createSource = [recordsOf,
                         samples](const Config &,
                                  const NodeContext &context) -> Result<std::unique_ptr<Source>> {
        return std::unique_ptr<Source>(
            std::make_unique<SampledSource>(recordsOf(context), context));
    };
    made.sample = [recordsOf](const Config &,
                              const NodeContext &context,
                              std::size_t,
                              const std::stop_token &) -> Result<std::vector<std::string>> {
        return recordsOf(context);
    };
    made.probe = {};
    return made;
}

NodeDescriptor keeperKind(std::shared_ptr<TrialKeeper> keeper)
{
    NodeDescriptor made;
    made.kind = TrialCatalog::kKeeperKind;
    made.role = NodeRole::Destination;
    made.title = "Keeper";
    made.summary = "Keeps what comes, for looking at it.";
    made.inputs = {{.id = "in"}};
    made.outputSchemas = [](const Config &,
                            const std::vector<Schema> &,
                            const NodeContext &) -> SchemaFlow { return {}; };
    made.columnNeeds = [](const Config &,
                          const std::vector<Schema> &inputs,
                          const std::vector<ColumnNeeds> &,
                          const NodeContext &) -> std::vector<ColumnNeeds> {
        ColumnNeeds needs;
        needs.raw = inputs.front().whole;
        if (needs.raw)
            return {needs};
        for (const SchemaColumn &column : visibleColumns(inputs.front()))
            needs.tokens.push_back(column.name);
        return {needs};
    };
    made.createDestination =
        [keeper](const Config &,
                 const NodeContext &context) -> Result<std::unique_ptr<Destination>> {
        return std::unique_ptr<Destination>(std::make_unique<KeepingDestination>(keeper, context));
    };
    return made;
}

} // namespace

TrialCatalog::TrialCatalog(const Catalog &catalog,
                           std::shared_ptr<const TrialSamples> samples,
                           std::shared_ptr<TrialKeeper> keeper)
{
    std::vector<const NodeDescriptor *> kinds;
    for (const NodeDescriptor *kind : catalog.all()) {
        if (kind->role == NodeRole::Source)
            kinds.push_back(&m_made.emplace_back(sampledKind(*kind, samples)));
        else
            kinds.push_back(kind);
    }
    kinds.push_back(&m_made.emplace_back(keeperKind(std::move(keeper))));
    m_catalog = std::make_unique<Catalog>(std::move(kinds));
}

} // namespace sluice
