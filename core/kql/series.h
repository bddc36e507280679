#pragma once

#include "core/kql/kernel.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// The numbers of a dynamic array; what is no number is missing.
struct Series
{
    std::vector<std::optional<double>> values;
    bool whole = true; // every number is written without point and exponent

    std::size_t size() const { return values.size(); }
};

/// Null for anything that is no array.
std::optional<Series> readSeries(std::string_view json);

/// Writes a series as a JSON array, in scratch memory.
class SeriesWriter
{
public:
    explicit SeriesWriter(Scratch &scratch)
        : m_builder(scratch)
    {
        m_builder.append('[');
    }
    void addNull() { addText("null"); }
    void addBool(bool value) { addText(value ? "true" : "false"); }
    void addReal(double value);
    /// Without a point where `whole`.
    void addNumber(double value, bool whole);
    void addText(std::string_view json);
    std::string_view finish(Call &call)
    {
        m_builder.append(']');
        return call.keep(m_builder.text());
    }

private:
    TextBuilder m_builder;
};

} // namespace sluice::kql
