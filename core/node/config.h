#pragma once

#include "core/base/time.h"
#include "core/base/value.h"
#include "core/event/parameter_value.h"
#include "core/event/schema.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A node's config after references were looked up, defaults filled in and everything checked.
/// Reading a field that the kind has is therefore plain; a missing optional one reads as empty.
/// A Path field is absolute. Copied into the node; thread: any.
class Config
{
public:
    Config() = default;
    explicit Config(ValueMap values)
        : m_values(std::move(values))
    {}

    const Value &value(std::string_view field) const; // null value when not set
    bool has(std::string_view field) const { return !value(field).isNull(); }
    std::string text(std::string_view field) const;
    bool boolean(std::string_view field) const;
    std::int64_t integer(std::string_view field) const;
    double real(std::string_view field) const;
    TickSpan duration(std::string_view field) const;
    std::int64_t byteSize(std::string_view field) const;
    std::vector<std::string> texts(std::string_view field) const;
    /// [{"name","type"}] of a SchemaColumns field.
    std::vector<SchemaColumn> schemaColumns(std::string_view field) const;
    /// The object of a Group field, its defaults filled in; empty when it is not set.
    Config group(std::string_view field) const;
    /// The objects of a Rows field.
    std::vector<Config> rows(std::string_view field) const;
    const ValueMap &values() const { return m_values; }
    void set(std::string_view field, Value value);

private:
    ValueMap m_values;
};

} // namespace sluice
