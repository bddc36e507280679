#include "core/operators/score_request.h"

#include "core/event/json_encoder.h"
#include "core/event/json_text.h"

#include <algorithm>

namespace sluice {

namespace {

void appendValue(const Batch &batch, std::size_t column, std::size_t row, ByteBuffer &out)
{
    const Column *values = column < batch.columns.size() ? batch.columns[column].get() : nullptr;
    if (values == nullptr)
        out.append("null");
    else
        appendJsonValue(out, *values, row);
}

} // namespace

Result<ScoreRequest> ScoreRequest::create(const std::string &body,
                                          const Value &bodyTemplate,
                                          std::vector<std::pair<std::string, std::size_t>> fields)
{
    ScoreRequest request;
    request.m_fields = std::move(fields);
    for (const auto &[name, place] : request.m_fields) {
        ByteBuffer key;
        key.append(request.m_keys.empty() ? '{' : ',');
        appendJsonString(key, name);
        key.append(':');
        request.m_keys.emplace_back(key.view());
    }
    if (body == "template")
        request.addTemplate(bodyTemplate);
    else
        request.addTemplate(Value(body == "event" ? "$event" : "$events"));
    const auto has = [&](Part part) {
        return std::any_of(request.m_pieces.begin(), request.m_pieces.end(), [&](const Piece &p) {
            return p.part == part;
        });
    };
    request.m_single = has(Part::Event);
    const bool many = has(Part::Events) || has(Part::Rows);
    if (!request.m_single && !many)
        return fail(ErrorCode::InvalidValue, "the template says nowhere where the events go")
            .hint(R"(Write "$events", "$rows" or "$event" where they belong, as in )"
                  R"({"inputs": "$events"}.)");
    if (request.m_single && many)
        return fail(ErrorCode::InvalidValue, "the template wants one event, and many")
            .hint(R"(Use either "$event" or "$events" and "$rows".)");
    return request;
}

void ScoreRequest::addText(std::string_view text)
{
    if (m_pieces.empty() || m_pieces.back().part != Part::Text)
        m_pieces.push_back({});
    m_pieces.back().text += text;
}

void ScoreRequest::addTemplate(const Value &value)
{
    static constexpr std::pair<std::string_view, Part> kMarks[] = {{"$events", Part::Events},
                                                                   {"$rows", Part::Rows},
                                                                   {"$columns", Part::Columns},
                                                                   {"$event", Part::Event}};
    if (const std::string *text = value.asString()) {
        for (const auto &[mark, part] : kMarks) {
            if (*text == mark) {
                m_pieces.push_back({part, {}});
                return;
            }
        }
        addText(value.toJson());
    } else if (const ValueList *list = value.asList()) {
        addText("[");
        for (std::size_t i = 0; i < list->size(); ++i) {
            addText(i == 0 ? "" : ",");
            addTemplate((*list)[i]);
        }
        addText("]");
    } else if (const ValueMap *map = value.asMap()) {
        addText("{");
        for (std::size_t i = 0; i < map->size(); ++i) {
            addText(i == 0 ? "" : ",");
            addText(Value((*map)[i].first).toJson());
            addText(":");
            addTemplate((*map)[i].second);
        }
        addText("}");
    } else {
        addText(value.toJson());
    }
}

void ScoreRequest::appendEvent(const Batch &batch, std::size_t row, ByteBuffer &out) const
{
    if (m_fields.empty())
        out.append('{');
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        out.append(m_keys[i]);
        appendValue(batch, m_fields[i].second, row, out);
    }
    out.append('}');
}

void ScoreRequest::appendRow(const Batch &batch, std::size_t row, ByteBuffer &out) const
{
    out.append('[');
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        if (i != 0)
            out.append(',');
        appendValue(batch, m_fields[i].second, row, out);
    }
    out.append(']');
}

void ScoreRequest::appendList(std::span<const ScoreSlice> slices,
                              bool asRows,
                              ByteBuffer &out) const
{
    out.append('[');
    bool first = true;
    for (const ScoreSlice &slice : slices) {
        for (const std::size_t row : slice.rows) {
            if (!first)
                out.append(',');
            first = false;
            if (asRows)
                appendRow(*slice.batch, row, out);
            else
                appendEvent(*slice.batch, row, out);
        }
    }
    out.append(']');
}

void ScoreRequest::appendColumns(ByteBuffer &out) const
{
    out.append('[');
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        if (i != 0)
            out.append(',');
        appendJsonString(out, m_fields[i].first);
    }
    out.append(']');
}

std::string ScoreRequest::make(std::span<const ScoreSlice> slices) const
{
    ByteBuffer out;
    for (const Piece &piece : m_pieces) {
        switch (piece.part) {
        case Part::Text:
            out.append(piece.text);
            break;
        case Part::Event:
            appendEvent(*slices.front().batch, slices.front().rows.front(), out);
            break;
        case Part::Columns:
            appendColumns(out);
            break;
        case Part::Events:
        case Part::Rows:
            appendList(slices, piece.part == Part::Rows, out);
            break;
        }
    }
    return std::string(out.view());
}

} // namespace sluice
