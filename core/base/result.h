#pragma once

#include "core/base/error_code.h"

#include <fmt/format.h>
#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace sluice {

/// What went wrong, in words a user can act on. A value; crosses threads freely.
struct Error
{
    ErrorCode code = ErrorCode::Unknown;
    std::string message; // what failed, with the value: "cannot reach 'b1:9092' within 5 s"
    std::string hint;    // what the user can do next; may be empty
    std::string node;    // id of the node it concerns; may be empty
    std::string field;   // config field it concerns; may be empty
};

/// One line for a terminal or a log: "node 'hot', field 'where': message. hint"
std::string describe(const Error &error);

/// A value or an Error. Member names are those of std::expected.
template<typename T>
class [[nodiscard]] Result : public tl::expected<T, Error>
{
public:
    using tl::expected<T, Error>::expected;
};

/// Builds an error: `return fail(ErrorCode::FileTooNew, "version {}", v).hint("Update Sluice.");`
class Failure
{
public:
    explicit Failure(Error error)
        : m_error(std::move(error))
    {}

    Failure &&hint(std::string text) &&
    {
        m_error.hint = std::move(text);
        return std::move(*this);
    }
    Failure &&node(std::string id) &&
    {
        m_error.node = std::move(id);
        return std::move(*this);
    }
    Failure &&field(std::string name) &&
    {
        m_error.field = std::move(name);
        return std::move(*this);
    }
    Error take() && { return std::move(m_error); }

    template<typename T>
    operator Result<T>() && // NOLINT(google-explicit-constructor): `return fail(…)` is the idiom
    {
        return tl::unexpected<Error>(std::move(m_error));
    }

private:
    Error m_error;
};

template<typename... Args>
[[nodiscard]] Failure fail(ErrorCode code, fmt::format_string<Args...> text, Args &&...args)
{
    return Failure{Error{code, fmt::format(text, std::forward<Args>(args)...), {}, {}, {}}};
}

[[nodiscard]] inline Failure fail(Error error)
{
    return Failure{std::move(error)};
}

#define SLUICE_CONCAT_INNER(a, b) a##b
#define SLUICE_CONCAT(a, b) SLUICE_CONCAT_INNER(a, b)

/// Returns the error of `expression` to the caller; otherwise declares `declaration` with its
/// value.
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses
#define TRY_ASSIGN(declaration, expression)                                                        \
    auto SLUICE_CONCAT(result_, __LINE__) = (expression);                                          \
    if (!SLUICE_CONCAT(result_, __LINE__))                                                         \
        return ::sluice::fail(std::move(SLUICE_CONCAT(result_, __LINE__)).error());                \
    declaration = std::move(*SLUICE_CONCAT(result_, __LINE__))
// NOLINTEND(bugprone-macro-parentheses)

/// Returns the error of `expression`, a Result<void>, to the caller.
#define TRY(expression)                                                                            \
    do {                                                                                           \
        if (auto result_ = (expression); !result_)                                                 \
            return ::sluice::fail(std::move(result_).error());                                     \
    } while (false)

} // namespace sluice
