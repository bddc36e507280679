#include "core/kql/json_text.h"

namespace sluice::kql {

namespace {

constexpr int kMaxJsonDepth = 256;

/// Checks a text against RFC 8259.
class Validator
{
public:
    explicit Validator(std::string_view text)
        : m_at(text.data())
        , m_end(text.data() + text.size())
    {}

    bool run()
    {
        spaces();
        if (!value(0))
            return false;
        spaces();
        return m_at == m_end;
    }

private:
    bool at(char c) const { return m_at != m_end && *m_at == c; }
    bool accept(char c)
    {
        if (!at(c))
            return false;
        ++m_at;
        return true;
    }
    void spaces()
    {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\t' || *m_at == '\n' || *m_at == '\r'))
            ++m_at;
    }
    bool word(std::string_view what)
    {
        if (static_cast<std::size_t>(m_end - m_at) < what.size()
            || std::string_view(m_at, what.size()) != what)
            return false;
        m_at += what.size();
        return true;
    }
    bool digits()
    {
        const char *first = m_at;
        while (m_at != m_end && *m_at >= '0' && *m_at <= '9')
            ++m_at;
        return m_at != first;
    }
    bool number()
    {
        accept('-');
        if (!accept('0') && !digits())
            return false;
        if (accept('.') && !digits())
            return false;
        if (at('e') || at('E')) {
            ++m_at;
            if (at('+') || at('-'))
                ++m_at;
            return digits();
        }
        return true;
    }
    bool string()
    {
        if (!accept('"'))
            return false;
        while (m_at != m_end && *m_at != '"') {
            if (static_cast<unsigned char>(*m_at) < 0x20)
                return false;
            if (*m_at == '\\' && !escape())
                return false;
            ++m_at;
        }
        return accept('"');
    }
    bool escape()
    {
        if (++m_at == m_end)
            return false;
        if (*m_at != 'u')
            return std::string_view("\"\\/bfnrt").find(*m_at) != std::string_view::npos;
        for (int i = 0; i < 4; ++i) {
            ++m_at;
            if (m_at == m_end
                || std::string_view("0123456789abcdefABCDEF").find(*m_at) == std::string_view::npos)
                return false;
        }
        return true;
    }
    bool array(int depth)
    {
        ++m_at;
        spaces();
        if (accept(']'))
            return true;
        do {
            spaces();
            if (!value(depth))
                return false;
            spaces();
        } while (accept(','));
        return accept(']');
    }
    bool object(int depth)
    {
        ++m_at;
        spaces();
        if (accept('}'))
            return true;
        do {
            spaces();
            if (!string())
                return false;
            spaces();
            if (!accept(':'))
                return false;
            spaces();
            if (!value(depth))
                return false;
            spaces();
        } while (accept(','));
        return accept('}');
    }
    bool value(int depth)
    {
        if (m_at == m_end || depth >= kMaxJsonDepth)
            return false;
        switch (*m_at) {
        case '{':
            return object(depth + 1);
        case '[':
            return array(depth + 1);
        case '"':
            return string();
        case 't':
            return word("true");
        case 'f':
            return word("false");
        case 'n':
            return word("null");
        default:
            return number();
        }
    }

    const char *m_at;
    const char *m_end;
};

} // namespace

bool jsonIsValid(std::string_view text)
{
    return Validator(text).run();
}

} // namespace sluice::kql
