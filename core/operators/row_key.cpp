#include "core/operators/row_key.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace sluice {

namespace {

template<typename Number>
void appendNumber(ByteBuffer &out, Number value)
{
    std::memcpy(out.reserveMore(sizeof value), &value, sizeof value);
    out.advance(sizeof value);
}

double canonical(double value)
{
    if (std::isnan(value))
        return std::numeric_limits<double>::quiet_NaN();
    return value == 0 ? 0.0 : value; // −0 is 0
}

void appendText(ByteBuffer &out, std::string_view text)
{
    appendNumber(out, static_cast<std::uint32_t>(text.size()));
    out.append(text);
}

} // namespace

bool appendRowKey(ByteBuffer &out, const std::vector<const Column *> &columns, std::size_t row)
{
    bool complete = true;
    for (const Column *column : columns) {
        const bool there = column != nullptr && column->valid[row] != 0;
        if (!there && column != nullptr && column->type == ColumnType::String) {
            out.append('\1');
            appendText(out, {});
            continue;
        }
        out.append(there ? '\1' : '\0');
        complete = complete && there;
        if (!there)
            continue;
        switch (column->storage()) {
        case Storage::Byte:
            out.append(static_cast<char>(column->bytes[row]));
            break;
        case Storage::Integer:
            appendNumber(out, column->integers[row]);
            break;
        case Storage::Float:
            appendNumber(out, canonical(column->floats[row]));
            break;
        case Storage::Text:
            appendText(out, column->texts[row]);
            break;
        }
    }
    return complete;
}

} // namespace sluice
