#include "core/event/datetime.h"
#include "core/event/event_time_reader.h"

#include <doctest/doctest.h>

using namespace sluice;

namespace {

Ticks at(std::string_view text)
{
    return parseIsoDatetime(text).value();
}

} // namespace

TEST_CASE("numbers count what the format says, else what their size tells")
{
    const Ticks moment = at("2026-01-01T00:00:00.5Z");
    EventTimeReader any(EventTimeFormat::Any, {});
    CHECK(any.ofNumber(std::int64_t{1767225600}) == at("2026-01-01T00:00:00Z"));
    CHECK(any.ofNumber(std::int64_t{1767225600500}) == moment);
    CHECK(any.ofNumber(std::int64_t{1767225600500000}) == moment);
    CHECK(any.ofNumber(std::int64_t{1767225600500000000}) == moment);
    CHECK(any.ofNumber(1767225600.5) == moment);
    EventTimeReader milliseconds(EventTimeFormat::Milliseconds, {});
    CHECK(milliseconds.ofNumber(std::int64_t{1500}) == at("1970-01-01T00:00:01.5Z"));
    CHECK(milliseconds.ofNumber(1e300) == kNoTicks);
}

TEST_CASE("texts without an offset are of the time zone, summer time and all")
{
    EventTimeReader paris(EventTimeFormat::Any, "Europe/Paris");
    CHECK(paris.ofText("2026-01-01T12:00:00") == at("2026-01-01T11:00:00Z"));
    CHECK(paris.ofText("2026-07-01 12:00:00") == at("2026-07-01T10:00:00Z"));
    CHECK(paris.ofText("2026-07-01") == at("2026-06-30T22:00:00Z"));
    CHECK(paris.ofText("2026-07-01T12:00:00Z") == at("2026-07-01T12:00:00Z"));
    CHECK(paris.ofText("2026-07-01T12:00:00-05:00") == at("2026-07-01T17:00:00Z"));
    CHECK(paris.ofText("soon") == kNoTicks);
}

TEST_CASE("a JSON value is read by what it is")
{
    EventTimeReader reader(EventTimeFormat::Seconds, {});
    CHECK(reader.ofJson("\"1970-01-01T00:00:02Z\"") == 2 * kTicksPerSecond);
    CHECK(reader.ofJson("2") == 2 * kTicksPerSecond);
    CHECK(reader.ofJson("2.5") == 25'000'000);
    CHECK(reader.ofJson("null") == kNoTicks);
    CHECK(reader.ofJson("[2]") == kNoTicks);
}
