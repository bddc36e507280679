#pragma once

#include "core/event/batch.h"
#include "core/kql/aggregate_set.h"
#include "core/operators/group_keys.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace sluice {

/// Whether a row of a window came before its end, at it, or corrects it.
enum class Emission : std::uint8_t { Early, OnTime, Late };

/// Collects the rows of windows and turns them into batches: keys, window_start, window_end,
/// aggregates, and emission where that is asked for. Groups and keys that rows refer to are given
/// back only when their batch is made. Thread: one at a time.
class WindowRows
{
public:
    /// A batch of results and, for each row of it, its time as an event.
    using Sink = std::function<void(Batch batch, const std::vector<Ticks> &times)>;

    WindowRows(std::shared_ptr<const Schema> schema,
               std::size_t keyParts,
               bool withEmission,
               GroupKeys &keys,
               kql::AggregateSet &aggregates);

    struct Row
    {
        std::uint32_t key = 0;
        std::uint32_t group = 0;
        Ticks start = 0;
        Ticks end = 0;
        Ticks time = 0; // of the row as an event
        Emission emission = Emission::OnTime;
    };
    void add(const Row &row);
    /// Gives a group back, and releases a key, behind the rows that were added.
    void giveLater(std::uint32_t group) { m_groupsToGive.push_back(group); }
    void releaseLater(std::uint32_t key) { m_keysToRelease.push_back(key); }
    /// Sends what was collected. The state that rows refer to may change from then on.
    Result<void> flush();

    /// Where batches go, and what now() is, until the next call.
    void begin(Sink sink, Ticks now);

private:
    Result<void> send();

    std::shared_ptr<const Schema> m_schema; // shared by the batches it goes out with
    std::size_t m_keyParts;
    bool m_withEmission;
    GroupKeys &m_keys;
    kql::AggregateSet &m_aggregates;
    Sink m_sink;
    Ticks m_now = 0;
    Result<void> m_failed; // of a batch that was sent because it was full
    std::vector<Row> m_rows;
    std::vector<std::uint32_t> m_groupsToGive;
    std::vector<std::uint32_t> m_keysToRelease;
    std::vector<std::uint32_t> m_ids; // scratch
    std::vector<Ticks> m_times;
};

} // namespace sluice
