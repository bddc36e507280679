#define XXH_INLINE_ALL
#include "core/operators/group_keys.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <xxhash.h>

namespace sluice {

namespace {

constexpr std::size_t kFirstPlaces = 64;
constexpr std::size_t kShortText = 15; // lies in the string itself

std::uint64_t hashOf(std::string_view key)
{
    return XXH3_64bits(key.data(), key.size());
}

template<typename T>
void appendRaw(std::string *out, T value)
{
    char bytes[sizeof(T)]; // NOLINT(modernize-avoid-c-arrays): raw bytes
    std::memcpy(bytes, &value, sizeof(T));
    out->append(bytes, sizeof(T));
}

template<typename T>
T takeRaw(std::string_view *in)
{
    T value{};
    std::memcpy(&value, in->data(), sizeof(T));
    in->remove_prefix(sizeof(T));
    return value;
}

/// One part of an encoded key.
struct Part
{
    bool valid = false;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view text;
};

Part takePart(ColumnType type, std::string_view *in)
{
    Part part;
    part.valid = takeRaw<std::uint8_t>(in) != 0;
    switch (storageOf(type)) {
    case Storage::Byte:
    case Storage::Integer:
        part.integer = takeRaw<std::int64_t>(in);
        break;
    case Storage::Float:
        part.real = takeRaw<double>(in);
        break;
    case Storage::Text: {
        const auto size = takeRaw<std::uint32_t>(in);
        part.text = in->substr(0, size);
        in->remove_prefix(size);
        break;
    }
    }
    return part;
}

} // namespace

GroupKeys::GroupKeys(std::vector<ColumnType> types)
    : m_types(std::move(types))
    , m_singleText(m_types.size() == 1 && m_types.front() == ColumnType::String)
    , m_places(kFirstPlaces)
{}

std::uint32_t GroupKeys::find(std::string_view key, std::uint64_t hash, bool missing)
{
    const std::size_t mask = m_places.size() - 1;
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t place = hash & mask;; place = (place + 1) & mask) {
        const Place &at = m_places[place];
        if (at.id == kFree)
            return add(key, hash, missing);
        if (at.tag == tag && m_entries[at.id].bytes == key)
            return at.id;
    }
}

std::uint32_t GroupKeys::add(std::string_view key, std::uint64_t hash, bool missing)
{
    if ((m_used + 1) * 2 > m_places.size())
        grow();
    std::uint32_t id = 0;
    if (m_free.empty()) {
        id = static_cast<std::uint32_t>(m_entries.size());
        m_entries.emplace_back();
    } else {
        id = m_free.back();
        m_free.pop_back();
    }
    Entry &entry = m_entries[id];
    entry.bytes = key;
    entry.hash = hash;
    entry.holders = 0;
    entry.missing = missing;
    m_textBytes += key.size() > kShortText ? key.size() : 0;
    const std::size_t mask = m_places.size() - 1;
    std::size_t place = hash & mask;
    while (m_places[place].id != kFree)
        place = (place + 1) & mask;
    m_places[place] = {static_cast<std::uint32_t>(hash >> 32), id};
    ++m_used;
    return id;
}

void GroupKeys::grow()
{
    std::vector<Place> old(m_places.size() * 2);
    old.swap(m_places);
    const std::size_t mask = m_places.size() - 1;
    for (const Place &moved : old) {
        if (moved.id == kFree)
            continue;
        std::size_t place = m_entries[moved.id].hash & mask;
        while (m_places[place].id != kFree)
            place = (place + 1) & mask;
        m_places[place] = moved;
    }
}

std::size_t GroupKeys::placeOf(std::uint32_t id) const
{
    const std::size_t mask = m_places.size() - 1;
    std::size_t place = m_entries[id].hash & mask;
    while (m_places[place].id != id)
        place = (place + 1) & mask;
    return place;
}

void GroupKeys::release(std::uint32_t id)
{
    Entry &entry = m_entries[id];
    if (--entry.holders != 0)
        return;
    // Those behind it move up, so that no gap hides one.
    const std::size_t mask = m_places.size() - 1;
    std::size_t gap = placeOf(id);
    for (std::size_t next = (gap + 1) & mask; m_places[next].id != kFree;
         next = (next + 1) & mask) {
        const std::size_t home = m_entries[m_places[next].id].hash & mask;
        if (((next - home) & mask) < ((next - gap) & mask))
            continue;
        m_places[gap] = m_places[next];
        gap = next;
    }
    m_places[gap] = {};
    m_textBytes -= entry.bytes.size() > kShortText ? entry.bytes.size() : 0;
    m_free.push_back(id);
    --m_used;
}

