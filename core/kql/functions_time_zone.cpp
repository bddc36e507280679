// datetime_utc_to_local, datetime_local_to_utc, datetime_list_timezones.
#include "core/base/time_zone.h"
#include "core/event/datetime.h"
#include "core/kql/constant.h"
#include "core/kql/function.h"
#include "core/kql/json_text.h"

namespace sluice::kql {

namespace {

using Long = std::int64_t;

Result<std::shared_ptr<const void>> prepareZone(std::span<const NodePtr> arguments)
{
    if (!arguments[1]->isConstant())
        return std::shared_ptr<const void>();
    const std::string_view name = arguments[1]->constant->texts[0];
    std::shared_ptr<const TimeZone> zone = TimeZone::find(name);
    if (!zone)
        return fail(ErrorCode::WrongArguments, "there is no time zone '{}'", name)
            .hint("Write a name of the tz database, such as 'Europe/Paris' or 'US/Eastern'.");
    return std::shared_ptr<const void>(std::move(zone));
}

template<bool kToLocal>
std::optional<Long> convert(Call &call, Ticks ticks, std::string_view name)
{
    const auto found = call.hasState() ? nullptr : TimeZone::find(name);
    if (!call.hasState() && !found)
        return std::nullopt;
    const TimeZone &zone = found ? *found : call.state<TimeZone>();
    const Ticks moved = kToLocal ? zone.toLocal(ticks) : zone.toUtc(ticks);
    return isValidTicks(moved) ? std::optional<Long>(moved) : std::nullopt;
}

std::string_view listZones(Call &call)
{
    std::string &json = call.scratch.text;
    json = "[";
    for (const std::string &name : TimeZone::names()) {
        if (json.size() > 1)
            json += ',';
        jsonQuote(name, &json);
    }
    json += ']';
    return call.keep(json);
}

} // namespace

std::vector<Function> timeZoneFunctions()
{
    return {
        {.name = "datetime_utc_to_local",
         .help = "A moment in UTC as the clocks of a time zone show it.",
         .example = "datetime_utc_to_local(timestamp, 'Europe/Paris')",
         .overloads = {{"moment: datetime, zone: string -> datetime",
                        rows<convert<true>>,
                        prepareZone}}},
        {.name = "datetime_local_to_utc",
         .help = "What the clocks of a time zone show, in UTC.",
         .example = "datetime_local_to_utc(timestamp, 'Europe/Paris')",
         .overloads = {{"moment: datetime, zone: string -> datetime",
                        rows<convert<false>>,
                        prepareZone}}},
        {.name = "datetime_list_timezones",
         .help = "The names of all time zones.",
         .example = "datetime_list_timezones()",
         .overloads = {{" -> dynamic", rows<listZones>}}},
    };
}

} // namespace sluice::kql
