#include "core/runtime/time_merger.h"

#include <algorithm>

namespace sluice {

namespace {

constexpr std::uint32_t kVersion = 2;
constexpr std::uint32_t kNumbersOnly = 1; // partitions by the number they had in that run
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

TimeMerger::TimeMerger(std::size_t gates, Names names)
    : m_gates(gates)
    , m_names(std::move(names))
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
    auto &partitions = gate.partitions;
    const auto placeWhere = [&partitions](auto &&fits) {
        return static_cast<std::size_t>(std::find_if(partitions.begin(), partitions.end(), fits)
                                        - partitions.begin());
    };
    std::size_t place = placeWhere([&wanted](const Partition &known) {
        return known.numbered && known.source == wanted.source
               && known.partition == wanted.partition;
    });
    if (place < partitions.size())
        return place;
    std::string name =
        wanted.source == kStageSource ? std::string() : nameOf(wanted.source, wanted.partition);
    place = placeWhere([&](const Partition &known) {
        return !known.numbered && known.source == wanted.source && known.name == name;
    });
    if (place == partitions.size()) {
        partitions.emplace_back();
        partitions.back().source = wanted.source;
        partitions.back().name = std::move(name);
    } else {
        --m_unnumbered;
    }
    partitions[place].partition = wanted.partition;
    partitions[place].numbered = true;
    return place;
}

std::string TimeMerger::nameOf(std::uint32_t source, std::int32_t partition) const
{
    std::string name = m_names ? m_names(source, partition) : std::string();
    return name.empty() ? std::to_string(partition) : name;
}

TimeMerger::Before TimeMerger::take(std::size_t index, const TimeTrack &track)
{
    Gate &gate = m_gates[index];
    m_places.clear();
    for (const TimeTrack::Partition &partition : track.partitions) {
        m_places.push_back(placeOf(gate, partition));
        gate.partitions[m_places.back()].idle = partition.idle;
    }
    if (m_unnumbered != 0)
        leaveOut(gate, track.partitions.front().source);
    const std::size_t records = track.events.size();
    m_own.resize(records);
    m_before.resize(records);
    const Ticks others = othersThan(index);
    if (gate.partitions.size() == 1)
        takeSingle(gate.partitions.front(), track, others);
    else
        takeMany(gate, track, others);
    raise(gate, track);
    merge();
    return {track.events.data(), m_own.data(), m_before.data(), records};
}

/// A source that names its partitions has said which it reads now: what an earlier run read beside
/// them is not waited for.
void TimeMerger::leaveOut(Gate &gate, std::uint32_t source)
{
    for (Partition &partition : gate.partitions) {
        const bool named = !partition.numbered && partition.source == source && m_names
                           && !m_names(source, 0).empty();
        partition.idle = partition.idle || named;
    }
}

/// What a source that knows the time says of all its partitions.
void TimeMerger::raise(Gate &gate, const TimeTrack &track)
{
    if (track.watermark == kNoTicks)
        return;
    const Ticks reached = watermarkAt(track.watermark, track.disorder);
    for (Partition &partition : gate.partitions) {
        if (partition.source == track.partitions.front().source)
            partition.watermark = std::max(partition.watermark, reached);
    }
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

std::vector<SourcePartition> TimeMerger::ahead(Ticks limit) const
{
    std::vector<SourcePartition> found;
    for (const Gate &gate : m_gates) {
        for (const Partition &one : gate.partitions) {
            if (!gate.complete && one.source != kStageSource && one.numbered && !one.idle
                && one.watermark > limit)
                found.push_back({one.source, one.partition});
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

bool TimeMerger::hasOtherStages() const
{
    return std::any_of(m_gates.begin(), m_gates.end(), [](const Gate &gate) {
        return !gate.complete
               && std::any_of(gate.partitions.begin(), gate.partitions.end(), [](const auto &one) {
                      return one.source == kStageSource;
                  });
    });
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
            out.putText(partition.name);
            out.put(partition.watermark);
            out.put(static_cast<std::uint8_t>(partition.idle));
        }
    }
    return out.take();
}

TimeMerger::Partition
TimeMerger::readPartition(StateReader &in, std::uint32_t version, std::uint32_t source) const
{
    Partition partition;
    partition.source = source;
    if (version == kNumbersOnly) {
        partition.partition = in.get<std::int32_t>();
        if (source != kStageSource)
            partition.name = nameOf(source, partition.partition);
    } else {
        partition.name = std::string(in.getText());
        partition.numbered = source == kStageSource;
    }
    partition.watermark = in.get<Ticks>();
    partition.idle = in.get<std::uint8_t>() != 0;
    return partition;
}

Result<void>
TimeMerger::restore(const std::string &state,
                    const std::function<std::string(std::size_t)> &gateName,
                    const std::function<std::uint32_t(const std::string &)> &sourceIndex)
{
    StateReader in(state);
    const auto version = in.get<std::uint32_t>();
    if (version != kVersion && version != kNumbersOnly)
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
            Partition partition =
                readPartition(in, version, source.empty() ? kStageSource : sourceIndex(source));
            const bool known = source.empty() || partition.source != kStageSource;
            if (gate < m_gates.size() && known) {
                m_unnumbered += partition.numbered ? 0 : 1;
                m_gates[gate].partitions.push_back(std::move(partition));
            }
        }
    }
    if (!(in.ok() && in.atEnd()))
        return fail(ErrorCode::StateDamaged, "the saved watermarks are damaged");
    return {};
}

} // namespace sluice
