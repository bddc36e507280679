#include "ui/query/query_table.h"

#include "core/event/json_encoder.h"
#include "ui/document/qt_text.h"

#include <algorithm>

namespace sluice {

namespace {

/// The JSON of a value, without the quotes of a text.
std::string plainText(const Column &column, std::size_t row)
{
    if (column.storage() == Storage::Text)
        return std::string(column.texts[row]);
    ByteBuffer buffer;
    appendJsonValue(buffer, column, row);
    std::string_view text = buffer.view();
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    return std::string(text);
}

void appendCsv(std::string &out, std::string_view value)
{
    if (value.find_first_of("\",\r\n") == std::string_view::npos) {
        out += value;
        return;
    }
    out += '"';
    for (const char c : value) {
        if (c == '"')
            out += '"';
        out += c;
    }
    out += '"';
}

template<typename T>
int order(T a, T b)
{
    return a < b ? -1 : b < a ? 1 : 0;
}

} // namespace

bool isNumberType(ColumnType type)
{
    return type == ColumnType::Int || type == ColumnType::Long || type == ColumnType::Real
           || type == ColumnType::Decimal;
}

void QueryTable::setBatches(std::vector<Batch> batches)
{
    m_batches = std::move(batches);
    m_starts.assign(1, 0);
    for (const Batch &batch : m_batches)
        m_starts.push_back(m_starts.back() + batch.rows);
}

std::pair<const Column *, std::size_t> QueryTable::cell(std::size_t row, std::size_t column) const
{
    if (row >= rows())
        return {nullptr, 0};
    const auto after = std::upper_bound(m_starts.begin(), m_starts.end(), row);
    const auto batch = std::size_t(after - m_starts.begin()) - 1;
    return {m_batches[batch].columns[column].get(), row - m_starts[batch]};
}

bool QueryTable::isNull(std::size_t row, std::size_t column) const
{
    const auto [values, at] = cell(row, column);
    return values == nullptr || values->valid[at] == 0;
}

QString QueryTable::text(std::size_t row, std::size_t column) const
{
    const auto [values, at] = cell(row, column);
    if (values == nullptr || values->valid[at] == 0)
        return {};
    return toQString(plainText(*values, at));
}

std::optional<double> QueryTable::number(std::size_t row, std::size_t column) const
{
    const auto [values, at] = cell(row, column);
    if (values == nullptr || values->valid[at] == 0)
        return std::nullopt;
    switch (values->type) {
    case ColumnType::Datetime:
        return double(values->integers[at]) / double(kTicksPerMillisecond);
    case ColumnType::Timespan:
        return double(values->integers[at]) / double(kTicksPerSecond);
    case ColumnType::Bool:
        return values->bytes[at];
    case ColumnType::Int:
    case ColumnType::Long:
        return double(values->integers[at]);
    case ColumnType::Real:
        return values->floats[at];
    default: {
        bool fits = false;
        const double number = toQString(values->texts[at]).toDouble(&fits);
        return fits ? std::optional(number) : std::nullopt;
    }
    }
}

int QueryTable::compare(std::size_t a, std::size_t b, std::size_t column) const
{
    const auto [left, leftAt] = cell(a, column);
    const auto [right, rightAt] = cell(b, column);
    const bool leftNull = left == nullptr || left->valid[leftAt] == 0;
    const bool rightNull = right == nullptr || right->valid[rightAt] == 0;
    if (leftNull || rightNull)
        return int(rightNull) - int(leftNull);
    switch (left->storage()) {
    case Storage::Byte:
        return order(left->bytes[leftAt], right->bytes[rightAt]);
    case Storage::Integer:
        return order(left->integers[leftAt], right->integers[rightAt]);
    case Storage::Float:
        return order(left->floats[leftAt], right->floats[rightAt]);
    case Storage::Text:
        break;
    }
    if (left->type == ColumnType::Decimal)
        return order(number(a, column).value_or(0), number(b, column).value_or(0));
    return left->texts[leftAt].compare(right->texts[rightAt]);
}

std::string csvText(const QueryTable &table)
{
    std::string out;
    for (std::size_t i = 0; i < table.schema.columns.size(); ++i) {
        if (i > 0)
            out += ',';
        appendCsv(out, table.schema.columns[i].name);
    }
    out += "\r\n";
    for (const Batch &batch : table.batches()) {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            for (std::size_t i = 0; i < batch.columns.size(); ++i) {
                if (i > 0)
                    out += ',';
                if (batch.columns[i]->valid[row] != 0)
                    appendCsv(out, plainText(*batch.columns[i], row));
            }
            out += "\r\n";
        }
    }
    return out;
}

std::string ndjsonText(const QueryTable &table)
{
    const JsonEncoder encoder(table.schema);
    ByteBuffer out;
    for (const Batch &batch : table.batches()) {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            encoder.encodeRow(batch, row, out);
            out.append('\n');
        }
    }
    return std::string(out.view());
}

} // namespace sluice
