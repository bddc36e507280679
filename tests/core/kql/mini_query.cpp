#include "tests/core/kql/mini_query.h"

#include "core/kql/expression.h"
#include "core/kql/lexer.h"
#include "core/kql/literal.h"
#include "tests/core/kql/kql_harness.h"

#include <algorithm>

namespace sluice::kql {

namespace {

struct Item
{
    std::string name; // empty when there is none
    std::string_view text;
};

class MiniQuery
{
public:
    explicit MiniQuery(std::string_view query)
        : m_query(query)
    {
        for (Token &token : tokenize(query)) {
            if (token.kind != TokenKind::Comment && token.text != ";")
                m_tokens.push_back(std::move(token));
        }
    }

    Result<Batch> run()
    {
        const std::string_view source = take();
        if (source == "print")
            TRY(print());
        else if (source == "datatable")
            TRY(datatable());
        else if (source == "range")
            TRY(range());
        else
            return fail(ErrorCode::NotSupported, "the source '{}'", source);
        while (m_next < m_tokens.size()) {
            if (take() != "|")
                return fail(ErrorCode::SyntaxError, "a '|' is missing");
            TRY(step(take()));
        }
        return std::move(m_batch);
    }

private:
    std::string_view take()
    {
        return m_next < m_tokens.size() ? m_tokens[m_next++].text : std::string_view();
    }
    std::string_view peek(std::size_t ahead = 0) const
    {
        return m_next + ahead < m_tokens.size() ? m_tokens[m_next + ahead].text
                                                : std::string_view();
    }

    /// The text up to a comma or one of `ends` outside of all parentheses.
    std::string_view expressionText(std::string_view ends)
    {
        const std::size_t first = m_next;
        int depth = 0;
        while (m_next < m_tokens.size()) {
            const std::string_view text = peek();
            if (depth == 0 && text.size() == 1
                && (text == "," || ends.find(text[0]) != std::string_view::npos))
                break;
            if (text == "(" || text == "[" || text == "{")
                ++depth;
            else if (text == ")" || text == "]" || text == "}")
                --depth;
            ++m_next;
        }
        if (m_next == first)
            return {};
        const Position &begin = m_tokens[first].at;
        const Position &end = m_tokens[m_next - 1].at;
        return m_query.substr(begin.offset, end.offset + end.length - begin.offset);
    }

    std::vector<Item> items()
    {
        std::vector<Item> list;
        do {
            Item item;
            if (peek() == "[" && peek(2) == "]" && peek(3) == "=") {
                item.name = readStringLiteral(peek(1)).value_or("");
                m_next += 4;
            } else if (peek(1) == "=") {
                item.name = take();
                ++m_next;
            }
            item.text = expressionText("|");
            if (item.name.empty())
                item.name = item.text;
            if (!item.text.empty())
                list.push_back(std::move(item));
        } while (peek() == "," && !take().empty());
        return list;
    }

    Result<ColumnPtr> evaluate(std::string_view text)
    {
        TRY_ASSIGN(const ExpressionPtr expression,
                   compileOrFail(text, {m_batch.schema.get(), nullptr}));
        std::vector<std::size_t> places;
        for (const std::string &name : expression->columns())
            places.push_back(*m_batch.schema->find(name));
        return Evaluator(expression, places).evaluate(m_batch, kTestNow);
    }

    Result<void> print()
    {
        m_batch.schema = std::make_shared<Schema>();
        m_batch.rows = 1;
        m_batch.selection = Selection(1);
        return project(false);
    }

    Result<void> project(bool keepOthers)
    {
        auto schema = std::make_shared<Schema>();
        std::vector<ColumnPtr> columns;
        if (keepOthers) {
            *schema = *m_batch.schema;
            columns = m_batch.columns;
        }
        for (const Item &item : items()) {
            TRY_ASSIGN(ColumnPtr column, evaluate(item.text));
            const auto place = keepOthers ? schema->find(item.name) : std::nullopt;
            if (place) {
                schema->columns[*place].type = column->type;
                columns[*place] = std::move(column);
            } else {
                schema->columns.push_back({item.name, column->type});
                columns.push_back(std::move(column));
            }
        }
        m_batch.schema = std::move(schema);
        m_batch.columns = std::move(columns);
        return {};
    }

    Result<void> step(std::string_view name)
    {
        if (name == "project" || name == "extend")
            return project(name == "extend");
        if (name == "sort" || name == "order") { // the order of rows is not compared
            while (m_next < m_tokens.size() && peek() != "|")
                ++m_next;
            return {};
        }
        if (name != "where" && name != "filter")
            return fail(ErrorCode::NotSupported, "the operator '{}'", name);
        TRY_ASSIGN(const ExpressionPtr expression,
                   compileOrFail(expressionText("|"), {m_batch.schema.get(), nullptr}));
        std::vector<std::size_t> places;
        for (const std::string &column : expression->columns())
            places.push_back(*m_batch.schema->find(column));
        TRY_ASSIGN(m_batch.selection, Evaluator(expression, places).select(m_batch, kTestNow));
        return {};
    }

