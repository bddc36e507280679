#pragma once

#include "core/kql/stream_query.h"
#include "core/node/node_descriptor.h"
#include "core/operators/reference_store.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

inline constexpr std::string_view kKqlReferences = "references";

/// The form of the reference tables that a query may name.
FieldSpec kqlReferencesField();
/// What is wrong with them beyond their members. @param inputs  names that are taken
std::vector<SchemaProblem> checkKqlReferences(const Config &config,
                                              const std::vector<std::string> &inputs);

/// The tables without their rows: what a query is checked against. A table that cannot be read is
/// a problem, and is left out.
std::vector<kql::StreamReference> kqlReferenceSchemas(const Config &config,
                                                      const NodeContext &context,
                                                      std::vector<SchemaProblem> *problems);

/// The tables of one node while it runs. Thread: one at a time.
class KqlReferences
{
public:
    /// Errors: as ReferenceStore::open()
    static Result<KqlReferences> open(const Config &config, const NodeContext &context);

    /// Whether a table has changed since rows() was last asked. Says in the log what was read.
    bool changed();
    /// The tables with their rows of now.
    std::vector<kql::StreamReference> rows();

private:
    struct Table
    {
        std::string name;
        kql::SchemaPtr schema;
        std::shared_ptr<ReferenceStore> store; // shared by the workers' instances
        std::shared_ptr<const ReferenceTable> seen;
    };
    std::vector<Table> m_tables;
    std::function<void(const std::string &)> m_log;
};

} // namespace sluice
