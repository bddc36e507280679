#include "core/operators/rolling_group.h"

namespace sluice {

void RollingGroup::push(kql::AggregateSet &set, Ticks time, std::uint32_t group)
{
    if (!m_hasBack) {
        m_back = set.take();
        m_hasBack = true;
    }
    m_elements.push_back({time, group});
    set.merge(group, m_back);
}

/// Makes each element hold the aggregate from itself to the end.
void RollingGroup::turn(kql::AggregateSet &set)
{
    for (std::size_t i = m_elements.size() - 1; i > m_head; --i)
        set.merge(m_elements[i].group, m_elements[i - 1].group);
    m_turned = m_elements.size();
    set.give(m_back);
    m_hasBack = false;
}

std::size_t RollingGroup::evict(kql::AggregateSet &set, Ticks time)
{
    std::size_t count = 0;
    while (!empty() && m_elements[m_head].time <= time) {
        if (m_head == m_turned)
            turn(set);
        set.give(m_elements[m_head].group);
        ++m_head;
        ++count;
    }
    if (m_head > m_elements.size() / 2) { // amortised: moves no more than it let go
        m_elements.erase(m_elements.begin(),
                         m_elements.begin() + static_cast<std::ptrdiff_t>(m_head));
        m_turned -= m_head;
        m_head = 0;
    }
    return count;
}

void RollingGroup::addTo(kql::AggregateSet &set, std::uint32_t group) const
{
    if (m_head < m_turned)
        set.merge(m_elements[m_head].group, group);
    if (m_turned < m_elements.size())
        set.merge(m_back, group);
}

void RollingGroup::save(const kql::AggregateSet &set, StateWriter &out) const
{
    out.put(static_cast<std::uint64_t>(size()));
    out.put(static_cast<std::uint64_t>(m_turned - m_head));
    for (std::size_t i = m_head; i < m_elements.size(); ++i) {
        out.put(m_elements[i].time);
        set.save(m_elements[i].group, out);
    }
    if (m_turned < m_elements.size())
        set.save(m_back, out);
}

void RollingGroup::load(kql::AggregateSet &set, StateReader &in)
{
    const std::size_t count = in.getCount(sizeof(Ticks));
    const auto turned = in.get<std::uint64_t>();
    if (turned > count)
        return in.fail();
    m_turned = turned;
    for (std::size_t i = 0; i < count && in.ok(); ++i) {
        const Ticks time = in.get<Ticks>();
        m_elements.push_back({time, set.take()});
        set.load(m_elements.back().group, in);
    }
    if (m_turned < m_elements.size()) {
        m_back = set.take();
        m_hasBack = true;
        set.load(m_back, in);
    }
}

} // namespace sluice
