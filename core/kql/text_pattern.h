#pragma once

#include "core/kql/query.h"
#include "core/kql/regex.h"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// The pattern of `parse`, compiled: takes texts apart. Immutable. Thread: any.
class TextPattern
{
public:
    /// Errors: WrongArguments for a regular expression that does not compile
    static Result<std::shared_ptr<const TextPattern>> compile(const Parse &parse);

    /// Writes the captured columns of one text, or nothing ("" and null) when it does not match.
    /// @param results  one a column of the pattern, in its order
    /// @return whether the text matched and, unless relaxed, every value has its type
    bool take(std::string_view text, std::span<Column *const> results, std::size_t row) const;

    const std::vector<SchemaColumn> &columns() const { return m_columns; }

private:
    TextPattern() = default;

    RegexPtr m_regex; // shared with nobody; RE2 cannot be moved
    std::vector<SchemaColumn> m_columns;
    std::vector<int> m_groups; // of each column
    int m_groupCount = 0;
    bool m_relaxed = false;
};

} // namespace sluice::kql
