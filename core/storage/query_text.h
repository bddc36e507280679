#pragma once

#include "core/event/column.h"
#include "core/storage/database.h"

#include <string>

namespace sluice {

/// A value as a person reads it in a table or a CSV file: 2026-01-01T00:00:00Z, 1.02:03:04, true;
/// null is empty.
std::string valueText(const Column &column, std::size_t row);
std::string valueText(const Cell &cell);
/// The same as JSON: numbers that JSON has not are strings, null is null, a string never is.
void appendValueJson(const Column &column, std::size_t row, std::string *out);
void appendValueJson(const Cell &cell, std::string *out);
void appendJsonText(std::string_view text, std::string *out);

} // namespace sluice
