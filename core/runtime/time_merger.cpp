#include "core/runtime/time_merger.h"

#include "core/base/state_bytes.h"

#include <algorithm>

namespace sluice {

namespace {

constexpr std::uint32_t kVersion = 1;
/// The partition of a gate that brings a stage's own watermarks.
constexpr std::uint32_t kStageSource = ~std::uint32_t{0};

template<typename Partitions>
Ticks leastOf(const Partitions &partitions)
{
    Ticks least = kEndOfTime;
    for (const auto &partition : partitions) {
        if (!partition.idle)
            least = std::min(least, partition.watermark);
    }
    return partitions.empty() ? kNoTicks : least;
}

Ticks watermarkAt(Ticks event, TickSpan disorder)
{
    return event < kNoTicks + disorder ? kNoTicks : event - disorder;
}

} // namespace

TimeMerger::TimeMerger(std::size_t gates)
    : m_gates(gates)
{}

Ticks TimeMerger::reached(std::size_t gate) const
{
    return m_gates[gate].complete ? kEndOfTime : leastOf(m_gates[gate].partitions);
}

Ticks TimeMerger::othersThan(std::size_t gate) const
{
    Ticks least = kEndOfTime;
    for (std::size_t i = 0; i < m_gates.size(); ++i) {
        if (i != gate)
            least = std::min(least, reached(i));
    }
    return least;
}

void TimeMerger::merge()
{
    Ticks least = kEndOfTime;
    bool allComplete = true;
    for (std::size_t i = 0; i < m_gates.size(); ++i) {
        least = std::min(least, reached(i));
        allComplete = allComplete && m_gates[i].complete;
    }
    // When all are idle there is nothing to merge: it stays where it is.
    if (least != kEndOfTime || allComplete)
        m_merged = std::max(m_merged, least);
}

std::size_t TimeMerger::placeOf(Gate &gate, const TimeTrack::Partition &wanted)
{
    for (std::size_t i = 0; i < gate.partitions.size(); ++i) {
        const Partition &known = gate.partitions[i];
        if (known.source == wanted.source && known.partition == wanted.partition)
            return i;
    }
    gate.partitions.push_back({wanted.source, wanted.partition, kNoTicks, false});
    return gate.partitions.size() - 1;
}

TimeMerger::Before TimeMerger::take(std::size_t index, const TimeTrack &track)
{
    Gate &gate = m_gates[index];
    m_places.clear();
    for (const TimeTrack::Partition &partition : track.partitions) {
        m_places.push_back(placeOf(gate, partition));
        gate.partitions[m_places.back()].idle = partition.idle;
    }
    const std::size_t records = track.events.size();
    m_own.resize(records);
    m_before.resize(records);
    const Ticks others = othersThan(index);
    if (gate.partitions.size() == 1)
        takeSingle(gate.partitions.front(), track, others);
    else
        takeMany(gate, track, others);
    merge();
    return {track.events.data(), m_own.data(), m_before.data(), records};
}

/// One partition: what it has reached is what the gate has reached.
void TimeMerger::takeSingle(Partition &partition, const TimeTrack &track, Ticks others)
{
    Ticks watermark = partition.watermark;
    Ticks merged = m_merged;
    for (std::size_t i = 0; i < track.events.size(); ++i) {
        merged = std::max(merged, std::min(watermark, others));
        m_own[i] = std::max(watermark, merged);
        m_before[i] = merged;
        watermark = std::max(watermark, watermarkAt(track.events[i], track.disorder));
    }
    partition.watermark = watermark;
    m_merged = merged;
}

void TimeMerger::takeMany(Gate &gate, const TimeTrack &track, Ticks others)
{
    Ticks least = leastOf(gate.partitions);
    Ticks merged = m_merged;
    for (std::size_t i = 0; i < track.events.size(); ++i) {
        Partition &partition =
            gate.partitions[m_places[track.partitionOf.empty() ? 0 : track.partitionOf[i]]];
        const Ticks known = std::min(least, others);
        if (known != kEndOfTime)
            merged = std::max(merged, known);
        m_own[i] = std::max(partition.watermark, merged);
        m_before[i] = merged;
        const Ticks reached = watermarkAt(track.events[i], track.disorder);
        if (reached <= partition.watermark)
            continue;
        const bool wasLeast = partition.watermark == least;
        partition.watermark = reached;
        if (wasLeast)
            least = leastOf(gate.partitions);
    }
    m_merged = merged;
}

TimeMerger::Before TimeMerger::look(std::size_t gate, const TimeTrack &track)
{
    const std::size_t records = track.events.size();
    const Ticks reachedSoFar = reached(gate);
    const Ticks fallback = reachedSoFar == kEndOfTime ? m_merged : reachedSoFar;
    m_before.assign(records, m_merged);
    m_own.resize(records);
    for (std::size_t i = 0; i < records; ++i)
        m_own[i] = std::max(track.own.empty() ? fallback : track.own[i], m_merged);
    return {track.events.data(), m_own.data(), m_before.data(), records};
}

void TimeMerger::takeWatermark(std::size_t gate, Ticks watermark)
{
    Partition &partition =
        m_gates[gate].partitions[placeOf(m_gates[gate], {kStageSource, 0, false})];
    partition.watermark = std::max(partition.watermark, watermark);
    merge();
}

void TimeMerger::end(std::size_t gate, bool complete)
{
    m_gates[gate].complete = complete;
    merge();
}

std::string TimeMerger::snapshot(const std::function<std::string(std::size_t)> &gateName,
                                 const std::function<std::string(std::uint32_t)> &sourceName) const
{
    StateWriter out;
    out.put(kVersion);
    out.put(m_merged);
    out.put(static_cast<std::uint64_t>(m_gates.size()));
    for (std::size_t i = 0; i < m_gates.size(); ++i) {
        out.putText(gateName(i));
        out.put(static_cast<std::uint64_t>(m_gates[i].partitions.size()));
        for (const Partition &partition : m_gates[i].partitions) {
            out.putText(partition.source == kStageSource ? std::string()
                                                         : sourceName(partition.source));
            out.put(partition.partition);
            out.put(partition.watermark);
            out.put(static_cast<std::uint8_t>(partition.idle));
        }
    }
    return out.take();
}

Result<void>
TimeMerger::restore(const std::string &state,
                    const std::function<std::string(std::size_t)> &gateName,
                    const std::function<std::uint32_t(const std::string &)> &sourceIndex)
{
    StateReader in(state);
    const auto version = in.get<std::uint32_t>();
    if (version != kVersion)
        return fail(ErrorCode::StateDamaged, "watermarks of an unknown version {}", version);
    m_merged = in.get<Ticks>();
    const std::size_t gates = in.getCount(1);
    for (std::size_t i = 0; i < gates; ++i) {
        const std::string name(in.getText());
        std::size_t gate = 0;
        while (gate < m_gates.size() && gateName(gate) != name)
            ++gate;
        const std::size_t partitions = in.getCount(1);
        for (std::size_t p = 0; p < partitions; ++p) {
            const std::string source(in.getText());
            Partition partition;
            partition.source = source.empty() ? kStageSource : sourceIndex(source);
            partition.partition = in.get<std::int32_t>();
            partition.watermark = in.get<Ticks>();
            partition.idle = in.get<std::uint8_t>() != 0;
            const bool known = source.empty() || partition.source != kStageSource;
            if (gate < m_gates.size() && known)
                m_gates[gate].partitions.push_back(partition);
        }
    }
    if (!(in.ok() && in.atEnd()))
        return fail(ErrorCode::StateDamaged, "the saved watermarks are damaged");
    return {};
}

} // namespace sluice
