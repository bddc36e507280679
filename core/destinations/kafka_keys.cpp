#include "core/destinations/kafka_keys.h"

#include "core/event/json_encoder.h"
#include "core/event/json_text.h"

namespace sluice {

namespace {

/// Appends the key of one row. @return false when it has none
bool appendKey(const Column &column, std::size_t row, ByteBuffer &bytes, Arena &arena)
{
    if (column.valid[row] == 0)
        return false;
    if (column.type == ColumnType::String || column.type == ColumnType::Guid) {
        bytes.append(column.texts[row]);
        return true;
    }
    if (column.type == ColumnType::Dynamic) {
        const std::string_view token = column.texts[row];
        if (token == "null")
            return false;
        bytes.append(!token.empty() && token.front() == '"' ? unescapeJsonString(token, arena)
                                                            : token);
        return true;
    }
    appendJsonValue(bytes, column, row);
    return true;
}

} // namespace

Result<KafkaKeys>
KafkaKeys::create(const std::string &key, const Schema &schema, const NodeContext &context)
{
    KafkaKeys keys;
    if (schema.find(key)) { // also names that are no KQL identifiers
        keys.m_columns = {key};
        return keys;
    }
    TRY_ASSIGN(keys.m_expression, kql::compileOrFail(key, {&schema, &context.parameters}));
    keys.m_columns = keys.m_expression->columns();
    for (const std::string &name : keys.m_columns)
        keys.m_places.push_back(schema.find(name).value_or(schema.columns.size()));
    keys.m_evaluators = std::make_shared<Pool<std::unique_ptr<kql::Evaluator>>>();
    keys.m_clock = context.clock;
    return keys;
}

Result<ColumnPtr> KafkaKeys::column(const Batch &batch) const
{
    if (!m_expression) {
        const auto place = batch.schema->find(m_columns.front());
        return place && *place < batch.columns.size() ? batch.columns[*place] : nullptr;
    }
    const auto evaluator = m_evaluators->take();
    if (!*evaluator)
        *evaluator = std::make_unique<kql::Evaluator>(m_expression, m_places);
    TRY_ASSIGN(const ColumnPtr values, (*evaluator)->evaluate(batch, m_clock->now()));
    return values;
}

Result<void> KafkaKeys::compute(const Batch &batch, KafkaKeyList &keys) const
{
    TRY_ASSIGN(const ColumnPtr values, column(batch));
    Arena arena;
    batch.selection.forEach([&](std::size_t row) {
        keys.present.push_back(values && appendKey(*values, row, keys.bytes, arena));
        keys.ends.push_back(keys.bytes.size());
    });
    return {};
}

} // namespace sluice
