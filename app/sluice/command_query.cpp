#include "app/sluice/commands.h"
#include "app/sluice/output.h"
#include "core/event/column_type.h"
#include "core/kql/text.h"
#include "core/storage/database_registry.h"
#include "core/storage/kql_query.h"
#include "core/storage/query_text.h"
#include "core/storage/sql_query.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <sstream>

namespace sluice {

namespace {

/// What came out, whatever language was asked: names, then a row at a time.
struct Answer
{
    std::vector<std::string> names;
    std::vector<bool> rightAligned;
    std::vector<std::vector<std::string>> rows; // as text, or as JSON for NDJSON
    bool truncated = false;
};

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\n' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == ';'))
        text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> wordsOf(std::string_view text)
{
    std::vector<std::string_view> words;
    while (!(text = trimmed(text)).empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

/// `.show tables`, `.show table T schema`: the only commands; they are no KQL.
Result<Answer> showCommand(Database &database, std::string_view text)
{
    const auto words = wordsOf(text);
    Answer answer;
    if (words.size() == 2 && words[0] == ".show" && words[1] == "tables") {
        TRY_ASSIGN(const auto names, kqlTableNames(database));
        answer.names = {"TableName"};
        for (const std::string &name : names)
            answer.rows.push_back({name});
    } else if (words.size() == 4 && words[0] == ".show" && words[1] == "table"
               && words[3] == "schema") {
        TRY_ASSIGN(const auto schema, kqlTableSchema(database, words[2]));
        if (!schema)
            return fail(ErrorCode::UnknownName, "there is no table '{}'", words[2])
                .hint("'.show tables' lists them.");
        answer.names = {"ColumnName", "ColumnType"};
        for (const SchemaColumn &column : schema->columns)
            answer.rows.push_back({column.name, std::string(typeName(column.type))});
    } else {
        return fail(ErrorCode::NotSupported, "the command '{}' is not supported", text)
            .hint("Commands are '.show tables' and '.show table NAME schema'.");
    }
    answer.rightAligned.resize(answer.names.size());
    return answer;
}

bool isNumber(ColumnType type)
{
    return type == ColumnType::Int || type == ColumnType::Long || type == ColumnType::Real
           || type == ColumnType::Decimal || type == ColumnType::Timespan;
}

Result<Answer> kqlAnswer(Database &database, const QueryArguments &arguments)
{
    KqlOptions options;
    options.rowLimit = arguments.rowLimit;
    options.timeLimit = arguments.timeLimit;
    TRY_ASSIGN(const KqlResult result, runKql(database, arguments.query, options));
    Answer answer;
    answer.truncated = result.truncated;
    for (const SchemaColumn &column : result.schema->columns) {
        answer.names.push_back(column.name);
        answer.rightAligned.push_back(isNumber(column.type));
    }
    for (const Batch &batch : result.batches) {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            std::vector<std::string> &cells = answer.rows.emplace_back();
            for (const ColumnPtr &column : batch.columns) {
                if (arguments.format != QueryFormat::Ndjson) {
                    cells.push_back(valueText(*column, row));
                    continue;
                }
                appendValueJson(*column, row, &cells.emplace_back());
            }
        }
    }
    return answer;
}

Result<Answer> sqlAnswer(Database &database, const QueryArguments &arguments)
{
    TRY_ASSIGN(const QueryResult result, runSql(database, arguments.query, arguments.rowLimit));
    Answer answer;
    answer.truncated = result.truncated;
    for (const QueryColumn &column : result.columns)
        answer.names.push_back(column.name);
    answer.rightAligned.resize(answer.names.size());
    for (const auto &row : result.rows) {
        std::vector<std::string> &cells = answer.rows.emplace_back();
        for (std::size_t i = 0; i < row.size(); ++i) {
            answer.rightAligned[i] = answer.rightAligned[i]
                                     || std::holds_alternative<std::int64_t>(row[i])
                                     || std::holds_alternative<double>(row[i]);
            if (arguments.format == QueryFormat::Ndjson)
                appendValueJson(row[i], &cells.emplace_back());
            else
                cells.push_back(valueText(row[i]));
        }
    }
    return answer;
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

void printTable(const Answer &answer)
{
    std::vector<std::size_t> widths;
    for (const std::string &name : answer.names)
        widths.push_back(kql::countCharacters(shown(name)));
    for (const auto &row : answer.rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], kql::countCharacters(shown(row[i])));
    }
    const auto line = [&](const std::vector<std::string> &cells) {
        std::string text;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const std::string cell = shown(cells[i]);
            const std::string space(widths[i] - kql::countCharacters(cell), ' ');
            text += i == 0 ? "" : "  ";
            text += answer.rightAligned[i] ? space + cell : cell + space;
        }
        while (!text.empty() && text.back() == ' ')
            text.pop_back();
        print(text + "\n");
    };
    line(answer.names);
    std::string rule;
    for (std::size_t i = 0; i < widths.size(); ++i)
        rule += (i == 0 ? "" : "  ") + std::string(widths[i], '-');
    print(rule + "\n");
    for (const auto &row : answer.rows)
        line(row);
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

void printCsv(const Answer &answer)
{
    const auto line = [](const std::vector<std::string> &cells) {
        std::string text;
        for (const std::string &cell : cells)
            text += (text.empty() && &cell == cells.data() ? "" : ",") + csvCell(cell);
        print(text + "\r\n");
    };
    line(answer.names);
    for (const auto &row : answer.rows)
        line(row);
}

void printNdjson(const Answer &answer)
{
    std::vector<std::string> names;
    for (const std::string &name : answer.names)
        appendJsonText(name, &names.emplace_back());
    for (const auto &row : answer.rows) {
        std::string text = "{";
        for (std::size_t i = 0; i < row.size(); ++i)
            text += (i == 0 ? "" : ",") + names[i] + ":" + row[i];
        print(text + "}\n");
    }
}

Result<Answer> ask(const QueryArguments &arguments)
{
    DatabaseSettings settings;
    settings.threads = 0; // nothing else runs in this process
    DatabaseRegistry registry(settings);
    TRY_ASSIGN(const auto database,
               registry.open(arguments.database, DatabaseRegistry::Missing::Fail));
    if (arguments.sql)
        return sqlAnswer(*database, arguments);
    if (trimmed(arguments.query).starts_with('.')) {
        TRY_ASSIGN(Answer answer, showCommand(*database, trimmed(arguments.query)));
        if (arguments.format == QueryFormat::Ndjson) {
            for (auto &row : answer.rows) {
                for (std::string &cell : row) {
                    std::string json;
                    appendJsonText(cell, &json);
                    cell = std::move(json);
                }
            }
        }
        return answer;
    }
    return kqlAnswer(*database, arguments);
}

} // namespace

int queryDatabase(QueryArguments arguments)
{
    if (!arguments.file.empty()) {
        std::ifstream file(arguments.file, std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        if (!file) {
            complain(fmt::format("cannot read '{}'", arguments.file));
            return kExitUsage;
        }
        arguments.query = text.str();
    }
    const auto answer = ask(arguments);
    if (!answer) {
        complain(answer.error());
        const int code = static_cast<int>(answer.error().code);
        return code >= 5000 ? kExitUsage : kExitFailed;
    }
    switch (arguments.format) {
    case QueryFormat::Table:
        printTable(*answer);
        break;
    case QueryFormat::Ndjson:
        printNdjson(*answer);
        break;
    case QueryFormat::Csv:
        printCsv(*answer);
        break;
    }
    if (answer->truncated)
        complain(fmt::format("only the first {} rows are shown; --limit takes more",
                             arguments.rowLimit));
    return kExitOk;
}

} // namespace sluice
