#pragma once

#include "core/event/batch.h"

#include <cmath>
#include <cstdint>
#include <string_view>

namespace sluice::kql {

/// A small table of all types, for fuzzing; some of its dynamic values are no JSON.
inline constexpr std::size_t kFuzzRows = 4;

inline Schema fuzzSchema()
{
    Schema schema;
    schema.columns = {{"b", ColumnType::Bool},
                      {"i", ColumnType::Int},
                      {"n", ColumnType::Long},
                      {"r", ColumnType::Real},
                      {"s", ColumnType::String},
                      {"t", ColumnType::Datetime},
                      {"span", ColumnType::Timespan},
                      {"g", ColumnType::Guid},
                      {"m", ColumnType::Decimal},
                      {"d", ColumnType::Dynamic}};
    return schema;
}

inline Batch fuzzBatch(const Schema &schema)
{
    constexpr std::int64_t kLongs[] = {0, -7, INT64_MAX, INT64_MIN};
    const double kReals[] = {0.5, -1e300, std::nan(""), INFINITY};
    constexpr std::string_view kTexts[] = {
        "", "error: Ünï 42", "\xFF\x80 broken", "2026-01-01T00:00:00Z"};
    constexpr std::string_view kDynamics[] = {R"({"a":[1,"x",null],"k":"v\u00e9"})",
                                              R"([1, 2.5, {"a":true}])",
                                              R"({"a":[1,"unclosed)",
                                              "\"text\""};
    Batch batch;
    batch.rows = kFuzzRows;
    batch.selection = Selection(kFuzzRows);
    for (const SchemaColumn &description : schema.columns) {
        auto column = takeColumn(description.type, kFuzzRows);
        for (std::size_t row = 0; row < kFuzzRows; ++row) {
            column->valid[row] = row != 1 || description.type == ColumnType::String;
            if (description.type == ColumnType::Bool)
                column->bytes[row] = row % 2 != 0;
            else if (description.type == ColumnType::Datetime)
                column->integers[row] = row % 2 != 0 ? kMaxTicks : kMinTicks;
            else if (column->storage() == Storage::Integer)
                column->integers[row] = kLongs[row];
            else if (column->storage() == Storage::Float)
                column->floats[row] = kReals[row];
            else if (description.type == ColumnType::Dynamic)
                column->texts[row] = kDynamics[row];
            else if (description.type == ColumnType::String)
                column->texts[row] = kTexts[row];
            else if (column->valid[row] != 0)
                column->texts[row] = description.type == ColumnType::Guid
                                         ? "74be27de-1e4e-49d9-b579-fe0b331d3642"
                                         : "-12.5";
        }
        batch.columns.push_back(std::move(column));
    }
    return batch;
}

} // namespace sluice::kql
