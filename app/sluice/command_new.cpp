#include "app/sluice/commands.h"
#include "app/sluice/output.h"
#include "core/base/file_system.h"
#include "core/event/schema.h"
#include "core/pipeline/templates.h"

namespace sluice {

namespace {

int listTemplates()
{
    for (const PipelineTemplate &offered : pipelineTemplates())
        print(fmt::format("{:18}  {}\n", offered.name, offered.description));
    return kExitOk;
}

int unknownTemplate(const std::string &name)
{
    std::vector<std::string> names;
    for (const PipelineTemplate &offered : pipelineTemplates())
        names.push_back(offered.name);
    const auto near = nearestName(name, names);
    complain(fmt::format("there is no template '{}'. {}",
                         name,
                         near ? fmt::format("Did you mean '{}'?", *near)
                              : fmt::format("Templates are {}.", fmt::join(names, ", "))));
    return kExitUsage;
}

Result<void> writeNew(const std::string &path, std::string_view text)
{
    FileSystem &files = realFileSystem();
    if (files.exists(path)) {
        return fail(ErrorCode::FileExists, "'{}' is already there", path)
            .hint("Name another file: sluice new TEMPLATE FILE");
    }
    // CreateNew fails, too, when somebody else made the file in between.
    TRY_ASSIGN(const auto file, files.openWrite(path, WriteMode::CreateNew));
    TRY(file->write(text));
    return file->sync();
}

} // namespace

int newPipeline(const NewArguments &arguments)
{
    if (arguments.name.empty())
        return listTemplates();
    const PipelineTemplate *wanted = findTemplate(arguments.name);
    if (wanted == nullptr)
        return unknownTemplate(arguments.name);
    const std::string path =
        arguments.path.empty() ? wanted->name + ".sluice.json" : arguments.path;
    if (auto written = writeNew(path, wanted->text); !written) {
        complain(written.error());
        return written.error().code == ErrorCode::FileExists ? kExitUsage : kExitFailed;
    }
    print(fmt::format("{}: {}\nRun it: sluice run {}\n", path, wanted->description, path));
    return kExitOk;
}

} // namespace sluice
