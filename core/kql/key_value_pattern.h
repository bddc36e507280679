#pragma once

#include "core/kql/query.h"
#include "core/kql/regex.h"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// The pairs that `parse-kv` takes out of texts. Immutable. Thread: any.
class KeyValuePattern
{
public:
    /// Errors: WrongArguments for a regular expression without two groups
    static Result<std::shared_ptr<const KeyValuePattern>> compile(const ParseKv &parse);

    /// Writes the value of each wanted key, the first one where a key repeats; "" and null where
    /// there is none. @param results  one a column of ParseKv, in its order
    void take(std::string_view text, std::span<Column *const> results, std::size_t row) const;

private:
    struct Found;
    explicit KeyValuePattern(const ParseKv &parse)
        : m_parse(parse)
    {}
    void byRegex(std::string_view text, Found &found) const;
    void byDelimiters(std::string_view text, Found &found) const;
    std::string_view readQuoted(std::string_view *text, std::string *storage, bool *quoted) const;
    std::size_t endOfValue(std::string_view text) const;

    ParseKv m_parse;
    RegexPtr m_regex; // null: by delimiters
};

} // namespace sluice::kql
