#pragma once

#include "core/base/file_system.h"
#include "core/event/schema.h"
#include "core/node/config.h"
#include "core/node/field_spec.h"
#include "core/storage/database_registry.h"
#include "core/storage/table_reader.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// A table outside that events are looked up in: the `reference` field of a join.
struct ReferenceSpec
{
    std::string path;    // file; folder of a Delta table
    std::string format;  // csv, ndjson, parquet, delta, duckdb
    std::string table;   // duckdb: its name
    Schema declared;     // empty: what the file says
    std::string refresh; // on_change, never, or a duration
    std::string versionTime;
    std::size_t maxRows = 0;

    static ReferenceSpec fromConfig(const Config &reference);
    /// Equal for equal specs.
    std::string key() const;
};

/// The form of the `reference` field.
FieldSpec referenceField(std::string_view name);
/// What says where a table is and how it is read: members of a field of a kind's own.
/// @param mostRows  more are refused
std::vector<FieldSpec> referenceMembers(std::int64_t mostRows);
/// What is wrong with it beyond its members: a refresh that is no duration, a table without name.
std::optional<Error> checkReference(const ReferenceSpec &spec);

/// What a reference looked like when it was read; another value means that it has changed.
using ReferenceStamp = std::string;

/// Errors: IoFailed when it is not there
Result<ReferenceStamp> referenceStamp(const ReferenceSpec &spec, FileSystem &files);

/// Its columns: those declared, or what the file says. Remembered as long as the file does not
/// change, so that it is quick while somebody types.
Result<Schema> referenceSchema(const ReferenceSpec &spec, FileSystem &files);

/// All its rows. @param wanted  columns to read
Result<TableColumns> readReference(const ReferenceSpec &spec,
                                   const Schema &wanted,
                                   FileSystem &files,
                                   DatabaseRegistry &databases);

} // namespace sluice
