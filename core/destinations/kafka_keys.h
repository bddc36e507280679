#pragma once

#include "core/event/batch.h"
#include "core/event/byte_buffer.h"
#include "core/event/pool.h"
#include "core/kql/expression.h"
#include "core/node/node_context.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// The keys of a batch's selected rows, as bytes.
struct KafkaKeyList
{
    ByteBuffer bytes;
    std::vector<std::size_t> ends; // one a row; behind its key in `bytes`
    std::vector<bool> present;     // false: the row has no key
};

/// Computes the key of events: a column, or a path into one. Thread: any.
class KafkaKeys
{
public:
    /// Errors: as kql::compile, when `key` is neither
    static Result<KafkaKeys>
    create(const std::string &key, const Schema &schema, const NodeContext &context);

    /// A text is its own bytes, anything else its JSON; null is no key.
    Result<void> compute(const Batch &batch, KafkaKeyList &keys) const;
    /// Names of the columns that it reads.
    const std::vector<std::string> &columns() const { return m_columns; }

private:
    Result<ColumnPtr> column(const Batch &batch) const;

    std::vector<std::string> m_columns;
    kql::ExpressionPtr m_expression; // null: the key is the first of m_columns itself
    const Clock *m_clock = nullptr;
    std::vector<std::size_t> m_places;
    std::shared_ptr<Pool<std::unique_ptr<kql::Evaluator>>> m_evaluators; // shared by copies
};

} // namespace sluice
