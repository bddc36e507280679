#include "core/operators/reference_table.h"

#include <algorithm>
#include <bit>
#include <xxhash.h>

namespace sluice {

namespace {

std::uint64_t hashOf(std::string_view key)
{
    return XXH3_64bits(key.data(), key.size());
}

} // namespace

Result<ReferenceTable> ReferenceTable::create(TableColumns rows,
                                              const std::vector<std::size_t> &keys,
                                              std::optional<std::size_t> version)
{
    ReferenceTable table;
    for (const std::size_t key : keys) {
        const SchemaColumn &column = rows.schema.columns.at(key);
        const auto kind = keyKindOf(column.type);
        if (!kind)
            return fail(ErrorCode::WrongType, "'{}' is dynamic: it cannot be a key", column.name)
                .hint("Declare it with another type, such as string.");
        table.m_kinds.push_back(*kind);
    }
    table.m_rows = std::move(rows);
    table.index(keys);
    if (version)
        table.sortVersions(*version);
    return table;
}

/// Place of the key's slot, or of the empty one where it would be.
std::size_t ReferenceTable::slotOf(std::uint64_t hash, std::string_view key) const
{
    const std::size_t mask = m_slots.size() - 1;
    std::size_t place = hash & mask;
    while (m_slots[place].first != kNone
           && (m_slots[place].hash != hash || m_keys[m_slots[place].first] != key))
        place = (place + 1) & mask;
    return place;
}

void ReferenceTable::index(const std::vector<std::size_t> &keys)
{
    m_arena = std::make_shared<Arena>();
    m_slots.resize(std::bit_ceil(std::max<std::size_t>(m_rows.rows * 2, 16)));
    m_keys.resize(m_rows.rows);
    m_next.resize(m_rows.rows, kNone);
    std::vector<std::uint32_t> last(m_rows.rows, kNone); // by a key's first row
    std::vector<const Column *> columns;
    for (const std::size_t key : keys)
        columns.push_back(m_rows.columns[key].get());
    KeyEncoder encoder(m_kinds);
    for (std::uint32_t row = 0; row < m_rows.rows; ++row) {
        const std::string_view key = encoder.encode(columns, row);
        const std::uint64_t hash = hashOf(key);
        Slot &slot = m_slots[slotOf(hash, key)];
        if (slot.first == kNone) {
            slot = {hash, row};
            m_keys[row] = m_arena->copy(key);
            last[row] = row;
            ++m_keyCount;
            continue;
        }
        m_next[last[slot.first]] = row;
        last[slot.first] = row;
    }
    m_bytes = m_arena->capacity() + m_slots.size() * sizeof(Slot)
              + m_rows.rows * (sizeof(std::string_view) + sizeof(std::uint32_t));
    for (const ColumnPtr &column : m_rows.columns)
        m_bytes += column->arena.capacity()
                   + column->rows() * (column->storage() == Storage::Text ? 17 : 9);
}

/// From here on a slot's chain is one version's rows, found by the moment it begins.
void ReferenceTable::sortVersions(std::size_t column)
{
    m_hasVersions = true;
    const Column &moments = *m_rows.columns[column];
    m_spans.resize(m_rows.rows);
    m_versions.reserve(m_rows.rows);
    std::vector<Version> rows;
    for (const Slot &slot : m_slots) {
        rows.clear();
        for (std::uint32_t row = slot.first; row != kNone; row = m_next[row]) {
            if (moments.valid[row] != 0)
                rows.push_back({moments.integers[row], row});
        }
        if (slot.first == kNone)
            continue;
        std::stable_sort(rows.begin(), rows.end(), [](const Version &a, const Version &b) {
            return a.from < b.from;
        });
        m_spans[slot.first].begin = static_cast<std::uint32_t>(m_versions.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const bool more = i + 1 < rows.size() && rows[i + 1].from == rows[i].from;
            m_next[rows[i].row] = more ? rows[i + 1].row : kNone;
            if (i == 0 || rows[i - 1].from != rows[i].from)
                m_versions.push_back(rows[i]);
        }
        m_spans[slot.first].end = static_cast<std::uint32_t>(m_versions.size());
    }
    m_bytes += m_versions.size() * sizeof(Version) + m_spans.size() * sizeof(Span);
}

std::uint32_t ReferenceTable::find(std::string_view key, Ticks time) const
{
    const std::uint32_t first = m_slots[slotOf(hashOf(key), key)].first;
    if (first == kNone || !m_hasVersions)
        return first;
    const auto begin = m_versions.begin() + m_spans[first].begin;
    const auto end = m_versions.begin() + m_spans[first].end;
    const auto after = std::upper_bound(begin, end, time, [](Ticks moment, const Version &version) {
        return moment < version.from;
    });
    return after == begin ? kNone : std::prev(after)->row;
}

} // namespace sluice
