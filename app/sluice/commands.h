#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace sluice {

struct CheckArguments
{
    std::string file;
    std::map<std::string, std::string> parameters;
    bool json = false;
};

/// Prints every diagnostic of a pipeline. @return 0 without errors, else 2
int checkPipeline(const CheckArguments &arguments);

struct KindsArguments
{
    std::string kind; // empty: all
    bool json = false;
};

/// Lists the kinds, or prints the help of one.
int showKinds(const KindsArguments &arguments);

struct LanguageArguments
{
    std::string function; // empty: all
    bool page = false;
};

/// Lists the functions of KQL, explains one, or prints the language page.
int showLanguage(const LanguageArguments &arguments);

struct NewArguments
{
    std::string name; // empty: lists the templates
    std::string path; // empty: NAME.sluice.json in the current folder
};

/// Writes a template to a file; never over one that is there.
int newPipeline(const NewArguments &arguments);

enum class QueryFormat { Table, Ndjson, Csv, Parquet };

struct QueryArguments
{
    std::string database;
    std::string query; // or from `file`
    std::string file;
    bool sql = false;
    QueryFormat format = QueryFormat::Table;
    std::string output; // empty: standard output, which takes no Parquet
    std::size_t rowLimit = 100'000;
    std::chrono::milliseconds timeLimit{0}; // 0: none
};

/// Asks a database file in KQL or SQL and prints what it answers, or writes it to a
/// file. Reads only; a database that another process has open is asked there.
int queryDatabase(QueryArguments arguments);

struct CheckpointArguments
{
    std::string file; // the pipeline's
    std::string workspace;
    std::optional<std::uint64_t> epoch; // nothing: the newest, or all
    std::optional<bool> applied;        // restore: what counts for output that is on its way
};

/// Lists the checkpoints of a pipeline, newest first; shows one; makes the next run go on from an
/// older one; removes one or all. Those that change something need the pipeline to stand still.
int showCheckpoints(const CheckpointArguments &arguments);
int inspectCheckpoint(const CheckpointArguments &arguments);
int restoreCheckpoints(const CheckpointArguments &arguments);
int dropCheckpoint(const CheckpointArguments &arguments);

/// Stores a secret read from standard input; without echo on a terminal.
int setSecret(const std::string &name);
int removeSecret(const std::string &name);
int listSecrets();

} // namespace sluice
