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
    const kql::FunctionInfo *function = kql::findFunctionInfo(arguments.function);
    if (function == nullptr) {
        std::vector<std::string> names;
        for (const kql::FunctionInfo &known : kql::functionList())
            names.emplace_back(known.name);
        const auto near = nearestName(arguments.function, names);
        complain(fmt::format("there is no function '{}'. {}",
                             arguments.function,
                             near ? fmt::format("Did you mean '{}'?", *near)
                                  : "'sluice kql' lists them."));
        return kExitUsage;
    }
    print(kql::functionHelp(*function));
    return kExitOk;
}

} // namespace sluice
