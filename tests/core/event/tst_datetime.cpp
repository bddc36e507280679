#include "core/event/datetime.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>

using namespace sluice;

namespace {

std::string canonical(std::optional<Ticks> ticks)
{
    if (!ticks)
        return "null";
    std::array<char, kValueTextBytes> out{};
    return {out.data(), formatDatetime(*ticks, out.data())};
}

std::string full(Ticks ticks)
{
    std::array<char, kValueTextBytes> out{};
    return {out.data(), formatDatetimeFull(ticks, out.data())};
}

std::string span(std::optional<TickSpan> ticks)
{
    if (!ticks)
        return "null";
    std::array<char, kValueTextBytes> out{};
    return {out.data(), formatTimespan(*ticks, out.data())};
}

std::string real(double value)
{
    std::array<char, kValueTextBytes> out{};
    return {out.data(), formatReal(value, out.data())};
}

} // namespace

TEST_CASE("an ISO 8601 moment is read to the tick")
{
    CHECK(parseDatetime("1970-01-01T00:00:00Z") == 0);
    CHECK(parseDatetime("1970-01-01T00:00:00.0000001Z") == 1);
    CHECK(parseDatetime("1969-12-31 23:59:59") == -kTicksPerSecond);
    CHECK(canonical(parseDatetime("2026-01-01T00:00:00.1Z")) == "2026-01-01T00:00:00.1Z");
    CHECK(canonical(parseDatetime("2026-01-01T00:00:00.123456789Z"))
          == "2026-01-01T00:00:00.1234567Z");
    CHECK(canonical(parseDatetime("2024-02-29")) == "2024-02-29T00:00:00Z");
    CHECK(canonical(parseDatetime("2024-02-29 07:05")) == "2024-02-29T07:05:00Z");
    CHECK(parseDatetime("0001-01-01") == kMinTicks);
    CHECK(parseDatetime("9999-12-31T23:59:59.9999999Z") == kMaxTicks);
}

TEST_CASE("an offset is converted to UTC, not dropped")
{
    CHECK(canonical(parseDatetime("2020-01-01T00:30:00+02:00")) == "2019-12-31T22:30:00Z");
    CHECK(canonical(parseDatetime("2020-01-01T00:30:00-0530")) == "2020-01-01T06:00:00Z");
    CHECK(canonical(parseDatetime("2020-01-01 00:30:00 +02")) == "2019-12-31T22:30:00Z");
}

TEST_CASE("other written forms of a moment are read, month first")
{
    for (const char *text : {"2022/12/02",
                             "12-02-2022",
                             "12/02/2022",
                             "12.02.2022",
                             "2 Dec 2022",
                             "Dec 2, 2022",
                             "December 2 2022",
                             "20221202",
                             " 2022-12-02 ",
                             "Fri, 02 Dec 2022",
                             "Friday, 02-Dec-22"})
        CHECK_MESSAGE(canonical(parseDatetime(text)) == "2022-12-02T00:00:00Z", text);
    CHECK(canonical(parseDatetime("Fri, 02 Dec 2022 13:45:56 GMT")) == "2022-12-02T13:45:56Z");
    CHECK(canonical(parseDatetime("12/02/2022 1:45:56 PM")) == "2022-12-02T13:45:56Z");
    CHECK(canonical(parseDatetime("2022")) == "2022-01-01T00:00:00Z");
}

TEST_CASE("what is no moment is refused")
{
    for (const char *text : {"",
                             "13-01-2022",
                             "2023-02-29",
                             "2022-13-01",
                             "2022-12-02T24:00:00Z",
                             "2022-12-02T1",
                             "not a date",
                             "2022-12-02T10:00:00X",
                             "0000-01-01",
                             "2022-12-02T10:61",
                             "0001-01-01T00:00:00+01:00",
                             "12345",
                             "99/99/99"})
        CHECK_MESSAGE(!parseDatetime(text).has_value(), text);
}

TEST_CASE("a moment is written trimmed, or with all seven digits")
{
    CHECK(canonical(0) == "1970-01-01T00:00:00Z");
    CHECK(full(0) == "1970-01-01T00:00:00.0000000Z");
    CHECK(full(-1) == "1969-12-31T23:59:59.9999999Z");
    CHECK(canonical(kMinTicks) == "0001-01-01T00:00:00Z");
}

TEST_CASE("every day from year 1 to 9999 goes to its number and back")
{
    std::int64_t number = daysFromCivil(1, 1, 1);
    bool same = true;
    for (int year = 1; year <= 9999; ++year) {
        for (int month = 1; month <= 12; ++month) {
            for (int day = 1; day <= daysInMonth(year, month); ++day, ++number) {
                const CivilDate date = civilFromDays(number);
                same = same && daysFromCivil(year, month, day) == number && date.year == year
                       && date.month == month && date.day == day;
            }
        }
    }
    CHECK(same);
}

TEST_CASE("timespans are read in clock form and as a number with a unit")
{
    CHECK(span(parseTimespan("1.02:03:04.5")) == "1.02:03:04.5000000");
    CHECK(span(parseTimespan("00:10:00")) == "00:10:00");
    CHECK(span(parseTimespan("-00:10")) == "-00:10:00");
    CHECK(span(parseTimespan("1.5h")) == "01:30:00");
    CHECK(span(parseTimespan("10 seconds")) == "00:00:10");
    CHECK(span(parseTimespan("2")) == "2.00:00:00");
    CHECK(span(parseTimespan("1tick")) == "00:00:00.0000001");
    CHECK(span(std::numeric_limits<TickSpan>::min()) == "-10675199.02:48:05.4775808");
    for (const char *text : {"", "-", "1w", "25:00:00", "x", "1:", "1e99d"})
        CHECK_MESSAGE(!parseTimespan(text).has_value(), text);
}

TEST_CASE("a real is written shortest, with a point or an exponent")
{
    CHECK(real(22) == "22.0");
    CHECK(real(-0.5) == "-0.5");
    CHECK(real(0.1 + 0.2) == "0.30000000000000004");
    CHECK(real(100000000000.0) == "100000000000.0");
    CHECK(real(1e20) == "1e+20");
    CHECK(real(-std::numeric_limits<double>::max()) == "-1.7976931348623157e+308");
    CHECK(real(std::numeric_limits<double>::infinity()) == "inf");
    CHECK(real(std::nan("")) == "NaN");
}
