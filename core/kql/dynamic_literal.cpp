#include "core/event/datetime.h"
#include "core/kql/json_text.h"
#include "core/kql/lexer.h"
#include "core/kql/literal.h"

#include <array>

namespace sluice::kql {

namespace {

/// Writes the JSON text of a dynamic literal from its tokens.
class DynamicReader
{
public:
    explicit DynamicReader(std::string_view content)
        : m_tokens(tokenize(content))
    {}

    Result<std::string> run()
    {
        TRY(value(0));
        if (m_next < m_tokens.size())
            return unexpected();
        return std::move(m_out);
    }

private:
    std::string_view peek() const
    {
        return m_next < m_tokens.size() ? m_tokens[m_next].text : std::string_view();
    }
    TokenKind kind() const
    {
        return m_next < m_tokens.size() ? m_tokens[m_next].kind : TokenKind::Error;
    }
    bool accept(std::string_view text)
    {
        if (peek() != text || kind() != TokenKind::Operator)
            return false;
        ++m_next;
        return true;
    }
    Failure unexpected() const
    {
        if (m_next >= m_tokens.size())
            return fail(ErrorCode::SyntaxError, "a dynamic literal ends too early");
        return fail(ErrorCode::SyntaxError, "'{}' does not belong in a dynamic literal", peek())
            .hint("Inside dynamic(…) stands JSON; names are not looked up, use pack_array() or "
                  "bag_pack() for computed values.");
    }

    Result<void> value(int depth)
    {
        if (depth > kMaxKqlDepth)
            return fail(ErrorCode::TooComplex, "a dynamic literal is nested too deep");
        if (accept("["))
            return array(depth);
        if (accept("{"))
            return object(depth);
        return scalar();
    }

    Result<void> scalar()
    {
        const std::string_view text = peek();
        switch (kind()) {
        case TokenKind::String:
            return string();
        case TokenKind::Number:
            return number(false);
        case TokenKind::Timespan:
            m_out += std::to_string(parseTimespan(text).value_or(0));
            break;
        case TokenKind::Literal:
            TRY(typed(text));
            break;
        case TokenKind::Operator:
            if (text != "-")
                return unexpected();
            ++m_next;
            if (kind() != TokenKind::Number)
                return unexpected();
            return number(true);
        default:
            if (text != "true" && text != "false" && text != "null")
                return unexpected();
            m_out += text;
        }
        ++m_next;
        return {};
    }

    Result<void> string()
    {
        TRY_ASSIGN(const std::string text, readStringLiteral(peek()));
        jsonQuote(text, &m_out);
        ++m_next;
        return {};
    }

    Result<void> number(bool negative)
    {
        const std::string_view token = peek();
        if (negative)
            m_out += '-';
        ++m_next;
        if (token.size() > 1 && (token[1] == 'x' || token[1] == 'X')) {
            TRY_ASSIGN(const ColumnPtr value, readNumberLiteral(token));
            m_out += std::to_string(value->integers[0]);
            return {};
        }
        if (token.find_first_of(".eE") == std::string_view::npos) {
            TRY(readNumberLiteral(token));
            m_out += token;
            return {};
        }
        TRY_ASSIGN(const ColumnPtr value, readNumberLiteral(token));
        append(formatRealJson, value->floats[0]);
        return {};
    }

    template<typename Format, typename Value>
    void append(Format format, Value value)
    {
        std::array<char, kValueTextBytes> text{};
        m_out.append(text.data(), format(value, text.data()));
    }

    Result<void> typed(std::string_view token)
    {
        TRY_ASSIGN(const ColumnPtr value, readTypedLiteral(token));
        if (value->valid[0] == 0) {
            m_out += "null";
            return {};
        }
        switch (value->type) {
        case ColumnType::Bool:
            m_out += value->bytes[0] != 0 ? "true" : "false";
            break;
        case ColumnType::Real:
            append(formatRealJson, value->floats[0]);
            break;
        case ColumnType::Datetime:
            m_out += '"';
            append(formatDatetimeFull, value->integers[0]);
            m_out += '"';
            break;
        case ColumnType::Int:
        case ColumnType::Long:
        case ColumnType::Timespan: // inside dynamic a timespan is its ticks
            m_out += std::to_string(value->integers[0]);
            break;
        case ColumnType::Dynamic:
            m_out += value->texts[0];
            break;
        default:
            jsonQuote(value->texts[0], &m_out);
        }
        return {};
    }

    Result<void> array(int depth)
    {
        m_out += '[';
        bool first = true;
        if (!accept("]")) {
            do {
                if (!first)
                    m_out += ',';
                first = false;
                TRY(value(depth + 1));
            } while (accept(",") && peek() != "]");
            if (!accept("]"))
                return unexpected();
        }
        m_out += ']';
        return {};
    }

    Result<void> object(int depth)
    {
        m_out += '{';
        bool first = true;
        if (!accept("}")) {
            do {
                if (!first)
                    m_out += ',';
                first = false;
                if (kind() != TokenKind::String)
                    return unexpected();
                TRY(string());
                if (!accept(":"))
                    return unexpected();
                m_out += ':';
                TRY(value(depth + 1));
            } while (accept(",") && peek() != "}");
            if (!accept("}"))
                return unexpected();
        }
        m_out += '}';
        return {};
    }

    std::vector<Token> m_tokens;
    std::size_t m_next = 0;
    std::string m_out;
};

} // namespace

Result<std::string> readDynamicLiteral(std::string_view content)
{
    return DynamicReader(content).run();
}

} // namespace sluice::kql
