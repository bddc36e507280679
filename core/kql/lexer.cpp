#include "core/kql/lexer.h"

#include "core/event/column_type.h"
#include "core/event/datetime.h"

#include <algorithm>
#include <array>

namespace sluice::kql {

namespace {

constexpr std::array<std::string_view, 34> kOperatorWords{
    "and",        "or",          "in",        "in~",          "has",        "has_cs",
    "has_any",    "has_all",     "contains",  "contains_cs",  "startswith", "startswith_cs",
    "endswith",   "endswith_cs", "hasprefix", "hasprefix_cs", "hassuffix",  "hassuffix_cs",
    "between",    "matches",     "by",        "to",           "where",      "asc",
    "desc",       "first",       "last",      "missing",      "like",       "notlike",
    "containscs", "notcontains", "true",      "false"};

constexpr std::array<std::string_view, 28> kOperators{
    "==", "!=", "<>", "=~", "!~", "<=", ">=", "..", "=>", "<|", "+", "-", "*", "/",
    "%",  "<",  ">",  "=",  "(",  ")",  "[",  "]",  "{",  "}",  ",", ".", ";", "|"};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isNameStart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

bool isNamePart(char c)
{
    return isNameStart(c) || isDigit(c);
}

bool isHexDigit(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

/// The words that open a literal such as datetime(…).
bool opensLiteral(std::string_view word)
{
    return word != "string" && word != "json" && word != "object" && word != "uuid"
           && typeFromName(word).has_value();
}

class Lexer
{
public:
    explicit Lexer(std::string_view text)
        : m_text(text)
    {}

    std::vector<Token> run()
    {
        while (m_next < m_text.size()) {
            if (isSpace(peek()))
                advance(1);
            else
                readToken();
        }
        return std::move(m_tokens);
    }

private:
    char peek(std::size_t ahead = 0) const
    {
        return m_next + ahead < m_text.size() ? m_text[m_next + ahead] : '\0';
    }
    bool startsWith(std::string_view what) const
    {
        return m_text.substr(m_next, what.size()) == what;
    }

    void advance(std::size_t bytes)
    {
        for (std::size_t i = 0; i < bytes && m_next < m_text.size(); ++i, ++m_next) {
            const auto c = static_cast<unsigned char>(m_text[m_next]);
            if (c == '\n') {
                ++m_line;
                m_column = 1;
            } else if ((c & 0xC0U) != 0x80U) {
                ++m_column;
            }
        }
    }

    void add(TokenKind kind, std::size_t length, std::string message = {})
    {
        length = std::min(length, m_text.size() - m_next);
        m_tokens.push_back({kind,
                            m_text.substr(m_next, length),
                            {m_next, length, m_line, m_column},
                            std::move(message)});
        advance(length);
    }

    void readToken()
    {
        const char c = peek();
        if (startsWith("//"))
            add(TokenKind::Comment, std::min(m_text.find('\n', m_next), m_text.size()) - m_next);
        else if (stringLength(m_next) != 0)
            readString();
        else if (isDigit(c))
            readNumber();
        else if (c == '.' && isDigit(peek(1)) && !followsValue())
            add(TokenKind::Error, 2, "a number does not begin with a point; write 0.5");
        else if (isNameStart(c))
            readWord();
        else if (c == '!' && isNameStart(peek(1)))
            readNegatedWord();
        else
            readOperator();
    }

    /// Length of the string literal at `at` with prefix and quotes; 0 when none begins there.
    /// An unterminated one reaches to the end of its line (of the text for ``` and ~~~).
    std::size_t stringLength(std::size_t at) const
    {
        std::size_t next = at;
        const auto charAt = [&](std::size_t i) { return i < m_text.size() ? m_text[i] : '\0'; };
        if ((charAt(next) == 'h' || charAt(next) == 'H')
            && (charAt(next + 1) == '"' || charAt(next + 1) == '\'' || charAt(next + 1) == '@'
                || m_text.substr(next + 1, 3) == "```" || m_text.substr(next + 1, 3) == "~~~"))
            ++next;
        for (const std::string_view fence : {"```", "~~~"}) {
            if (m_text.substr(next, 3) == fence) {
                const std::size_t end = m_text.find(fence, next + 3);
                return (end == std::string_view::npos ? m_text.size() : end + 3) - at;
            }
        }
        const bool verbatim = charAt(next) == '@';
        if (verbatim)
            ++next;
        const char quote = charAt(next);
        if (quote != '"' && quote != '\'')
            return 0;
        return quotedEnd(next + 1, quote, verbatim) - at;
    }

    std::size_t quotedEnd(std::size_t next, char quote, bool verbatim) const
    {
        while (next < m_text.size() && m_text[next] != '\n') {
            if (m_text[next] == '\\' && !verbatim) {
                next += 2;
            } else if (m_text[next] == quote) {
                if (!verbatim || next + 1 >= m_text.size() || m_text[next + 1] != quote)
                    return next + 1;
                next += 2;
            } else {
                ++next;
            }
        }
        return std::min(next, m_text.size());
    }

    /// A point behind a value leads into it.
    bool followsValue() const
    {
        if (m_tokens.empty())
            return false;
        const Token &last = m_tokens.back();
        return last.kind == TokenKind::Name || last.text == ")" || last.text == "]";
    }

    void readString()
    {
        const std::size_t length = stringLength(m_next);
        const std::string_view text = m_text.substr(m_next, length);
        if (isTerminated(text))
            add(TokenKind::String, length);
        else
            add(TokenKind::Error, length, "this string has no closing quote");
    }

    static bool isTerminated(std::string_view text)
    {
        const std::size_t open = text.find_first_of("\"'`~");
        if (text[open] == '`' || text[open] == '~')
            return text.size() >= open + 6 && text.substr(text.size() - 3) == text.substr(open, 3);
        if (text.size() < open + 2 || text.back() != text[open])
            return false;
        if (open != 0 && text[open - 1] == '@') {
            const auto quotes = std::count(
                text.begin() + static_cast<std::ptrdiff_t>(open), text.end(), text[open]);
            return quotes % 2 == 0;
        }
        std::size_t slashes = 0;
        while (slashes + open + 2 < text.size() && text[text.size() - 2 - slashes] == '\\')
            ++slashes;
        return slashes % 2 == 0;
    }

    void readNumber()
    {
        std::size_t length = 0;
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && isHexDigit(peek(2))) {
            length = 2;
            while (isHexDigit(peek(length)))
                ++length;
        } else {
            length = decimalLength();
        }
        const std::size_t digits = length;
        while (isNamePart(peek(length)))
            ++length;
        const std::string_view suffix = m_text.substr(m_next + digits, length - digits);
        if (suffix.empty())
            add(TokenKind::Number, length);
        else if (ticksOfUnit(suffix))
            add(TokenKind::Timespan, length);
        else
            add(TokenKind::Error,
                length,
                "'" + std::string(m_text.substr(m_next, length))
                    + "' is no number and no timespan");
    }

    std::size_t decimalLength() const
    {
        std::size_t length = 0;
        while (isDigit(peek(length)))
            ++length;
        if (peek(length) == '.' && peek(length + 1) != '.') {
            ++length;
            while (isDigit(peek(length)))
                ++length;
        }
        if (peek(length) == 'e' || peek(length) == 'E') {
            const std::size_t sign = peek(length + 1) == '+' || peek(length + 1) == '-' ? 1 : 0;
            if (isDigit(peek(length + 1 + sign))) {
                length += 1 + sign;
                while (isDigit(peek(length)))
                    ++length;
            }
        }
        return length;
    }

    std::size_t wordLength(std::size_t from) const
    {
        std::size_t length = 0;
        while (isNamePart(peek(from + length)))
            ++length;
        return length;
    }

    void readWord()
    {
        const std::size_t length = wordLength(0);
        const std::string_view word = m_text.substr(m_next, length);
        if (opensLiteral(word)) {
            std::size_t open = m_next + length;
            while (open < m_text.size() && isSpace(m_text[open]))
                ++open;
            if (open < m_text.size() && m_text[open] == '(') {
                readTypedLiteral(open + 1);
                return;
            }
        }
        if (word == "in" && peek(length) == '~')
            add(TokenKind::Keyword, length + 1);
        else
            add(isReservedWord(word) ? TokenKind::Keyword : TokenKind::Name, length);
    }

    /// @param next  behind the opening parenthesis
    void readTypedLiteral(std::size_t next)
    {
        int depth = 1;
        while (next < m_text.size() && depth > 0) {
            const char c = m_text[next];
            if (c == '"' || c == '\'') {
                next = quotedEnd(next + 1, c, false);
                continue;
            }
            if (c == '(')
                ++depth;
            else if (c == ')')
                --depth;
            ++next;
        }
        if (depth == 0)
            add(TokenKind::Literal, next - m_next);
        else
            add(TokenKind::Error, next - m_next, "this literal has no closing ')'");
    }

    void readNegatedWord()
    {
        std::size_t length = 1 + wordLength(1);
        const std::string_view word = m_text.substr(m_next + 1, length - 1);
        if (word == "in" && peek(length) == '~')
            ++length;
        const bool known = isReservedWord(word);
        if (known)
            add(TokenKind::Keyword, length);
        else
            add(TokenKind::Error,
                length,
                "there is no operator '!" + std::string(word) + "'; negation is not(…)");
    }

    void readOperator()
    {
        for (const std::string_view op : kOperators) {
            if (startsWith(op)) {
                add(TokenKind::Operator, op.size());
                return;
            }
        }
        if (peek() == ':') {
            add(TokenKind::Operator, 1);
            return;
        }
        std::size_t length = 1;
        while ((static_cast<unsigned char>(peek(length)) & 0xC0U) == 0x80U)
            ++length;
        const std::string_view what = m_text.substr(m_next, length);
        add(TokenKind::Error, length, "'" + std::string(what) + "' has no meaning here");
    }

    std::string_view m_text;
    std::vector<Token> m_tokens;
    std::size_t m_next = 0;
    int m_line = 1;
    int m_column = 1;
};

} // namespace

bool isReservedWord(std::string_view word)
{
    return std::find(kOperatorWords.begin(), kOperatorWords.end(), word) != kOperatorWords.end();
}

std::vector<Token> tokenize(std::string_view text)
{
    return Lexer(text).run();
}

bool isOneOf(const Token *token, std::initializer_list<std::string_view> texts)
{
    return token != nullptr
           && (token->kind == TokenKind::Operator || token->kind == TokenKind::Keyword)
           && std::find(texts.begin(), texts.end(), token->text) != texts.end();
}

} // namespace sluice::kql
