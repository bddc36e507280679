#include "core/event/schema_inference.h"

#include "core/event/json_value_type.h"

namespace sluice {

Schema inferSchema(const std::vector<std::string> &records)
{
    Schema schema;
    schema.open = true;
    schema.whole = true;
    std::vector<bool> seen; // a type is known; a column of nulls alone has none
    simdjson::dom::parser parser;
    for (const std::string &record : records) {
        simdjson::dom::object object;
        if (parser.parse(record).get_object().get(object) != simdjson::SUCCESS)
            continue;
        for (const auto &[key, value] : object) {
            const auto type = jsonValueType(value);
            const auto index = schema.find(key);
            if (!index) {
                schema.columns.push_back({std::string(key), type.value_or(ColumnType::Dynamic)});
                seen.push_back(type.has_value());
            } else if (type && !seen[*index]) {
                schema.columns[*index].type = *type;
                seen[*index] = true;
            } else if (type) {
                ColumnType &known = schema.columns[*index].type;
                known = widenedType(known, *type);
            }
        }
    }
    return schema;
}

} // namespace sluice
