#include "core/operators/join_store.h"

#include "core/event/column_copy.h"

namespace sluice {

namespace {

/// Makes a column that came later than its piece as long as the others.
Column &columnOf(JoinStore::Piece &piece, std::size_t index, ColumnType type, std::size_t rows)
{
    auto &column = piece.columns[index];
    if (!column) {
        column = takeColumn(type, 0);
        while (column->valid.size() < rows)
            appendNull(*column);
    }
    return *column;
}

std::size_t textBytes(const Column &column)
{
    if (column.storage() != Storage::Text)
        return 0;
    return column.texts.back().size() + (column.tokens.empty() ? 0 : column.tokens.back().size());
}

} // namespace

JoinStore::JoinStore(std::vector<ColumnType> types, TickSpan width)
    : m_types(std::move(types))
    , m_width(width)
{}

std::int64_t JoinStore::numberOf(Ticks time) const
{
    const std::int64_t number = time / m_width;
    return time % m_width < 0 ? number - 1 : number;
}

JoinStore::Row JoinStore::place(Ticks time, std::string_view key)
{
    auto &piece = m_pieces[numberOf(time)];
    if (!piece) {
        piece = std::make_shared<Piece>();
        piece->columns.resize(m_types.size());
    }
    const auto row = static_cast<std::uint32_t>(piece->times.size());
    piece->times.push_back(time);
    piece->matched.push_back(0);
    std::uint32_t before = kNone;
    std::string_view own;
    if (!key.empty()) {
        const auto known = piece->latest.find(key);
        if (known != piece->latest.end()) {
            own = known->first;
            before = known->second;
            known->second = row;
        } else {
            own = piece->arena.copy(key);
            piece->latest.emplace(own, row);
        }
    }
    piece->keys.push_back(own);
    piece->next.push_back(before);
    return {piece, row};
}

JoinStore::Row JoinStore::add(Ticks time,
                              std::string_view key,
                              const std::vector<const Column *> &columns,
                              std::size_t row)
{
    Row added = place(time, key);
    Piece &piece = *added.piece;
    constexpr std::size_t kRowBytes = 64; // time, chain and its share of the map
    std::size_t bytes = kRowBytes + key.size();
    for (std::size_t i = 0; i < m_types.size(); ++i) {
        if (columns[i] == nullptr && !piece.columns[i])
            continue;
        Column &own = columnOf(piece, i, m_types[i], added.row);
        if (columns[i] != nullptr)
            appendCopy(own, *columns[i], row);
        else
            appendNull(own);
        bytes += sizeof(std::int64_t) + textBytes(own);
    }
    piece.bytes += bytes;
    m_bytes += bytes;
    ++m_rows;
    return added;
}

void JoinStore::dropBefore(Ticks time)
{
    while (!m_pieces.empty() && m_pieces.begin()->first < numberOf(time)) {
        const Piece &piece = *m_pieces.begin()->second;
        m_rows -= piece.times.size();
        m_bytes -= piece.bytes;
        m_pieces.erase(m_pieces.begin());
    }
}

void JoinStore::write(StateWriter &out) const
{
    out.put(static_cast<std::uint64_t>(m_types.size()));
    for (const ColumnType type : m_types)
        out.put(static_cast<std::uint8_t>(type));
    out.put(m_rows);
    for (const auto &[number, piece] : m_pieces) {
        for (std::size_t row = 0; row < piece->times.size(); ++row) {
            out.put(piece->times[row]);
            out.put(piece->matched[row]);
            out.putText(piece->keys[row]);
            for (const auto &column : piece->columns) {
                out.put(static_cast<std::uint8_t>(column ? 1 : 0));
                if (column)
                    writeValue(out, *column, row);
            }
        }
    }
}

/// @return how many rows follow; spoils the reader when they are of other columns
std::size_t JoinStore::readHead(StateReader &in)
{
    bool same = in.getCount(1) == m_types.size();
    for (std::size_t i = 0; same && i < m_types.size(); ++i)
        same = in.get<std::uint8_t>() == static_cast<std::uint8_t>(m_types[i]);
    if (!same)
        in.fail();
    return in.getCount(1);
}

JoinStore::Row JoinStore::readRow(StateReader &in)
{
    const Ticks time = in.get<Ticks>();
    const auto matched = in.get<std::uint8_t>();
    const std::string_view key = in.getText();
    Row added = place(time, key);
    added.piece->matched.back() = matched;
    constexpr std::size_t kRowBytes = 64;
    std::size_t bytes = kRowBytes + key.size();
    for (std::size_t i = 0; i < m_types.size(); ++i) {
        const bool there = in.get<std::uint8_t>() != 0;
        if (!there && !added.piece->columns[i])
            continue;
        Column &own = columnOf(*added.piece, i, m_types[i], added.row);
        if (there)
            readValue(in, own);
        else
            appendNull(own);
        bytes += sizeof(std::int64_t) + textBytes(own);
    }
    added.piece->bytes += bytes;
    m_bytes += bytes;
    ++m_rows;
    return added;
}

} // namespace sluice
