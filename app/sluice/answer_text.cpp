#include "app/sluice/answer_text.h"

#include "core/kql/text.h"
#include "core/storage/query_text.h"

#include <algorithm>

namespace sluice {

namespace {

bool isNumber(ColumnType type)
{
    return type == ColumnType::Int || type == ColumnType::Long || type == ColumnType::Real
           || type == ColumnType::Decimal || type == ColumnType::Timespan;
}

/// Line feeds and control characters would break the lines of a table.
std::string shown(const std::string &text)
{
    constexpr std::size_t kWidest = 120;
    std::string out;
    for (const char c : text) {
        if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            out += '?';
        else
            out += c;
    }
    if (kql::countCharacters(out) > kWidest) {
        out.resize(kql::offsetOfCharacter(out, kWidest - 1));
        out += "…";
    }
    return out;
}

std::string csvCell(const std::string &text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted.append(c == '"' ? 2 : 1, c);
    return quoted + '"';
}

/// @param each  (batch, row)
template<typename Each>
void forRows(const QueryAnswer &answer, Each each)
{
    for (const Batch &batch : answer.batches) {
        for (std::size_t row = 0; row < batch.rows; ++row)
            each(batch, row);
    }
}

} // namespace

void writeTable(const QueryAnswer &answer, const TextSink &sink)
{
    const auto &columns = answer.schema.columns;
    std::vector<std::vector<std::string>> lines(1);
    for (const SchemaColumn &column : columns)
        lines[0].push_back(shown(column.name));
    forRows(answer, [&](const Batch &batch, std::size_t row) {
        std::vector<std::string> &line = lines.emplace_back();
        for (const ColumnPtr &column : batch.columns)
            line.push_back(shown(valueText(*column, row)));
    });
    std::vector<std::size_t> widths(columns.size());
    for (const auto &line : lines) {
        for (std::size_t i = 0; i < line.size(); ++i)
            widths[i] = std::max(widths[i], kql::countCharacters(line[i]));
    }
    bool head = true;
    for (const auto &line : lines) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const std::string space(widths[i] - kql::countCharacters(line[i]), ' ');
            text += i == 0 ? "" : "  ";
            text += isNumber(columns[i].type) ? space + line[i] : line[i] + space;
        }
        while (!text.empty() && text.back() == ' ')
            text.pop_back();
        sink(text + "\n");
        if (!std::exchange(head, false))
            continue;
        std::string rule;
        for (std::size_t i = 0; i < widths.size(); ++i)
            rule += (i == 0 ? "" : "  ") + std::string(widths[i], '-');
        sink(rule + "\n");
    }
}

void writeCsv(const QueryAnswer &answer, const TextSink &sink)
{
    std::string names;
    for (const SchemaColumn &column : answer.schema.columns)
        names += (&column == answer.schema.columns.data() ? "" : ",") + csvCell(column.name);
    sink(names + "\r\n");
    forRows(answer, [&](const Batch &batch, std::size_t row) {
        std::string text;
        for (std::size_t i = 0; i < batch.columns.size(); ++i)
            text += (i == 0 ? "" : ",") + csvCell(valueText(*batch.columns[i], row));
        sink(text + "\r\n");
    });
}

void writeNdjson(const QueryAnswer &answer, const TextSink &sink)
{
    std::vector<std::string> names;
    for (const SchemaColumn &column : answer.schema.columns)
        appendJsonText(column.name, &names.emplace_back());
    forRows(answer, [&](const Batch &batch, std::size_t row) {
        std::string text = "{";
        for (std::size_t i = 0; i < batch.columns.size(); ++i) {
            text += (i == 0 ? "" : ",") + names[i] + ":";
            appendAnswerJson(answer, *batch.columns[i], row, &text);
        }
        sink(text + "}\n");
    });
}

} // namespace sluice
