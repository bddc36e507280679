#pragma once

#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/event/schema.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// One version of a Delta table, as its log tells it.
/// Source: delta-io/delta, PROTOCOL.md
struct DeltaSnapshot
{
    struct DataFile
    {
        std::string path; // absolute
        std::map<std::string, std::optional<std::string>> partitionValues;
    };

    std::int64_t version = 0;
    std::string id;                                 // of the table; stays the same
    Schema schema;                                  // columns with the event types that are nearest
    std::map<std::string, std::string> columnTypes; // Delta's word of each: "timestamp", "struct"
    std::vector<std::string> partitionColumns;
    std::vector<DataFile> files;

    /// What stands behind FROM to read it with DuckDB.
    std::string fromClause() const;
};

/// Reads the log of the table in `folder`.
/// Errors: IoFailed; FileDamaged for a log with gaps or without metadata; NotSupported for
/// deletion vectors, column mapping and other features that a plain reader must not ignore
Result<DeltaSnapshot> readDeltaSnapshot(const std::string &folder,
                                        FileSystem &files = realFileSystem());

/// The newest version that the log's file names show; cheap, to see whether anything changed.
Result<std::int64_t> latestDeltaVersion(const std::string &folder,
                                        FileSystem &files = realFileSystem());

} // namespace sluice
