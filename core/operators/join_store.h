#pragma once

#include "core/base/state_bytes.h"
#include "core/event/batch.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <map>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice {

/// The events of one side of a join that may still find a partner, in pieces of event time, so
/// that what is past goes in one step. Copies what it keeps: batches are gone when it answers.
/// Thread: one at a time; columns that are handed out may be read by others.
class JoinStore
{
public:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};

    struct Piece
    {
        std::vector<std::shared_ptr<Column>> columns; // null: no row has had it
        std::vector<Ticks> times;
        std::vector<std::uint8_t> matched;
        std::vector<std::string_view> keys; // empty view: matches nothing
        std::vector<std::uint32_t> next;    // row of the same key before it
        boost::unordered_flat_map<std::string_view, std::uint32_t> latest; // by key
        Arena arena;                                                       // of the keys
        std::uint64_t bytes = 0;
    };
    struct Row
    {
        std::shared_ptr<Piece> piece; // shared with rows that wait for their turn
        std::uint32_t row = 0;
    };

    /// @param types  of the columns that are kept
    /// @param width  event time of a piece
    JoinStore(std::vector<ColumnType> types, TickSpan width);

    /// @param columns  of the batch, one for each that is kept; null where there is none
    /// @param key      empty: the event matches nothing
    Row add(Ticks time,
            std::string_view key,
            const std::vector<const Column *> &columns,
            std::size_t row);

    /// Calls function(piece, row) for each event of the key from `first` to `last`, both included,
    /// in order of arrival within a piece.
    template<typename Function>
    void find(std::string_view key, Ticks first, Ticks last, Function &&function)
    {
        for (auto it = m_pieces.lower_bound(numberOf(first)); it != m_pieces.end(); ++it) {
            if (it->first > numberOf(last))
                return;
            const std::shared_ptr<Piece> &piece = it->second;
            const auto latest = piece->latest.find(key);
            if (latest == piece->latest.end())
                continue;
            for (std::uint32_t row = latest->second; row != kNone; row = piece->next[row]) {
                if (piece->times[row] >= first && piece->times[row] <= last)
                    function(piece, row);
            }
        }
    }

    /// Lets go of pieces that hold nothing at or behind `time`.
    void dropBefore(Ticks time);

    std::uint64_t rows() const { return m_rows; }
    std::uint64_t bytes() const { return m_bytes; }
    const std::map<std::int64_t, std::shared_ptr<Piece>> &pieces() const { return m_pieces; }

    void write(StateWriter &out) const;
    /// Calls function(row) for each event. @return false when the bytes are damaged or of other
    /// columns
    template<typename Function>
    bool read(StateReader &in, Function &&function)
    {
        const std::size_t count = readHead(in);
        for (std::size_t i = 0; i < count && in.ok(); ++i)
            function(readRow(in));
        return in.ok();
    }

private:
    std::int64_t numberOf(Ticks time) const;
    Row place(Ticks time, std::string_view key);
    std::size_t readHead(StateReader &in);
    Row readRow(StateReader &in);

    std::vector<ColumnType> m_types;
    TickSpan m_width;
    std::map<std::int64_t, std::shared_ptr<Piece>> m_pieces; // by number of the piece
    std::uint64_t m_rows = 0;
    std::uint64_t m_bytes = 0;
};

} // namespace sluice
