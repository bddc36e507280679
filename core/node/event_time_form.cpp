#include "core/node/event_time_form.h"

#include "core/event/event_time_reader.h"

#include <map>

namespace sluice {

namespace {

FieldSpec formatMember()
{
    const std::map<std::string_view, std::string> labels{{"any", "text, or a number since 1970"},
                                                         {"unix_s", "seconds since 1970"},
                                                         {"unix_ms", "milliseconds since 1970"},
                                                         {"unix_us", "microseconds since 1970"},
                                                         {"unix_ns", "nanoseconds since 1970"}};
    FieldBuilder format = choiceField("format").label("Written as").defaultTo("any");
    for (const std::string &name : eventTimeFormatNames()) {
        const auto label = labels.find(name);
        std::move(format).choice(name, label == labels.end() ? name : label->second);
    }
    return std::move(format); // a specification of it
}

} // namespace

FieldBuilder eventTimeForm(std::string_view name)
{
    return field(name, FieldType::EventTime)
        .member(columnField("field")
                    .label("Column")
                    .help("Left out: the record's own time, else its arrival.")
                    .example("timestamp"))
        .member(formatMember())
        .member(field("time_zone", FieldType::TimeZone)
                    .label("Time zone")
                    .help("Of texts that say no offset; left out: UTC.")
                    .example("Europe/Paris"))
        .member(durationField("max_out_of_orderness")
                    .label("Late by up to")
                    .help("So far an event may be behind the latest one of its partition.")
                    .example("5s")
                    .atLeast(0))
        .member(durationField("idle_timeout")
                    .label("Idle after")
                    .help("A partition that is silent for so long is not waited for; 1m unless "
                          "said otherwise, 0s: it always is.")
                    .example("1m")
                    .atLeast(0));
}

} // namespace sluice
