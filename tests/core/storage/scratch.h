#pragma once

#include "core/storage/database.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace sluice::test {

/// An empty folder that goes with the test.
class Scratch
{
public:
    Scratch()
    {
        std::string pattern = std::filesystem::temp_directory_path() / "sluice_storage_XXXXXX";
        m_path = mkdtemp(pattern.data());
    }
    ~Scratch()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;

    std::string path(const std::string &name = {}) const
    {
        return name.empty() ? m_path : m_path + "/" + name;
    }

private:
    std::string m_path;
};

/// The value of a Result; its words fail the test when it is an error.
template<typename T>
T must(Result<T> result)
{
    if (!result)
        FAIL(describe(result.error()));
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

inline std::string text(const Cell &cell)
{
    struct Words
    {
        std::string operator()(std::monostate) const { return "null"; }
        std::string operator()(bool value) const { return value ? "true" : "false"; }
        std::string operator()(std::int64_t value) const { return std::to_string(value); }
        std::string operator()(double value) const { return fmt::format("{}", value); }
        std::string operator()(const std::string &value) const { return value; }
    };
    return std::visit(Words{}, cell);
}

/// Rows as lines, values parted by '|': "a|1;b|null".
inline std::string rows(Connection &connection, const std::string &sql)
{
    const QueryResult result = must(connection.query(sql));
    std::string lines;
    for (const auto &row : result.rows) {
        lines += lines.empty() ? "" : ";";
        for (std::size_t i = 0; i < row.size(); ++i)
            lines += (i == 0 ? "" : "|") + text(row[i]);
    }
    return lines;
}

} // namespace sluice::test
