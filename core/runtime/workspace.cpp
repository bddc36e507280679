#include "core/runtime/workspace.h"

#include <nlohmann/json.hpp>

#include <array>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace sluice {

namespace {

using Json = nlohmann::json;

Json schemaToJson(const Schema &schema)
{
    Json columns = Json::array();
    for (const SchemaColumn &column : visibleColumns(schema))
        columns.push_back({{"name", column.name}, {"type", typeName(column.type)}});
    return columns;
}

Schema schemaFromJson(const Json &columns)
{
    Schema schema;
    schema.open = true;
    schema.whole = true;
    for (const Json &column : columns) {
        schema.columns.push_back(
            {column.value("name", std::string()),
             typeFromName(column.value("type", std::string())).value_or(ColumnType::Dynamic)});
    }
    return schema;
}

std::string readPid(int descriptor)
{
    std::array<char, 32> text{};
    const ssize_t n = pread(descriptor, text.data(), text.size() - 1, 0);
    std::string pid(text.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
    while (!pid.empty() && pid.back() == '\n')
        pid.pop_back();
    return pid;
}

} // namespace

Workspace::~Workspace()
{
    close(m_lock);
}

Result<std::unique_ptr<Workspace>> Workspace::open(const std::string &pipelinePath,
                                                   const std::string &workspaceOption,
                                                   FileSystem &files)
{
    const std::string base = workspaceOption.empty() ? directoryOf(pipelinePath) : workspaceOption;
    const std::string folder = joinPath(joinPath(base, ".sluice"), fileNameOf(pipelinePath));
    if (auto created = files.createDirectories(folder); !created)
        return fail(ErrorCode::WorkspaceUnwritable, "{}", created.error().message)
            .hint("Runs keep their progress there. Choose another folder with --workspace DIR.");
    const std::string lockPath = joinPath(folder, "lock");
    const int lock = ::open(lockPath.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
        return fail(ErrorCode::WorkspaceUnwritable, "cannot write to the folder '{}'", folder)
            .hint("Runs keep their progress there. Choose another folder with --workspace DIR.");
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        const std::string pid = readPid(lock);
        close(lock);
        return fail(ErrorCode::WorkspaceLocked,
                    "this pipeline is already running, in process {}",
                    pid.empty() ? "unknown" : pid)
            .hint(
                "Stop that run first, or give this one a folder of its own with --workspace DIR.");
    }
    const std::string pid = fmt::format("{}\n", getpid());
    if (ftruncate(lock, 0) != 0 || pwrite(lock, pid.data(), pid.size(), 0) < 0) {
        close(lock);
        return fail(ErrorCode::WorkspaceUnwritable, "cannot write to '{}'", lockPath);
    }
    return std::unique_ptr<Workspace>(new Workspace(folder, lock, files));
}

std::string Workspace::progressPath() const
{
    return joinPath(m_folder, "progress.json");
}

Result<std::optional<Progress>> Workspace::loadProgress() const
{
    if (!m_files->exists(progressPath()))
        return std::optional<Progress>();
    TRY_ASSIGN(const std::string text, m_files->readAll(progressPath()));
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded() || !json.is_object() || !json.contains("positions"))
        return fail(ErrorCode::ProgressDamaged, "'{}' is damaged", progressPath())
            .hint("Start with --from-start to begin anew.");
    Progress progress;
    progress.epoch = json.value("epoch", std::uint64_t{0});
    for (const auto &[node, position] : json["positions"].items())
        progress.positions[node] = position.dump();
    if (json.contains("inferred")) {
        for (const auto &[node, columns] : json["inferred"].items())
            progress.inferred[node] = schemaFromJson(columns);
    }
    return std::optional<Progress>(std::move(progress));
}

Result<void> Workspace::saveProgress(const Progress &progress)
{
    Json json{{"version", 1}, {"epoch", progress.epoch}};
    json["positions"] = Json::object();
    for (const auto &[node, position] : progress.positions)
        json["positions"][node] = Json::parse(position, nullptr, false);
    json["inferred"] = Json::object();
    for (const auto &[node, schema] : progress.inferred)
        json["inferred"][node] = schemaToJson(schema);
    constexpr unsigned kPrivate = 0600;
    return m_files->replaceAtomically(progressPath(), json.dump(1) + "\n", kPrivate);
}

Result<void> Workspace::clearProgress()
{
    TRY(m_files->remove(progressPath()));
    return m_files->syncDirectory(m_folder);
}

} // namespace sluice
