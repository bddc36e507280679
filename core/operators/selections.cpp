#include "core/operators/selections.h"

namespace sluice {

Selection without(const Selection &all, const Selection &some)
{
    auto rows = takeSelection();
    std::size_t next = 0;
    all.forEach([&](std::size_t row) {
        if (next < some.size() && some[next] == row)
            ++next;
        else
            rows->push_back(static_cast<std::uint16_t>(row));
    });
    return Selection(std::move(rows));
}

} // namespace sluice
