#include "core/base/time_zone.h"

#include <date/tz.h>

namespace sluice {

namespace {

using TickDuration = std::chrono::duration<std::int64_t, std::ratio<1, kTicksPerSecond>>;

date::sys_seconds secondOf(Ticks ticks)
{
    return date::floor<std::chrono::seconds>(date::sys_time<TickDuration>(TickDuration(ticks)));
}

} // namespace

struct TimeZone::Data
{
    const date::time_zone *zone = nullptr; // of the library's table, which lives to the end
};

TimeZone::TimeZone(std::shared_ptr<const Data> data)
    : m_data(std::move(data))
{}
TimeZone::TimeZone(const TimeZone &) = default;
TimeZone &TimeZone::operator=(const TimeZone &) = default;
TimeZone::~TimeZone() = default;

std::unique_ptr<TimeZone> TimeZone::find(std::string_view name)
{
    if (name.empty())
        return nullptr;
    try {
        auto data = std::make_shared<Data>();
        data->zone = date::locate_zone(std::string(name));
        return std::unique_ptr<TimeZone>(
            new TimeZone(std::move(data))); // the constructor is hidden
    } catch (const std::exception &) {
        return nullptr;
    }
}

std::vector<std::string> TimeZone::names()
{
    std::vector<std::string> names;
    try {
        const date::tzdb &database = date::get_tzdb();
        for (const date::time_zone &zone : database.zones)
            names.push_back(zone.name());
    } catch (const std::exception &) {
        names.clear(); // no tz database on this machine
    }
    return names;
}

Ticks TimeZone::toLocal(Ticks utc) const
{
    return utc + m_data->zone->get_info(secondOf(utc)).offset.count() * kTicksPerSecond;
}

Ticks TimeZone::toUtc(Ticks local) const
{
    const date::local_seconds time(secondOf(local).time_since_epoch());
    const date::local_info info = m_data->zone->get_info(time);
    const auto offset =
        info.result == date::local_info::unique ? info.first.offset : info.second.offset;
    return local - offset.count() * kTicksPerSecond;
}

} // namespace sluice
