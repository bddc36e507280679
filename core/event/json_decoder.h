#pragma once

#include "core/base/result.h"
#include "core/event/batch.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

inline constexpr std::size_t kDefaultRecordLimit = 1U << 20U; // 1 MiB

/// One field that the plan refers to.
struct DecodeField
{
    std::string name;
    ColumnType type = ColumnType::Dynamic;
    bool typed = true;  // values are computed with
    bool token = false; // the JSON text is passed on
};

/// A record that is no event, and why.
struct BadRecord
{
    std::size_t row = 0;
    ErrorCode code = ErrorCode::MalformedJson;
    std::string message;
};

struct DecodedRecords
{
    std::vector<std::shared_ptr<const Column>> columns; // one a field, dense over all records
    Selection good;
    std::vector<BadRecord> bad;
    std::uint64_t conversionErrors = 0; // values that did not fit their type and became null
};

/// Turns JSON records into columns: only the fields asked for, each record checked as a whole.
///
/// An event is a JSON object; anything else is a bad record and never harms its neighbour: the
/// tokens of a whole batch are found at once, each record's are walked within its bounds, and when
/// one is bad the batch is parsed again record by record. Of duplicate keys the first counts.
/// Thread: one at a time; keeps its memory from batch to batch.
/// Source: simdjson's first stage, whose structural indexes are those of version 3.0; its second
/// stage costs more than all the rest here, and judges only what the walk calls doubtful
class JsonDecoder
{
public:
    explicit JsonDecoder(std::vector<DecodeField> fields,
                         std::size_t recordLimit = kDefaultRecordLimit);
    ~JsonDecoder();
    JsonDecoder(const JsonDecoder &) = delete;
    JsonDecoder &operator=(const JsonDecoder &) = delete;

    /// @param raw  must outlive the columns: their texts are views into its bytes
    void decode(const RawRecords &raw, DecodedRecords &out);

    /// For tests: parses record by record from the start. The result must be the same.
    void decodeOneByOne(const RawRecords &raw, DecodedRecords &out);

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace sluice
