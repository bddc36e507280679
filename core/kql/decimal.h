#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::kql {

/// Decimals live as canonical text: "-12.5", no exponent, no zeros at either end.
/// 34 significant digits. Null where a result would not fit, or for a division by zero.

std::optional<std::string> normalizeDecimal(std::string_view text);
std::optional<std::string> decimalOf(double value);
std::optional<std::string> decimalCalculate(char operation, std::string_view a, std::string_view b);
/// -1, 0 or 1.
int decimalCompare(std::string_view a, std::string_view b);
/// Down to a multiple of the step; null when that is not positive.
std::optional<std::string> decimalBin(std::string_view value, std::string_view step);
/// Halves go away from 0; negative digits stand before the point.
std::optional<std::string> decimalRound(std::string_view value, std::int64_t digits);
std::optional<std::string> decimalCeiling(std::string_view value);
double decimalToReal(std::string_view text);

} // namespace sluice::kql
