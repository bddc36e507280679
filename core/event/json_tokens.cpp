#include "core/event/json_tokens.h"

namespace sluice {

namespace {

/// Levels below a value that are checked here; what is deeper goes to the whole parser.
constexpr int kDepth = 63;

/// Walks one array or object. The kinds of the open ones stand in the bits of a word.
class NestedWalk
{
public:
    NestedWalk(const JsonIndexes &json, std::uint32_t index, std::size_t limit)
        : m_json(json)
        , m_index(index)
        , m_limit(limit)
    {}

    TokenCheck run()
    {
        if (!open())
            return m_verdict;
        while (m_depth > 0) {
            if (!step())
                return m_verdict;
        }
        return TokenCheck::Valid;
    }

    std::uint32_t index() const { return m_index; }

private:
    bool inRecord() const { return m_json.places[m_index] < m_limit; }
    bool inObject() const { return (m_kinds & 1U) != 0; }
    bool give(TokenCheck verdict)
    {
        m_verdict = verdict;
        return false;
    }

    /// At a brace or bracket: goes in, and out again when there is nothing in it.
    bool open()
    {
        if (m_depth == kDepth)
            return give(TokenCheck::Doubtful);
        const bool object = m_json.at(m_index) == '{';
        m_kinds = m_kinds << 1U | (object ? 1U : 0U);
        ++m_depth;
        ++m_index;
        if (!inRecord())
            return give(TokenCheck::Invalid);
        if (m_json.at(m_index) == (object ? '}' : ']')) {
            close();
            return m_depth == 0 || behindValue();
        }
        return true;
    }

    void close()
    {
        ++m_index;
        --m_depth;
        m_kinds >>= 1U;
    }

    /// One element of the innermost array or object.
    bool step()
    {
        if (inObject() && !key())
            return false;
        if (!inRecord())
            return give(TokenCheck::Invalid);
        const char c = m_json.at(m_index);
        if (c == '{' || c == '[')
            return open();
        const char *begin = m_json.place(m_index);
        const char *end = m_json.endBefore(m_index + 1);
        const TokenCheck check =
            c == '"' ? checkJsonString(begin, end, m_json.mayEscape) : checkJsonScalar(begin, end);
        if (check != TokenCheck::Valid)
            return give(check);
        ++m_index;
        return behindValue();
    }

    bool key()
    {
        if (!inRecord() || m_json.at(m_index) != '"')
            return give(TokenCheck::Invalid);
        const TokenCheck check =
            checkJsonString(m_json.place(m_index), m_json.endBefore(m_index + 1), m_json.mayEscape);
        if (check != TokenCheck::Valid)
            return give(check);
        ++m_index;
        if (!inRecord() || m_json.at(m_index) != ':')
            return give(TokenCheck::Invalid);
        ++m_index;
        return true;
    }

    /// A comma, or any number of ends.
    bool behindValue()
    {
        while (m_depth > 0) {
            if (!inRecord())
                return give(TokenCheck::Invalid);
            const char c = m_json.at(m_index);
            if (c == ',') {
                ++m_index;
                return true;
            }
            if (c != (inObject() ? '}' : ']'))
                return give(TokenCheck::Invalid);
            close();
        }
        return true;
    }

    const JsonIndexes &m_json;
    std::uint32_t m_index;
    std::size_t m_limit;
    std::uint64_t m_kinds = 0; // lowest bit: the innermost is an object
    int m_depth = 0;
    TokenCheck m_verdict = TokenCheck::Valid;
};

} // namespace

TokenCheck checkJsonValue(const JsonIndexes &json, std::uint32_t &index, std::size_t limit)
{
    if (json.places[index] >= limit)
        return TokenCheck::Invalid;
    const char c = json.at(index);
    if (c == '{' || c == '[') {
        NestedWalk walk(json, index, limit);
        const TokenCheck check = walk.run();
        index = walk.index();
        return check;
    }
    const char *begin = json.place(index);
    const char *end = json.endBefore(index + 1);
    ++index;
    return c == '"' ? checkJsonString(begin, end, json.mayEscape) : checkJsonScalar(begin, end);
}

} // namespace sluice
