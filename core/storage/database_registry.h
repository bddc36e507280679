#pragma once

#include "core/storage/database.h"

#include <memory>
#include <string>

namespace sluice {

/// Is told which files are open. Thread: any; a call must not open or release a database.
class DatabaseObserver
{
public:
    virtual ~DatabaseObserver() = default;
    virtual void opened(const std::shared_ptr<Database> &database) = 0;
    /// Before the file is closed, when nobody can get it any more.
    virtual void closing(const std::string &path) = 0;
};

/// The one owner of DuckDB files in this process. Two open instances of one file lose rows without
/// an error, so every user of a file gets it from here, whatever name the file goes by.
/// Thread: any. Handles may outlive the registry.
class DatabaseRegistry
{
public:
    explicit DatabaseRegistry(DatabaseSettings settings = {}, FileSystem &files = realFileSystem());

    enum class Missing { Create, Fail };

    /// The database in `path`; the same object for every spelling, link and hard link of it.
    /// @param missing  whether a file that is not there is created; its folder must exist
    /// Errors: DatabaseLocked, DatabaseFailed, FileUnreadable when it is missing and not created
    Result<std::shared_ptr<Database>> open(const std::string &path,
                                           Missing missing = Missing::Create);

    /// From now on, and at once for what is open. One at a time.
    void setObserver(const std::shared_ptr<DatabaseObserver> &observer);

private:
    struct State;
    std::shared_ptr<State> m_state; // shared with the handles, which sign off there
};

/// The registry that programs use; tests may make their own.
DatabaseRegistry &processDatabases();

} // namespace sluice
