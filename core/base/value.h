#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sluice {

class Value;
using ValueList = std::vector<Value>;
/// Keys in the order of the file.
using ValueMap = std::vector<std::pair<std::string, Value>>;

enum class ReferenceKind { Parameter, Environment, Secret };

/// {"param": name}, {"env": name} or {"secret": name}: a value that is looked up before a run.
struct Reference
{
    ReferenceKind kind = ReferenceKind::Parameter;
    std::string name;
    friend bool operator==(const Reference &, const Reference &) = default;
};

/// A config value as the pipeline file holds it. A value; cheap to compare.
class Value
{
public:
    Value() = default;
    Value(bool value)
        : m_data(value)
    {} // NOLINT(google-explicit-constructor)
    Value(std::int64_t value)
        : m_data(value)
    {} // NOLINT(google-explicit-constructor)
    Value(int value)
        : m_data(std::int64_t{value})
    {} // NOLINT(google-explicit-constructor)
    Value(double value)
        : m_data(value)
    {} // NOLINT(google-explicit-constructor)
    Value(std::string value)
        : m_data(std::move(value))
    {} // NOLINT
    Value(std::string_view value)
        : m_data(std::string(value))
    {} // NOLINT
    Value(const char *value)
        : m_data(std::string(value))
    {} // NOLINT
    Value(ValueList value)
        : m_data(std::move(value))
    {} // NOLINT
    Value(ValueMap value)
        : m_data(std::move(value))
    {} // NOLINT
    Value(Reference value)
        : m_data(std::move(value))
    {} // NOLINT

    bool isNull() const { return std::holds_alternative<std::monostate>(m_data); }
    const bool *asBool() const { return std::get_if<bool>(&m_data); }
    const std::int64_t *asInteger() const { return std::get_if<std::int64_t>(&m_data); }
    const double *asReal() const { return std::get_if<double>(&m_data); }
    /// An integer or a real, as a real.
    std::optional<double> asNumber() const;
    const std::string *asString() const { return std::get_if<std::string>(&m_data); }
    const ValueList *asList() const { return std::get_if<ValueList>(&m_data); }
    ValueList *asList() { return std::get_if<ValueList>(&m_data); }
    const ValueMap *asMap() const { return std::get_if<ValueMap>(&m_data); }
    ValueMap *asMap() { return std::get_if<ValueMap>(&m_data); }
    const Reference *asReference() const { return std::get_if<Reference>(&m_data); }

    /// The entry of a map, or null when this is no map or has no such key.
    const Value *find(std::string_view key) const;
    /// Sets or replaces an entry; turns anything but a map into an empty map first.
    void set(std::string_view key, Value value);
    void erase(std::string_view key);

    /// Compact JSON text; references in their file form.
    std::string toJson() const;

    friend bool operator==(const Value &, const Value &) = default;

private:
    std::variant<std::monostate,
                 bool,
                 std::int64_t,
                 double,
                 std::string,
                 ValueList,
                 ValueMap,
                 Reference>
        m_data;
};

} // namespace sluice
