#pragma once

#include "core/base/time.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A time zone of the tz database, by its name: "Europe/Paris", "US/Eastern", "UTC".
/// Thread: any. Copies share what was loaded.
class TimeZone
{
public:
    TimeZone(const TimeZone &);
    TimeZone &operator=(const TimeZone &);
    ~TimeZone();

    /// Null for a name that the system's tz database does not have.
    static std::unique_ptr<TimeZone> find(std::string_view name);
    static std::vector<std::string> names();

    Ticks toLocal(Ticks utc) const;
    /// A time that a clock change leaves out or shows twice is read with the offset that holds
    /// after the change, as Kusto does.
    Ticks toUtc(Ticks local) const;

private:
    struct Data;
    explicit TimeZone(std::shared_ptr<const Data> data);

    std::shared_ptr<const Data> m_data; // shared by copies
};

} // namespace sluice
