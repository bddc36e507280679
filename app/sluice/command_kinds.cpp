#include "app/sluice/commands.h"
#include "app/sluice/kind_help.h"
#include "app/sluice/output.h"

namespace sluice {

int showKinds(const KindsArguments &arguments)
{
    const Catalog &catalog = builtInCatalog();
    if (arguments.kind.empty()) {
        print(arguments.json ? kindListJson(catalog) : kindList(catalog));
        return kExitOk;
    }
    const NodeDescriptor *descriptor = catalog.find(arguments.kind);
    if (descriptor == nullptr) {
        const std::string near = catalog.nearest(arguments.kind);
        complain(fmt::format("there is no kind '{}'. {}",
                             arguments.kind,
                             near.empty() ? "'sluice kinds' lists them."
                                          : fmt::format("Did you mean '{}'?", near)));
        return kExitUsage;
    }
    print(arguments.json ? kindJson(*descriptor) : kindHelp(*descriptor));
    return kExitOk;
}

} // namespace sluice
