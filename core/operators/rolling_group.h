#pragma once

#include "core/kql/aggregate_set.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace sluice {

/// The aggregate over a range of time that only moves on: elements enter at its end and leave at
/// its beginning. Nothing is ever subtracted, so that floating sums do not drift.
/// Source: Tangwongsan et al., "Low-Latency Sliding-Window Aggregation in Worst-Case Constant
/// Time", DEBS 2017 (the two-stacks algorithm): amortised constant time for each element
class RollingGroup
{
public:
    bool empty() const { return m_head == m_elements.size(); }
    std::size_t size() const { return m_elements.size() - m_head; }

    /// Takes over a group that holds one element, not earlier than those before.
    void push(kql::AggregateSet &set, Ticks time, std::uint32_t group);
    /// Lets go of what is not later than `time`. @return how many
    std::size_t evict(kql::AggregateSet &set, Ticks time);
    /// Adds all of it to a group.
    void addTo(kql::AggregateSet &set, std::uint32_t group) const;

    void save(const kql::AggregateSet &set, StateWriter &out) const;
    void load(kql::AggregateSet &set, StateReader &in);
    template<typename F>
    void forEachTime(F &&function) const
    {
        for (std::size_t i = m_head; i < m_elements.size(); ++i)
            function(m_elements[i].time);
    }
    std::size_t bytes() const { return m_elements.capacity() * sizeof(Element); }

private:
    struct Element
    {
        Ticks time = 0;
        std::uint32_t group = 0;
    };
    void turn(kql::AggregateSet &set);

    std::vector<Element> m_elements;
    std::size_t m_head = 0;
    /// Elements before it hold the aggregate from themselves up to it; those behind it their own.
    std::size_t m_turned = 0;
    std::uint32_t m_back = 0; // all elements from m_turned on; in use while there is one
    bool m_hasBack = false;
};

} // namespace sluice
