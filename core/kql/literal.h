#pragma once

#include "core/base/result.h"
#include "core/event/column.h"

#include <string>
#include <string_view>

namespace sluice::kql {

/// What a string token stands for: "…", '…', @"…", ```…```, h"…".
/// Errors: SyntaxError for an escape that does not exist
Result<std::string> readStringLiteral(std::string_view token);
/// 12, 0x1F, 2.5, 1e3: a long or a real.
Result<ColumnPtr> readNumberLiteral(std::string_view token);
/// 10s, 1.5h.
Result<ColumnPtr> readTimespanLiteral(std::string_view token);
/// datetime(2020-01-01), int(null), dynamic([1, 2]) …; not datetime(), which is now().
Result<ColumnPtr> readTypedLiteral(std::string_view token);
/// What stands between the parentheses of a typed literal.
std::string_view literalContent(std::string_view token);
/// The JSON text of what dynamic(…) holds; also reads 'single quotes', datetime(…) and timespans.
Result<std::string> readDynamicLiteral(std::string_view content);

} // namespace sluice::kql
