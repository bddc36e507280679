#pragma once

#include "core/base/result.h"
#include "core/base/value.h"
#include "core/event/batch.h"
#include "core/event/byte_buffer.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// Rows of one batch that a call sends.
struct ScoreSlice
{
    const Batch *batch = nullptr;
    std::vector<std::size_t> rows;
};

/// The body of a call to a model, made of a template and events.
///
/// A template is JSON in which these texts are replaced: "$events" by a list of objects with the
/// fields, "$rows" by a list of lists with their values, "$columns" by the fields' names, "$event"
/// by the only event of the call.
class ScoreRequest
{
public:
    /// @param body  "batch" is the template "$events", "event" is "$event"
    /// @param fields  names and places in the batch
    /// Errors: InvalidValue for a template that holds no events
    static Result<ScoreRequest> create(const std::string &body,
                                       const Value &bodyTemplate,
                                       std::vector<std::pair<std::string, std::size_t>> fields);

    /// One event a call.
    bool isSingle() const { return m_single; }
    std::string make(std::span<const ScoreSlice> slices) const;

private:
    enum class Part { Text, Events, Rows, Columns, Event };
    struct Piece
    {
        Part part = Part::Text;
        std::string text;
    };

    void addTemplate(const Value &value);
    void addText(std::string_view text);
    void appendList(std::span<const ScoreSlice> slices, bool asRows, ByteBuffer &out) const;
    void appendColumns(ByteBuffer &out) const;
    void appendEvent(const Batch &batch, std::size_t row, ByteBuffer &out) const;
    void appendRow(const Batch &batch, std::size_t row, ByteBuffer &out) const;

    std::vector<Piece> m_pieces;
    std::vector<std::pair<std::string, std::size_t>> m_fields;
    std::vector<std::string> m_keys; // `{"amount":`, `,"country":`
    bool m_single = false;
};

} // namespace sluice
