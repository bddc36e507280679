#include "core/base/value_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace sluice {

namespace {

using Json = nlohmann::json;

/// Line and column, both from 1, of a byte offset.
std::pair<std::size_t, std::size_t> placeOf(std::string_view text, std::size_t offset)
{
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t lineStart = before.rfind('\n') + 1; // npos + 1 is 0
    std::size_t column = 1;
    for (const char c : before.substr(lineStart))
        column += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; // counts characters, not bytes
    return {lines + 1, column};
}

/// What the library says about a syntax error, without its prefix and its repetition of the text.
std::string reasonOf(std::string_view what)
{
    if (const auto dash = what.find(" - "); dash != std::string_view::npos)
        what.remove_prefix(dash + 3);
    else if (const auto bracket = what.find("] "); bracket != std::string_view::npos)
        what.remove_prefix(bracket + 2);
    return std::string(what);
}

std::optional<ReferenceKind> referenceKind(std::string_view key)
{
    if (key == "param")
        return ReferenceKind::Parameter;
    if (key == "env")
        return ReferenceKind::Environment;
    if (key == "secret")
        return ReferenceKind::Secret;
    return std::nullopt;
}

/// Builds a Value while the library reads. Keeps the order of keys; bounded in depth.
class ValueBuilder : public nlohmann::json_sax<Json>
{
public:
    bool null() override { return put({}); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(Value(value)); }
    bool number_unsigned(number_unsigned_t value) override
    {
        if (value <= static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max()))
            return put(Value(static_cast<std::int64_t>(value)));
        return put(Value(static_cast<double>(value)));
    }
    bool number_float(number_float_t value, const string_t & /*text*/) override
    {
        return put(Value(value));
    }
    bool string(string_t &value) override { return put(Value(std::move(value))); }
    bool binary(binary_t & /*value*/) override { return false; }
    bool start_object(std::size_t /*size*/) override { return open(Value(ValueMap{})); }
    bool start_array(std::size_t /*size*/) override { return open(Value(ValueList{})); }
    bool key(string_t &name) override
    {
        if (m_open.back().value.find(name) != nullptr) {
            problem = fmt::format("the key '{}' stands twice in the same object", name);
            return false;
        }
        m_open.back().key = std::move(name);
        return true;
    }
    bool end_object() override
    {
        Value value = close();
        const ValueMap &map = *value.asMap();
        if (map.size() == 1 && map[0].second.asString() != nullptr) {
            if (const auto kind = referenceKind(map[0].first))
                value = Value(Reference{*kind, *map[0].second.asString()});
        }
        return put(std::move(value));
    }
    bool end_array() override { return put(close()); }
    bool parse_error(std::size_t position,
                     const std::string & /*token*/,
                     const nlohmann::detail::exception &error) override
    {
        offset = position > 0 ? position - 1 : 0;
        problem = reasonOf(error.what());
        return false;
    }

    Value result;
    std::string problem;
    std::optional<std::size_t> offset;

private:
    struct Level
    {
        Value value;
        std::string key;
    };

    bool open(Value value)
    {
        if (m_open.size() >= kMaxJsonDepth) {
            problem = fmt::format("nested more than {} levels deep", kMaxJsonDepth);
            return false;
        }
        m_open.push_back({std::move(value), {}});
        return true;
    }

    Value close()
    {
        Value value = std::move(m_open.back().value);
        m_open.pop_back();
        return value;
    }

    bool put(Value value)
    {
        if (m_open.empty())
            result = std::move(value);
        else if (ValueList *list = m_open.back().value.asList())
            list->push_back(std::move(value));
        else
            m_open.back().value.asMap()->emplace_back(std::move(m_open.back().key),
                                                      std::move(value));
        return true;
    }

    std::vector<Level> m_open;
};

/// Hands the text to the library and counts what it took, for the place of our own objections.
class CountingIterator
{
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char *;
    using reference = const char &;

    CountingIterator(const char *at, std::size_t *taken)
        : m_at(at)
        , m_taken(taken)
    {}
    reference operator*() const { return *m_at; }
    CountingIterator &operator++()
    {
        ++m_at;
        ++*m_taken;
        return *this;
    }
    friend bool operator==(const CountingIterator &a, const CountingIterator &b)
    {
        return a.m_at == b.m_at;
    }
    friend bool operator!=(const CountingIterator &a, const CountingIterator &b)
    {
        return a.m_at != b.m_at;
    }

private:
    const char *m_at;
    std::size_t *m_taken;
};

} // namespace

Result<Value> valueFromJson(std::string_view text)
{
    ValueBuilder builder;
    std::size_t taken = 0;
    bool complete = false;
    try {
        complete = Json::sax_parse(CountingIterator(text.data(), &taken),
                                   CountingIterator(text.data() + text.size(), &taken),
                                   &builder);
    } catch (const nlohmann::detail::exception &error) {
        builder.problem = reasonOf(error.what());
    }
    if (complete)
        return std::move(builder.result);
    const auto [line, column] = placeOf(text, builder.offset.value_or(taken > 0 ? taken - 1 : 0));
    return fail(ErrorCode::FileDamaged, "line {}, column {}: {}", line, column, builder.problem)
        .hint("Correct the JSON at that place.");
}

std::string jsonString(std::string_view text)
{
    // Text that is no UTF-8 would make the library throw; the bad bytes become U+FFFD.
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace sluice
