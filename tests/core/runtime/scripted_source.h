#pragma once

#include "core/node/catalog.h"
#include "core/node/partitioned_source.h"
#include "core/sources/record_schema.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sluice::test {

/// What the partitions of a scripted source hold, in what order it delivers them, and what happened
/// to it. Thread: any.
class Script
{
public:
    /// @param places  partitions in the order in which the source prefers them
    explicit Script(std::vector<std::int32_t> places)
        : m_order(std::move(places))
    {}

    void add(std::int32_t partition, std::string record)
    {
        const std::scoped_lock lock(m_mutex);
        m_records[partition].push_back(std::move(record));
    }
    /// Nothing more will come.
    void end()
    {
        const std::scoped_lock lock(m_mutex);
        m_ended = true;
    }

    /// Records of the first partition that has some and is not held back.
    PollState take(RawRecords &out, std::size_t most)
    {
        const std::scoped_lock lock(m_mutex);
        for (const std::int32_t partition : m_order) {
            auto &records = m_records[partition];
            if (records.empty() || isHeld(partition))
                continue;
            for (; !records.empty() && out.records.size() < most; records.pop_front())
                out.append(records.front(), m_offset++, partition);
            return PollState::Data;
        }
        const bool empty = std::all_of(m_records.begin(), m_records.end(), [](const auto &entry) {
            return entry.second.empty();
        });
        return empty && m_ended ? PollState::End : PollState::Idle;
    }
    void hold(std::vector<std::int32_t> partitions)
    {
        const std::scoped_lock lock(m_mutex);
        m_held = std::move(partitions);
        m_holds.push_back(m_held);
    }
    const std::vector<std::int32_t> &order() const { return m_order; }
    /// Every set of partitions that was held back, in order.
    std::vector<std::vector<std::int32_t>> holds() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_holds;
    }

private:
    bool isHeld(std::int32_t partition) const
    {
        return std::find(m_held.begin(), m_held.end(), partition) != m_held.end();
    }
    const std::vector<std::int32_t> m_order;
    mutable std::mutex m_mutex;
    std::map<std::int32_t, std::deque<std::string>> m_records;
    std::vector<std::int32_t> m_held;
    std::vector<std::vector<std::int32_t>> m_holds;
    std::int64_t m_offset = 0;
    bool m_ended = false;
};

class ScriptedSource : public Source, public PartitionedSource
{
public:
    ScriptedSource(std::shared_ptr<Script> script, const NodeContext &context)
        : m_script(std::move(script))
        , m_rows(context.batchRows)
        , m_clock(context.clock)
    {}
    Result<void> open(const SourceStart & /*start*/) override { return {}; }
    Result<PollResult> poll(RawRecords &out) override
    {
        const PollState state = m_script->take(out, m_rows);
        const Ticks again =
            state == PollState::Idle ? m_clock->monotonic() + kTicksPerMillisecond : 0;
        return PollResult{state, again};
    }
    std::string position() const override { return {}; }
    std::vector<std::int32_t> partitions() const override { return m_script->order(); }
    std::string partitionName(std::int32_t partition) const override
    {
        return "script/" + std::to_string(partition);
    }
    void holdBack(const std::vector<std::int32_t> &partitions) override
    {
        m_script->hold(partitions);
    }

private:
    std::shared_ptr<Script> m_script; // shared with the test
    std::size_t m_rows;
    const Clock *m_clock;
};

/// The kinds of the program and `scripted_source`, which delivers what the script says.
class ScriptedKinds
{
public:
    explicit ScriptedKinds(std::shared_ptr<Script> script)
        : m_descriptor{.kind = "scripted_source",
                       .role = NodeRole::Source,
                       .title = "Script",
                       .summary = "What a test says."}
        , m_catalog(with(m_descriptor))
    {
        m_descriptor.outputs = recordPorts();
        m_descriptor.fields = {schemaField(), eventTimeField()};
        m_descriptor.outputSchemas = recordSchemas;
        m_descriptor.createSource =
            [script = std::move(script)](
                const Config &, const NodeContext &context) -> Result<std::unique_ptr<Source>> {
            return std::make_unique<ScriptedSource>(script, context);
        };
    }
    const Catalog &catalog() const { return m_catalog; }

private:
    static std::vector<const NodeDescriptor *> with(const NodeDescriptor &descriptor)
    {
        std::vector<const NodeDescriptor *> all = builtInDescriptors();
        all.push_back(&descriptor);
        return all;
    }
    NodeDescriptor m_descriptor;
    Catalog m_catalog;
};

} // namespace sluice::test
