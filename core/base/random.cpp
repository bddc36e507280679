#include "core/base/random.h"

#include <fmt/format.h>

#include <sys/random.h>
#include <vector>

namespace sluice {

std::string randomId(int bytes)
{
    std::vector<unsigned char> data(static_cast<std::size_t>(bytes));
    std::size_t got = 0;
    while (got < data.size()) {
        const auto n = getrandom(data.data() + got, data.size() - got, 0);
        if (n > 0)
            got += static_cast<std::size_t>(n);
    }
    std::string text;
    for (const unsigned char byte : data)
        text += fmt::format("{:02x}", byte);
    return text;
}

} // namespace sluice