void GroupKeys::encode(std::span<const kql::Vector> columns, std::size_t row)
{
    m_scratch.clear();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const kql::Vector &column = columns[i];
        const bool valid = column.valid(row);
        appendRaw(&m_scratch, static_cast<std::uint8_t>(valid || m_types[i] == ColumnType::String));
        switch (storageOf(m_types[i])) {
        case Storage::Byte:
            appendRaw(&m_scratch, std::int64_t{valid && column.boolean(row) ? 1 : 0});
            break;
        case Storage::Integer:
            appendRaw(&m_scratch, valid ? column.integer(row) : std::int64_t{0});
            break;
        case Storage::Float: {
            double value = valid ? column.real(row) : 0;
            if (value == 0)
                value = 0; // -0 is the same key
            if (std::isnan(value))
                value = std::numeric_limits<double>::quiet_NaN();
            appendRaw(&m_scratch, value);
            break;
        }
        case Storage::Text: {
            const std::string_view text = column.text(row);
            appendRaw(&m_scratch, static_cast<std::uint32_t>(text.size()));
            m_scratch += text;
            break;
        }
        }
    }
}

void GroupKeys::resolve(std::span<const kql::Vector> columns,
                        const std::uint16_t *rows,
                        std::size_t count,
                        std::uint32_t *ids)
{
    const auto rowAt = [rows](std::size_t i) { return rows != nullptr ? rows[i] : i; };
    if (m_singleText && columns.front().stride == 1) {
        const Column &column = *columns.front().column;
        const std::string_view *texts = column.texts.data();
        const std::uint8_t *valid = column.valid.data();
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t row = rowAt(i);
            const bool missing = valid[row] == 0;
            const std::string_view key = missing ? std::string_view() : texts[row];
            ids[i] = find(key, hashOf(key), missing);
        }
        return;
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (m_singleText) {
            const std::string_view key = columns.front().text(rowAt(i));
            ids[i] = find(key, hashOf(key), !columns.front().valid(rowAt(i)));
        } else {
            encode(columns, rowAt(i));
            ids[i] = find(m_scratch, hashOf(m_scratch), false);
        }
    }
}

void GroupKeys::write(std::span<const std::uint32_t> ids, std::size_t part, Column &column) const
{
    for (std::size_t row = 0; row < ids.size(); ++row) {
        const Entry &entry = m_entries[ids[row]];
        if (m_singleText) {
            if (!entry.missing)
                kql::putValue(column, row, column.arena.copy(entry.bytes));
            continue;
        }
        std::string_view left = entry.bytes;
        Part value;
        for (std::size_t i = 0; i <= part; ++i)
            value = takePart(m_types[i], &left);
        if (!value.valid)
            continue;
        switch (column.storage()) {
        case Storage::Byte:
            kql::putValue(column, row, value.integer != 0);
            break;
        case Storage::Integer:
            kql::putValue(column, row, value.integer);
            break;
        case Storage::Float:
            kql::putValue(column, row, value.real);
            break;
        case Storage::Text:
            kql::putValue(column, row, column.arena.copy(value.text));
            break;
        }
    }
}

std::size_t GroupKeys::bytes() const
{
    return m_places.capacity() * sizeof(Place) + m_entries.capacity() * sizeof(Entry) + m_textBytes
           + m_free.capacity() * sizeof(std::uint32_t);
}

void GroupKeys::save(std::uint32_t id, StateWriter &out) const
{
    out.put(static_cast<std::uint8_t>(m_entries[id].missing));
    out.putText(m_entries[id].bytes);
}

std::uint32_t GroupKeys::load(StateReader &in)
{
    const bool missing = in.get<std::uint8_t>() != 0;
    const std::string_view key = in.getText();
    // What was encoded must read back, whatever bytes a damaged state holds.
    std::string_view left = key;
    for (std::size_t i = 0; !m_singleText && i < m_types.size(); ++i) {
        const bool text = storageOf(m_types[i]) == Storage::Text;
        std::size_t needed = 1 + (text ? sizeof(std::uint32_t) : sizeof(std::int64_t));
        if (left.size() >= needed && text) {
            std::string_view size = left.substr(1);
            needed += takeRaw<std::uint32_t>(&size);
        }
        if (left.size() < needed) {
            in.fail();
            return find({}, hashOf({}), true);
        }
        left.remove_prefix(needed);
    }
    return find(key, hashOf(key), missing);
}

} // namespace sluice