    Result<ColumnPtr> bound(std::string_view word)
    {
        const std::size_t first = ++m_next; // behind from, to, step
        while (m_next < m_tokens.size() && peek() != "to" && peek() != "step" && peek() != "|")
            ++m_next;
        const Position &begin = m_tokens[first].at;
        const Position &end = m_tokens[m_next - 1].at;
        TRY_ASSIGN(const ExpressionPtr expression,
                   compileOrFail(
                       m_query.substr(begin.offset, end.offset + end.length - begin.offset), {}));
        if (m_tokens[first - 1].text != word)
            return fail(ErrorCode::SyntaxError, "'{}' is missing", word);
        return evaluateConstant(*expression, kTestNow);
    }

    Result<void> range()
    {
        const std::string name(take());
        TRY_ASSIGN(const ColumnPtr from, bound("from"));
        TRY_ASSIGN(const ColumnPtr to, bound("to"));
        TRY_ASSIGN(const ColumnPtr step, bound("step"));
        const bool real = step->type == ColumnType::Real;
        const auto at = [](const Column &column) {
            return column.type == ColumnType::Real ? column.floats[0]
                                                   : static_cast<double>(column.integers[0]);
        };
        m_batch.rows = static_cast<std::size_t>((at(*to) - at(*from)) / at(*step)) + 1;
        const auto column = takeColumn(real ? ColumnType::Real : from->type, m_batch.rows);
        for (std::size_t row = 0; row < m_batch.rows; ++row) {
            column->valid[row] = 1;
            if (real)
                column->floats[row] = at(*from) + static_cast<double>(row) * at(*step);
            else
                column->integers[row] =
                    from->integers[0] + static_cast<std::int64_t>(row) * step->integers[0];
        }
        auto schema = std::make_shared<Schema>();
        schema->columns.push_back({name, column->type});
        m_batch.schema = std::move(schema);
        m_batch.columns = {column};
        m_batch.selection = Selection(m_batch.rows);
        return {};
    }

    Result<void> datatable()
    {
        auto schema = std::make_shared<Schema>();
        ++m_next; // (
        while (m_next < m_tokens.size() && peek() != ")") {
            std::string name(take());
            if (name == "[") {
                name = readStringLiteral(take()).value_or("");
                ++m_next; // ]
            }
            ++m_next; // :
            schema->columns.push_back({name, typeFromName(take()).value_or(ColumnType::String)});
            if (peek() == ",")
                ++m_next;
        }
        m_next += 2; // )[
        std::vector<std::string_view> cells;
        while (m_next < m_tokens.size() && peek() != "]") {
            cells.push_back(expressionText("]"));
            if (peek() == ",")
                ++m_next;
        }
        ++m_next;
        return fill(schema, cells);
    }

    Result<void> fill(const std::shared_ptr<Schema> &schema,
                      const std::vector<std::string_view> &cells)
    {
        const std::size_t width = schema->columns.size();
        m_batch.schema = std::make_shared<Schema>();
        m_batch.rows = cells.size() / width;
        std::vector<ColumnPtr> columns;
        for (std::size_t place = 0; place < width; ++place) {
            const ColumnType type = schema->columns[place].type;
            auto column = takeColumn(type, m_batch.rows);
            for (std::size_t row = 0; row < m_batch.rows; ++row)
                TRY(fillCell(column.get(), row, cells[row * width + place]));
            columns.push_back(std::move(column));
        }
        m_batch.columns = std::move(columns);
        m_batch.schema = schema;
        m_batch.selection = Selection(m_batch.rows);
        return {};
    }

    static Result<void> fillCell(Column *column, std::size_t row, std::string_view literal)
    {
        const std::string name(typeName(column->type));
        const std::string conversion =
            column->type == ColumnType::Dynamic ? "todynamic" : "to" + name;
        TRY_ASSIGN(const ExpressionPtr expression,
                   compileOrFail(conversion + "(" + std::string(literal) + ")", {}));
        TRY_ASSIGN(const ColumnPtr value, evaluateConstant(*expression, kTestNow));
        column->valid[row] = value->valid[0];
        switch (column->storage()) {
        case Storage::Byte:
            column->bytes[row] = value->bytes[0];
            break;
        case Storage::Integer:
            column->integers[row] = value->integers[0];
            break;
        case Storage::Float:
            column->floats[row] = value->floats[0];
            break;
        case Storage::Text:
            column->texts[row] = column->arena.copy(value->texts[0]);
            break;
        }
        return {};
    }

    std::string_view m_query;
    std::vector<Token> m_tokens;
    std::size_t m_next = 0;
    Batch m_batch;
};

} // namespace

Result<Batch> runMiniQuery(std::string_view query)
{
    return MiniQuery(query).run();
}

std::vector<std::vector<std::string>> jsonRows(const Batch &batch)
{
    std::vector<std::vector<std::string>> rows;
    batch.selection.forEach([&](std::size_t row) {
        std::vector<std::string> &cells = rows.emplace_back();
        for (const ColumnPtr &column : batch.columns)
            cells.push_back(jsonOf(*column, row));
    });
    return rows;
}

} // namespace sluice::kql
