#include "app/sluice/commands.h"
#include "app/sluice/output.h"
#include "core/event/schema.h"
#include "core/kql/language_page.h"

#include <fmt/format.h>

namespace sluice {

int showLanguage(const LanguageArguments &arguments)
{
    if (arguments.page) {
        print(kql::languagePage());
        return kExitOk;
    }
    if (arguments.function.empty()) {
        print(kql::functionIndex());
        return kExitOk;
    }
    const auto help = kql::helpOf(arguments.function);
    if (!help) {
        const auto near = nearestName(arguments.function, kql::helpNames());
        complain(fmt::format("there is no function '{}'. {}",
                             arguments.function,
                             near ? fmt::format("Did you mean '{}'?", *near)
                                  : "'sluice kql' lists them."));
        return kExitUsage;
    }
    print(*help);
    return kExitOk;
}

} // namespace sluice
