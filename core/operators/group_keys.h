#pragma once

#include "core/base/state_bytes.h"
#include "core/kql/kernel.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Gives small dense numbers to the keys of a group-by, whatever their columns. A number lives as
/// long as somebody holds it and is then given out again. Nothing is allocated for a key that is
/// known. A string that is not there is the same key as "". Thread: one at a time.
class GroupKeys
{
public:
    explicit GroupKeys(std::vector<ColumnType> types);

    /// The numbers of the keys in some rows; unknown keys are added, held by nobody.
    /// @param columns  the key's parts, evaluated
    /// @param rows     row numbers; null: 0 … count-1
    void resolve(std::span<const kql::Vector> columns,
                 const std::uint16_t *rows,
                 std::size_t count,
                 std::uint32_t *ids);
    void hold(std::uint32_t id) { ++m_entries[id].holders; }
    /// Forgets the key with its last holder.
    void release(std::uint32_t id);

    /// Writes one part of some keys, a row each.
    void write(std::span<const std::uint32_t> ids, std::size_t part, Column &column) const;
    /// Before or behind another key, in an order that depends on nothing but the two.
    bool isLess(std::uint32_t a, std::uint32_t b) const
    {
        return m_entries[a].bytes < m_entries[b].bytes;
    }
    /// Keys that somebody holds, and numbers given out so far.
    std::size_t size() const { return m_used; }
    std::size_t highest() const { return m_entries.size(); }
    std::size_t bytes() const;

    void save(std::uint32_t id, StateWriter &out) const;
    /// @return the key's number; held by nobody when it was unknown
    std::uint32_t load(StateReader &in);

private:
    struct Entry
    {
        std::string bytes;
        std::uint64_t hash = 0;
        std::uint32_t holders = 0;
        bool missing = false; // the single string of the key was not there
    };
    struct Place
    {
        std::uint32_t tag = 0; // upper half of the hash
        std::uint32_t id = kFree;
    };
    static constexpr std::uint32_t kFree = 0xFFFFFFFF;

    std::uint32_t find(std::string_view key, std::uint64_t hash, bool missing);
    std::uint32_t add(std::string_view key, std::uint64_t hash, bool missing);
    void encode(std::span<const kql::Vector> columns, std::size_t row);
    void grow();
    std::size_t placeOf(std::uint32_t id) const;

    std::vector<ColumnType> m_types;
    bool m_singleText;           // the key is one string: its bytes are the text itself
    std::vector<Place> m_places; // open addressing, a power of two
    std::vector<Entry> m_entries;
    std::vector<std::uint32_t> m_free;
    std::size_t m_used = 0;
    std::size_t m_textBytes = 0;
    std::string m_scratch;
};

} // namespace sluice
