#pragma once

#include "core/base/result.h"
#include "core/event/column.h"
#include "core/event/schema.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A place in JSON, as in "result.scores" or "data[0].label": names and numbers of entries.
class JsonPath
{
public:
    /// Errors: InvalidValue
    static Result<JsonPath> parse(std::string_view text);
    /// The value's text, or empty when there is none. @param json  valid
    std::string_view find(std::string_view json) const;

private:
    struct Step
    {
        std::string name;
        std::int64_t index = -1; // of an array, when there is no name
    };
    std::vector<Step> m_steps; // none: the whole
};

/// One column that an answer adds.
struct AnswerField
{
    SchemaColumn column;
    JsonPath path; // inside an item
};

/// The rows of one batch's answer columns that a call fills.
struct AnswerSlice
{
    const std::vector<std::shared_ptr<Column>> *columns = nullptr; // one a field
    std::span<const std::size_t> rows;
};

/// Takes values out of a model's answers.
class ScoreAnswer
{
public:
    ScoreAnswer(JsonPath items, std::vector<AnswerField> fields)
        : m_items(std::move(items))
        , m_fields(std::move(fields))
    {}

    /// Puts the answer to a call into the columns of its slices, in their order.
    /// @param single  the answer is for one event: without a list it is the item itself
    /// @return values that did not fit and are null
    /// Errors: AnswerUnusable, when it is no JSON or has another number of items
    Result<std::size_t>
    read(std::string_view body, std::span<const AnswerSlice> slices, bool single) const;

    const std::vector<AnswerField> &fields() const { return m_fields; }

private:
    Result<std::vector<std::string_view>> itemsOf(std::string_view body, bool single) const;

    JsonPath m_items;
    std::vector<AnswerField> m_fields;
};

} // namespace sluice
