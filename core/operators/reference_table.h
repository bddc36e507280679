#pragma once

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/operators/key_encoder.h"
#include "core/storage/table_reader.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A table in memory with a hash index over its keys. With a version column a key's rows are its
/// versions: those of one moment count from then until the next one. Immutable. Thread: any.
class ReferenceTable
{
public:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    /// @param keys  positions of the key columns
    /// @param version  position of a datetime column; rows where it is null never count
    /// Errors: WrongType when a key column's type cannot be a key
    static Result<ReferenceTable> create(TableColumns rows,
                                         const std::vector<std::size_t> &keys,
                                         std::optional<std::size_t> version);

    /// The first row of a key (KeyEncoder) that counts at `time`; kNone when there is none.
    /// @param time  event time; without a version column it is not looked at
    std::uint32_t find(std::string_view key, Ticks time) const;
    /// The next row that the same find() means; kNone behind the last.
    std::uint32_t next(std::uint32_t row) const { return m_next[row]; }

    const TableColumns &rows() const { return m_rows; }
    const std::vector<KeyKind> &keyKinds() const { return m_kinds; }
    std::size_t keyCount() const { return m_keyCount; }
    std::size_t byteSize() const { return m_bytes; }

private:
    struct Slot
    {
        std::uint64_t hash = 0;
        std::uint32_t first = kNone; // row, or place of a key's versions
    };
    struct Version
    {
        Ticks from = 0;
        std::uint32_t row = kNone;
    };
    struct Span
    {
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
    };

    ReferenceTable() = default;
    void index(const std::vector<std::size_t> &keys);
    void sortVersions(std::size_t column);
    std::size_t slotOf(std::uint64_t hash, std::string_view key) const;

    TableColumns m_rows;
    std::vector<KeyKind> m_kinds;
    std::vector<Slot> m_slots;
    std::vector<std::string_view> m_keys; // by slot's first row; into m_arena
    std::vector<std::uint32_t> m_next;    // by row
    std::vector<Version> m_versions;      // of all keys, key by key, oldest first
    std::vector<Span> m_spans;            // by first row: where its key's versions lie
    bool m_hasVersions = false;
    std::shared_ptr<Arena> m_arena; // shared so that the table can be moved
    std::size_t m_keyCount = 0;
    std::size_t m_bytes = 0;
};

} // namespace sluice
