#include "app/sluice/output.h"

#include <cstdio>

namespace sluice {

void complain(std::string_view text)
{
    fmt::print(stderr, "sluice: {}\n", text);
}

void complain(const Error &error)
{
    complain(describe(error));
}

void print(std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stdout);
}

} // namespace sluice
