#include "core/storage/applied_progress.h"

#include "core/base/random.h"

#include <fmt/format.h>

namespace sluice {

namespace {

constexpr const char *kMake =
    "CREATE SCHEMA IF NOT EXISTS sluice; CREATE TABLE IF NOT EXISTS sluice.progress("
    "lineage VARCHAR, node VARCHAR, incarnation BIGINT, owner VARCHAR, epoch BIGINT, "
    "chunks BIGINT, PRIMARY KEY(lineage, node))";

std::uint64_t number(const Cell &cell)
{
    const auto *value = std::get_if<std::int64_t>(&cell);
    return value == nullptr ? 0 : static_cast<std::uint64_t>(*value);
}

} // namespace

std::string AppliedProgress::where() const
{
    return fmt::format(
        "WHERE lineage = {} AND node = {}", quoteText(m_key.lineage), quoteText(m_key.node));
}

Result<std::optional<AppliedMark>> AppliedProgress::claim(Connection &connection)
{
    const std::scoped_lock lock(connection.database().schemaMutex());
    TRY(connection.exec(kMake));
    TRY_ASSIGN(const QueryResult found,
               connection.query(fmt::format(
                   "SELECT incarnation, epoch, chunks FROM sluice.progress {}", where())));
    m_owner = randomId();
    std::optional<AppliedMark> mark;
    if (found.rows.empty()) {
        TRY(connection.exec(fmt::format("INSERT INTO sluice.progress VALUES({}, {}, 1, {}, 0, 0)",
                                        quoteText(m_key.lineage),
                                        quoteText(m_key.node),
                                        quoteText(m_owner))));
    } else {
        const auto &row = found.rows.front();
        mark = AppliedMark{number(row.at(1)), number(row.at(2))};
        TRY(connection.exec(
            fmt::format("UPDATE sluice.progress SET incarnation = {}, owner = {} {}",
                        number(row.at(0)) + 1,
                        quoteText(m_owner),
                        where())));
    }
    TRY(connection.database().syncNewNames());
    return mark;
}

Result<void> AppliedProgress::store(Connection &connection, const AppliedMark &mark) const
{
    TRY_ASSIGN(const QueryResult changed,
               connection.query(fmt::format(
                   "UPDATE sluice.progress SET epoch = {}, chunks = {} {} AND owner = {}",
                   mark.epoch,
                   mark.chunks,
                   where(),
                   quoteText(m_owner))));
    if (changed.rows.size() == 1 && number(changed.rows.front().at(0)) == 1)
        return {};
    return fail(ErrorCode::FencedOut,
                "another process has taken over what this run writes to '{}'",
                connection.database().path())
        .hint("Two runs share one workspace, or a copy of it. End one of them.");
}

} // namespace sluice
