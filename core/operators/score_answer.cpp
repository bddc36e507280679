#include "core/operators/score_answer.h"

#include "core/event/field_writer.h"
#include "core/kql/json_text.h"

#include <charconv>

namespace sluice {

Result<JsonPath> JsonPath::parse(std::string_view text)
{
    JsonPath path;
    const auto wrong = [&] {
        return fail(ErrorCode::InvalidValue, "'{}' is no place in an answer", text)
            .hint("Write names with dots between them, and numbers of entries in brackets: "
                  "result.scores[0].");
    };
    std::string_view left = text;
    while (!left.empty()) {
        if (left.front() == '[') {
            const std::size_t end = left.find(']');
            Step step;
            const char *last = left.data() + std::min(end, left.size());
            const auto [stop, error] = std::from_chars(left.data() + 1, last, step.index);
            if (end == std::string_view::npos || error != std::errc() || stop != last
                || step.index < 0)
                return wrong();
            path.m_steps.push_back(std::move(step));
            left.remove_prefix(end + 1);
        } else {
            if (left.front() == '.' && !path.m_steps.empty())
                left.remove_prefix(1);
            const std::size_t end = std::min(left.find_first_of(".["), left.size());
            if (end == 0)
                return wrong();
            path.m_steps.push_back({std::string(left.substr(0, end)), -1});
            left.remove_prefix(end);
            if (left == ".")
                return wrong();
        }
    }
    return path;
}

std::string_view JsonPath::find(std::string_view json) const
{
    std::string_view value = kql::jsonTrim(json);
    for (const Step &step : m_steps) {
        const kql::JsonKind kind = kql::jsonKind(value);
        if (step.index >= 0)
            value = kind == kql::JsonKind::Array ? kql::jsonElement(value, step.index)
                                                 : std::string_view();
        else
            value = kind == kql::JsonKind::Object ? kql::jsonMember(value, step.name)
                                                  : std::string_view();
        value = kql::jsonTrim(value);
    }
    return value;
}

Result<std::vector<std::string_view>> ScoreAnswer::itemsOf(std::string_view body, bool single) const
{
    if (!kql::jsonIsValid(body))
        return fail(ErrorCode::UnusableAnswer, "the answer is no JSON");
    const std::string_view found = m_items.find(body);
    std::vector<std::string_view> items;
    if (kql::jsonKind(found) == kql::JsonKind::Array) {
        std::string_view item;
        for (kql::JsonArray array(found); array.next(&item);)
            items.push_back(item);
    } else if (single && !found.empty()) {
        items.push_back(found);
    } else {
        return fail(ErrorCode::UnusableAnswer, "the answer has no list of results")
            .hint("\"items\" says where in the answer it is.");
    }
    return items;
}

Result<std::size_t>
ScoreAnswer::read(std::string_view body, std::span<const AnswerSlice> slices, bool single) const
{
    TRY_ASSIGN(const std::vector<std::string_view> items, itemsOf(body, single));
    std::size_t events = 0;
    for (const AnswerSlice &slice : slices)
        events += slice.rows.size();
    if (items.size() != events)
        return fail(ErrorCode::UnusableAnswer,
                    "the answer has {} results for {} events",
                    items.size(),
                    events);
    std::size_t misfits = 0;
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        const DecodeField field{{}, m_fields[i].column.type, true, false};
        std::size_t item = 0;
        for (const AnswerSlice &slice : slices) {
            Column &column = *(*slice.columns)[i];
            FieldWriter writer(field, column);
            for (const std::size_t row : slice.rows) {
                const std::string_view value = m_fields[i].path.find(items[item++]);
                if (!value.empty()) // the writer's texts view into what it is given
                    misfits += writer.write(row, column.arena.copy(value)) ? 0 : 1;
            }
        }
    }
    return misfits;
}

} // namespace sluice
