#include "core/kql/xml_text.h"

#include "core/kql/json_text.h"
#include "core/kql/problem.h"
#include "core/kql/text.h"
#include "core/kql/values.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace sluice::kql {

namespace {

/// A member of the JSON object that an element becomes; several values make an array.
struct Member
{
    std::string key;
    std::vector<std::string> values;
};

bool isNameCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
           || c == ':' || c == '-' || c == '.' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

class XmlReader
{
public:
    explicit XmlReader(std::string_view xml)
        : m_rest(xml)
    {}

    /// One element with what may stand around it.
    bool document(std::string *json)
    {
        if (m_rest.starts_with("\xEF\xBB\xBF"))
            m_rest.remove_prefix(3);
        std::string name;
        std::string value;
        if (!skipMisc() || !element(&name, &value, 0) || !skipMisc() || !m_rest.empty())
            return false;
        *json += '{';
        jsonQuote(name, json);
        json->append(":").append(value).append("}");
        return true;
    }

private:
    bool accept(std::string_view mark)
    {
        if (!m_rest.starts_with(mark))
            return false;
        m_rest.remove_prefix(mark.size());
        return true;
    }
    void skipSpaces()
    {
        while (!m_rest.empty() && trimSpaces(m_rest.substr(0, 1)).empty())
            m_rest.remove_prefix(1);
    }
    bool skipPast(std::string_view mark)
    {
        const std::size_t at = m_rest.find(mark);
        if (at == std::string_view::npos)
            return false;
        m_rest.remove_prefix(at + mark.size());
        return true;
    }
    /// Skips what begins like a comment, an instruction or a declaration.
    /// @return false when such a thing has no end; `*skipped` when there was one
    bool skipMarkup(bool *skipped)
    {
        *skipped = true;
        if (accept("<!--"))
            return skipPast("-->");
        if (accept("<![CDATA["))
            return skipPast("]]>");
        if (accept("<?"))
            return skipPast("?>");
        if (accept("<!"))
            return skipPast(">");
        *skipped = false;
        return true;
    }
    bool skipMisc()
    {
        bool skipped = true;
        while (skipped) {
            skipSpaces();
            if (!skipMarkup(&skipped))
                return false;
        }
        return true;
    }

    std::string_view name()
    {
        std::size_t length = 0;
        while (length < m_rest.size() && isNameCharacter(m_rest[length]))
            ++length;
        const std::string_view text = m_rest.substr(0, length);
        m_rest.remove_prefix(length);
        return text;
    }

    static bool appendEntity(std::string_view entity, std::string *out)
    {
        constexpr std::array<std::pair<std::string_view, char>, 5> kNamed{
            {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};
        for (const auto &[known, character] : kNamed) {
            if (known == entity) {
                *out += character;
                return true;
            }
        }
        if (!entity.starts_with('#'))
            return false;
        entity.remove_prefix(1);
        const bool hex = entity.starts_with('x');
        const auto point = parseLong(hex ? "0" + std::string(entity) : std::string(entity));
        if (!point || *point <= 0 || *point > 0x10FFFF)
            return false;
        appendCharacter(static_cast<char32_t>(*point), out);
        return true;
    }

    static bool unescape(std::string_view text, std::string *out)
    {
        while (!text.empty()) {
            const std::size_t at = std::min(text.find('&'), text.size());
            out->append(text.substr(0, at));
            text.remove_prefix(at);
            if (text.empty())
                break;
            const std::size_t end = text.find(';');
            if (end == std::string_view::npos || !appendEntity(text.substr(1, end - 1), out))
                return false;
            text.remove_prefix(end + 1);
        }
        return true;
    }

    bool attributes(std::vector<Member> *members)
    {
        while (true) {
            skipSpaces();
            const std::string_view key = name();
            if (key.empty())
                return true;
            skipSpaces();
            if (!accept("="))
                return false;
            skipSpaces();
            const char quote = m_rest.empty() ? '\0' : m_rest.front();
            if (quote != '"' && quote != '\'')
                return false;
            m_rest.remove_prefix(1);
            const std::size_t end = m_rest.find(quote);
            std::string value;
            if (end == std::string_view::npos || !unescape(m_rest.substr(0, end), &value))
                return false;
            m_rest.remove_prefix(end + 1);
            Member member{"@" + std::string(key), {""}};
            jsonQuote(value, &member.values[0]);
            members->push_back(std::move(member));
        }
    }

    static void addChild(std::string key, std::string value, std::vector<Member> *members)
    {
        const auto known = std::find_if(
            members->begin(), members->end(), [&](const Member &m) { return m.key == key; });
        if (known != members->end())
            known->values.push_back(std::move(value));
        else
            members->push_back({std::move(key), {std::move(value)}});
    }

    /// What stands between the tags of an element, and its closing tag.
    bool content(std::string_view tag, std::vector<Member> *members, std::string *text, int depth)
    {
        while (true) {
            const std::size_t mark = m_rest.find('<');
            if (mark == std::string_view::npos || !unescape(m_rest.substr(0, mark), text))
                return false;
            m_rest.remove_prefix(mark);
            bool skipped = false;
            if (accept("</")) {
                if (name() != tag)
                    return false;
                skipSpaces();
                return accept(">");
            }
            if (!skipMarkup(&skipped))
                return false;
            if (skipped)
                continue;
            std::string key;
            std::string value;
            if (!element(&key, &value, depth + 1))
                return false;
            addChild(std::move(key), std::move(value), members);
        }
    }

    bool element(std::string *key, std::string *value, int depth)
    {
        if (depth > kMaxKqlDepth || !accept("<"))
            return false;
        const std::string_view tag = name();
        std::vector<Member> members;
        std::string text;
        if (tag.empty() || !attributes(&members))
            return false;
        if (!accept("/>") && (!accept(">") || !content(tag, &members, &text, depth)))
            return false;
        *key = tag;
        const std::string_view trimmed = trimSpaces(text);
        if (members.empty()) {
            if (trimmed.empty())
                *value = "null";
            else
                jsonQuote(text, value);
            return true;
        }
        if (!trimmed.empty()) {
            Member member{"#text", {""}};
            jsonQuote(trimmed, &member.values[0]);
            members.push_back(std::move(member));
        }
        write(members, value);
        return true;
    }

    static void write(const std::vector<Member> &members, std::string *json)
    {
        *json += '{';
        for (const Member &member : members) {
            if (json->back() != '{')
                *json += ',';
            jsonQuote(member.key, json);
            *json += ':';
            const bool many = member.values.size() > 1;
            if (many)
                *json += '[';
            for (std::size_t i = 0; i < member.values.size(); ++i)
                json->append(i == 0 ? "" : ",").append(member.values[i]);
            if (many)
                *json += ']';
        }
        *json += '}';
    }

    std::string_view m_rest;
};

} // namespace

bool xmlToJson(std::string_view xml, std::string *json)
{
    return XmlReader(xml).document(json);
}

} // namespace sluice::kql
