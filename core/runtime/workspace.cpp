#include "core/runtime/workspace.h"

#include "core/runtime/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace sluice {

namespace {

constexpr std::string_view kPrefix = "checkpoint-";
constexpr std::size_t kKept = 3;
constexpr const char *kOldProgress = "progress.json";

} // namespace

std::string Workspace::folderOf(const std::string &pipelinePath, const std::string &workspaceOption)
{
    const std::string base = workspaceOption.empty() ? directoryOf(pipelinePath) : workspaceOption;
    return joinPath(joinPath(base, ".sluice"), fileNameOf(pipelinePath));
}

Result<std::unique_ptr<Workspace>> Workspace::open(const std::string &pipelinePath,
                                                   const std::string &workspaceOption,
                                                   FileSystem &files,
                                                   ProcessLock::Held held)
{
    const std::string folder = folderOf(pipelinePath, workspaceOption);
    if (auto created = files.createDirectories(folder); !created)
        return fail(ErrorCode::WorkspaceUnwritable, "{}", created.error().message)
            .hint("Runs keep their progress there. Choose another folder with --workspace DIR.");
    TRY_ASSIGN(ProcessLock lock, ProcessLock::take(joinPath(folder, "lock"), held));
    return std::unique_ptr<Workspace>(new Workspace(folder, std::move(lock), files));
}

std::string Workspace::checkpointPath(std::uint64_t epoch) const
{
    // Digits enough for every epoch: names sort as numbers do.
    return joinPath(m_folder, fmt::format("{}{:020}", kPrefix, epoch));
}

Result<std::vector<std::string>> Workspace::checkpointNames(const std::string &folder,
                                                            FileSystem &files)
{
    TRY_ASSIGN(std::vector<std::string> names, files.list(folder));
    constexpr std::size_t kDigits = 20;
    std::erase_if(names, [](const std::string &name) {
        return name.size() != kPrefix.size() + kDigits || !name.starts_with(kPrefix);
    });
    std::sort(names.begin(), names.end(), std::greater<>());
    return names;
}

std::uint64_t Workspace::epochOf(const std::string &checkpointName)
{
    return std::strtoull(checkpointName.c_str() + kPrefix.size(), nullptr, 10);
}

Result<std::optional<Progress>> Workspace::loadProgress(std::vector<std::string> *skipped) const
{
    TRY_ASSIGN(const std::vector<std::string> names, checkpointNames(m_folder, *m_files));
    if (names.empty() && m_files->exists(joinPath(m_folder, kOldProgress)))
        return fail(ErrorCode::ProgressMismatch,
                    "the progress in '{}' was written by an earlier version of Sluice",
                    m_folder)
            .hint("Start with --from-start to begin anew.");
    std::optional<Error> first;
    for (const std::string &name : names) {
        constexpr std::int64_t kNoLimit = std::int64_t{1} << 40;
        auto bytes = m_files->readAll(joinPath(m_folder, name), kNoLimit);
        auto progress =
            bytes ? decodeCheckpoint(*bytes) : Result<Progress>(fail(std::move(bytes).error()));
        if (progress)
            return std::optional<Progress>(std::move(*progress));
        if (skipped != nullptr)
            skipped->push_back(fmt::format("'{}': {}", name, progress.error().message));
        if (!first)
            first = std::move(progress).error();
    }
    if (!first)
        return std::optional<Progress>();
    return fail(ErrorCode::ProgressDamaged, "{} in '{}'", first->message, m_folder)
        .hint(first->hint.empty() ? "Start with --from-start to begin anew." : first->hint);
}

Result<std::uint64_t> Workspace::saveProgress(const Progress &progress)
{
    const std::string bytes = encodeCheckpoint(progress);
    TRY(m_files->replaceAtomically(checkpointPath(progress.epoch), bytes, kPrivateFile));
    TRY_ASSIGN(const std::vector<std::string> names, checkpointNames(m_folder, *m_files));
    for (std::size_t i = kKept; i < names.size(); ++i)
        TRY(m_files->remove(joinPath(m_folder, names[i])));
    return bytes.size();
}

Result<void> Workspace::removeOutboxes(const std::set<std::string> &except)
{
    TRY_ASSIGN(const std::vector<std::string> names, m_files->list(m_folder));
    for (const std::string &name : names) {
        if (Outbox::isFileName(name) && !except.contains(name))
            TRY(m_files->remove(joinPath(m_folder, name)));
    }
    return {};
}

Result<void> Workspace::clearProgress()
{
    TRY_ASSIGN(const std::vector<std::string> names, checkpointNames(m_folder, *m_files));
    // The oldest first: whatever a crash leaves is the newest.
    for (std::size_t i = names.size(); i-- > 0;)
        TRY(m_files->remove(joinPath(m_folder, names[i])));
    if (m_files->exists(joinPath(m_folder, kOldProgress)))
        TRY(m_files->remove(joinPath(m_folder, kOldProgress)));
    TRY(m_files->syncDirectory(m_folder));
    return removeOutboxes({}); // nothing names them any more
}

} // namespace sluice
