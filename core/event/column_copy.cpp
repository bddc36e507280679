#include "core/event/column_copy.h"

#include <algorithm>

namespace sluice {

namespace {

void appendToken(Column &column, std::string_view token)
{
    // The vector of tokens is empty as long as no row has one.
    if (token.data() == nullptr && column.tokens.empty())
        return;
    column.tokens.resize(column.valid.size());
    column.tokens.back() = token;
}

std::string_view tokenOf(const Column &column, std::size_t row)
{
    return column.tokens.empty() ? std::string_view() : column.tokens[row];
}

std::string_view copied(Column &column, std::string_view text)
{
    // An empty text is not "no text".
    return text.data() == nullptr || !text.empty() ? column.arena.copy(text)
                                                   : std::string_view("", 0);
}

void appendPlain(Column &column, const Column &from, std::size_t row, std::string_view text)
{
    column.valid.push_back(from.valid[row]);
    switch (column.storage()) {
    case Storage::Byte:
        column.bytes.push_back(from.bytes[row]);
        break;
    case Storage::Integer:
        column.integers.push_back(from.integers[row]);
        break;
    case Storage::Float:
        column.floats.push_back(from.floats[row]);
        break;
    case Storage::Text:
        column.texts.push_back(text);
        break;
    }
}

} // namespace

void appendNull(Column &column)
{
    column.valid.push_back(0);
    switch (column.storage()) {
    case Storage::Byte:
        column.bytes.push_back(0);
        break;
    case Storage::Integer:
        column.integers.push_back(0);
        break;
    case Storage::Float:
        column.floats.push_back(0);
        break;
    case Storage::Text:
        column.texts.emplace_back();
        break;
    }
    appendToken(column, {});
}

void appendCopy(Column &column, const Column &from, std::size_t row)
{
    const bool text = column.storage() == Storage::Text;
    appendPlain(column, from, row, text ? copied(column, from.texts[row]) : std::string_view());
    appendToken(column, copied(column, tokenOf(from, row)));
}

void appendView(Column &column, const Column &from, std::size_t row)
{
    const bool text = column.storage() == Storage::Text;
    appendPlain(column, from, row, text ? from.texts[row] : std::string_view());
    appendToken(column, tokenOf(from, row));
}

ColumnPtr gatherColumn(const ColumnPtr &from, const std::vector<std::uint16_t> &rows)
{
    if (!from)
        return nullptr;
    auto column = takeColumn(from->type, rows.size());
    const bool tokens = !from->tokens.empty();
    if (tokens)
        column->tokens.resize(rows.size());
    const auto fill = [&](auto &to, const auto &values) {
        for (std::size_t i = 0; i < rows.size(); ++i)
            to[i] = values[rows[i]];
    };
    fill(column->valid, from->valid);
    if (tokens)
        fill(column->tokens, from->tokens);
    switch (column->storage()) {
    case Storage::Byte:
        fill(column->bytes, from->bytes);
        break;
    case Storage::Integer:
        fill(column->integers, from->integers);
        break;
    case Storage::Float:
        fill(column->floats, from->floats);
        break;
    case Storage::Text:
        fill(column->texts, from->texts);
        break;
    }
    if (tokens || column->storage() == Storage::Text)
        column->sources.push_back(from);
    return column;
}

void writeValue(StateWriter &out, const Column &column, std::size_t row)
{
    const std::string_view token = tokenOf(column, row);
    constexpr std::uint8_t kHasToken = 2;
    out.put(static_cast<std::uint8_t>((column.valid[row] != 0 ? 1 : 0)
                                      | (token.data() != nullptr ? kHasToken : 0)));
    if (token.data() != nullptr)
        out.putText(token);
    if (column.valid[row] == 0)
        return;
    switch (column.storage()) {
    case Storage::Byte:
        out.put(column.bytes[row]);
        break;
    case Storage::Integer:
        out.put(column.integers[row]);
        break;
    case Storage::Float:
        out.put(column.floats[row]);
        break;
    case Storage::Text:
        out.putText(column.texts[row]);
        break;
    }
}

bool readValue(StateReader &in, Column &column)
{
    constexpr std::uint8_t kHasToken = 2;
    const auto flags = in.get<std::uint8_t>();
    std::string_view token;
    if ((flags & kHasToken) != 0)
        token = copied(column, in.getText());
    appendNull(column);
    if (token.data() != nullptr)
        appendToken(column, token);
    if ((flags & 1U) == 0)
        return in.ok();
    column.valid.back() = 1;
    switch (column.storage()) {
    case Storage::Byte:
        column.bytes.back() = in.get<std::uint8_t>();
        break;
    case Storage::Integer:
        column.integers.back() = in.get<std::int64_t>();
        break;
    case Storage::Float:
        column.floats.back() = in.get<double>();
        break;
    case Storage::Text:
        column.texts.back() = copied(column, in.getText());
        break;
    }
    return in.ok();
}

} // namespace sluice
