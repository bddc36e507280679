#pragma once

#include "core/event/batch.h"
#include "core/event/json_decoder.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

/// Records as a source would deliver them, offsets counted from 0.
inline std::shared_ptr<RawRecords> records(const std::vector<std::string> &texts)
{
    auto raw = takeRawRecords();
    std::int64_t offset = 0;
    for (const std::string &text : texts)
        raw->append(text, offset++, 0);
    return raw;
}

inline std::vector<std::size_t> rowsOf(const Selection &selection)
{
    std::vector<std::size_t> rows;
    selection.forEach([&](std::size_t row) { rows.push_back(row); });
    return rows;
}

} // namespace sluice::test
