#pragma once

#include "core/storage/query_answer.h"

#include <functional>
#include <string_view>

namespace sluice {

/// Takes text piece by piece.
using TextSink = std::function<void(std::string_view)>;

/// An answer for people: columns in line, long texts cut.
void writeTable(const QueryAnswer &answer, const TextSink &sink);
/// RFC 4180, with a line of names.
void writeCsv(const QueryAnswer &answer, const TextSink &sink);
/// A JSON object a line.
void writeNdjson(const QueryAnswer &answer, const TextSink &sink);

} // namespace sluice
