#pragma once

#include "core/node/catalog.h"
#include "core/pipeline/pipeline.h"
#include "core/runtime/trial.h"

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace sluice {

/// What the trial's own destinations were given, by node id. Thread: any.
class TrialKeeper
{
public:
    explicit TrialKeeper(std::size_t shown)
        : m_shown(shown)
    {}

    void setColumns(const std::string &node, const Schema &schema);
    void add(const std::string &node, Ticks ingestedAt, std::string json);
    TapContent content(const std::string &node) const;

private:
    struct Kept
    {
        std::vector<std::string> columns;
        std::deque<TappedEvent> events;
        std::uint64_t seen = 0;
    };
    const std::size_t m_shown;
    mutable std::mutex m_mutex;
    std::map<std::string, Kept> m_kept; // GUARDED_BY(m_mutex)
};

/// The kinds of a trial: those of `catalog`, but sources hand out samples; and a destination that
/// keeps. Lives as long as the run.
class TrialCatalog
{
public:
    static constexpr std::string_view kKeeperKind = "trial_keeper";

    TrialCatalog(const Catalog &catalog,
                 std::shared_ptr<const TrialSamples> samples,
                 std::shared_ptr<TrialKeeper> keeper);
    const Catalog &catalog() const { return *m_catalog; }

private:
    std::deque<NodeDescriptor> m_made; // their places never change
    std::unique_ptr<Catalog> m_catalog;
};

} // namespace sluice
