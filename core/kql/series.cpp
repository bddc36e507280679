#include "core/kql/series.h"

#include "core/event/datetime.h"
#include "core/kql/array_values.h"
#include "core/kql/json_text.h"
#include "core/kql/values.h"

#include <array>
#include <charconv>
#include <cmath>

namespace sluice::kql {

std::optional<Series> readSeries(std::string_view json)
{
    if (!isJsonArray(json))
        return std::nullopt;
    Series series;
    std::string_view element;
    for (JsonArray elements(jsonTrim(json)); elements.next(&element);) {
        const JsonKind kind = jsonKind(element);
        const bool number = kind == JsonKind::Long || kind == JsonKind::Real;
        series.values.push_back(number ? parseReal(element) : std::nullopt);
        series.whole = series.whole && kind != JsonKind::Real;
    }
    return series;
}

void SeriesWriter::addText(std::string_view json)
{
    if (m_builder.text().size() > 1)
        m_builder.append(',');
    m_builder.append(json);
}

void SeriesWriter::addReal(double value)
{
    std::array<char, kValueTextBytes> text{};
    addText({text.data(), formatRealJson(value, text.data())});
}

void SeriesWriter::addNumber(double value, bool whole)
{
    constexpr double kExact = 9007199254740992.0; // 2^53
    if (!whole || !(std::fabs(value) <= kExact) || value != std::trunc(value)) {
        addReal(value);
        return;
    }
    std::array<char, kValueTextBytes> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), static_cast<std::int64_t>(value)).ptr;
    addText({text.data(), static_cast<std::size_t>(end - text.data())});
}

} // namespace sluice::kql
