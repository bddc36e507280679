#include "core/storage/database_registry.h"

#include <condition_variable>
#include <filesystem>
#include <list>

namespace sluice {

namespace {

/// Absolute, links followed as far as the path exists.
Result<std::string> canonicalPath(const std::string &path)
{
    std::error_code error;
    const auto canonical =
        std::filesystem::weakly_canonical(std::filesystem::absolute(path, error), error);
    if (error)
        return fail(
            ErrorCode::DatabaseFailed, "cannot follow the path '{}': {}", path, error.message());
    return canonical.string();
}

} // namespace

struct DatabaseRegistry::State
{
    struct Entry
    {
        std::string path;
        FileId id;
        std::weak_ptr<Database> database;
    };

    DatabaseSettings settings;
    FileSystem &files;
    std::mutex mutex;
    std::condition_variable closed;
    std::list<Entry> entries;                 // GUARDED_BY(mutex)
    std::weak_ptr<DatabaseObserver> observer; // GUARDED_BY(mutex)

    State(DatabaseSettings wanted, FileSystem &disk)
        : settings(wanted)
        , files(disk)
    {}

    std::shared_ptr<DatabaseObserver> watching()
    {
        const std::scoped_lock lock(mutex);
        return observer.lock();
    }

    std::list<Entry>::iterator find(const std::string &path, const Result<FileInfo> &info)
    {
        auto entry = entries.begin();
        while (entry != entries.end() && entry->path != path && !(info && entry->id == info->id))
            ++entry;
        return entry;
    }
};

DatabaseRegistry::DatabaseRegistry(DatabaseSettings settings, FileSystem &files)
    : m_state(std::make_shared<State>(settings, files))
{}

Result<std::shared_ptr<Database>> DatabaseRegistry::open(const std::string &path, Missing missing)
{
    TRY_ASSIGN(const std::string canonical, canonicalPath(path));
    State &state = *m_state;
    std::unique_lock lock(state.mutex);
    Result<FileInfo> info = state.files.info(canonical);
    for (auto entry = state.find(canonical, info); entry != state.entries.end();
         entry = state.find(canonical, info)) {
        if (auto database = entry->database.lock()) {
            if (!info || info->id != entry->id)
                return fail(ErrorCode::DatabaseFailed,
                            "the database '{}' was removed or replaced while Sluice has it open",
                            canonical)
                    .hint("Stop every run that writes to it, then try again.");
            return database;
        }
        state.closed.wait(lock); // its last owner is writing the checkpoint
        info = state.files.info(canonical);
    }
    if (info && info->isDirectory)
        return fail(ErrorCode::DatabaseFailed, "'{}' is a folder, not a database file", canonical)
            .hint("Add a file name, such as events.duckdb.");
    if (!info && missing == Missing::Fail)
        return fail(ErrorCode::FileUnreadable, "there is no database file '{}'", canonical);
    if (!info && !state.files.exists(directoryOf(canonical)))
        return fail(ErrorCode::DatabaseFailed,
                    "cannot create the database '{}': its folder does not exist",
                    canonical)
            .hint("Create the folder '" + directoryOf(canonical) + "', or choose another.");

    TRY_ASSIGN(auto opened, Database::open(canonical, state.settings, state.files));
    TRY_ASSIGN(const FileInfo created, state.files.info(canonical));
    const auto entry = state.entries.insert(state.entries.end(), {canonical, created.id, {}});
    const auto signOff = [shared = m_state, entry](Database *database) {
        if (const auto observer = shared->watching())
            observer->closing(database->path());
        delete database; // closes; others wait meanwhile, or they would open the file a second time
        const std::scoped_lock guard(shared->mutex);
        shared->entries.erase(entry);
        shared->closed.notify_all();
    };
    std::shared_ptr<Database> handle(opened.release(), signOff);
    entry->database = handle;
    if (const auto observer = state.observer.lock())
        observer->opened(handle);
    return handle;
}

void DatabaseRegistry::setObserver(const std::shared_ptr<DatabaseObserver> &observer)
{
    std::vector<std::shared_ptr<Database>> open; // let go of when the lock is
    const std::scoped_lock lock(m_state->mutex);
    m_state->observer = observer;
    for (const State::Entry &entry : m_state->entries) {
        if (auto database = entry.database.lock()) {
            observer->opened(database);
            open.push_back(std::move(database));
        }
    }
}

DatabaseRegistry &processDatabases()
{
    static DatabaseRegistry registry;
    return registry;
}

} // namespace sluice
