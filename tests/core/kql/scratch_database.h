#pragma once

#include "core/storage/database_registry.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <unistd.h>

namespace sluice::kql {

/// A new database file that goes when this does.
class ScratchDatabase
{
public:
    ScratchDatabase()
        : m_folder(std::filesystem::temp_directory_path()
                   / ("sluice_kql_" + std::to_string(getpid()) + "_" + std::to_string(next())))
    {
        std::filesystem::create_directories(m_folder);
        auto database = m_registry.open((m_folder / "cases.duckdb").string());
        if (!database) {
            std::cerr << describe(database.error()) << '\n';
            std::abort();
        }
        m_database = *database;
    }
    ~ScratchDatabase()
    {
        m_database.reset();
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }
    ScratchDatabase(const ScratchDatabase &) = delete;
    ScratchDatabase &operator=(const ScratchDatabase &) = delete;

    Database &database() { return *m_database; }

private:
    static int next()
    {
        static std::atomic<int> number = 0;
        return number++;
    }

    std::filesystem::path m_folder;
    DatabaseRegistry m_registry;
    std::shared_ptr<Database> m_database;
};

} // namespace sluice::kql
