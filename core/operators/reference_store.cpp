#include "core/operators/reference_store.h"

#include "core/base/units.h"

#include <fmt/format.h>

#include <chrono>
#include <map>

namespace sluice {

namespace {

constexpr TickSpan kLookEvery = 500 * kTicksPerMillisecond;
constexpr std::size_t kMostNews = 100;

struct OpenStores
{
    std::mutex mutex;
    std::map<std::string, std::weak_ptr<ReferenceStore>> stores; // GUARDED_BY(mutex)
};

OpenStores &openStores()
{
    static OpenStores stores;
    return stores;
}

} // namespace

Result<std::shared_ptr<ReferenceStore>> ReferenceStore::open(const std::string &owner,
                                                             ReferenceSpec spec,
                                                             Shape shape,
                                                             FileSystem &files,
                                                             DatabaseRegistry &databases)
{
    std::string key = fmt::format("{}\n{}", owner, spec.key());
    for (const SchemaColumn &column : shape.wanted.columns)
        key += fmt::format("\n{}:{}", column.name, typeName(column.type));
    for (const std::size_t place : shape.keys)
        key += fmt::format("\n{}", place);
    OpenStores &open = openStores();
    const std::scoped_lock lock(open.mutex); // held while reading: the other workers want the same
    std::erase_if(open.stores, [](const auto &entry) { return entry.second.expired(); });
    if (auto store = open.stores[key].lock())
        return store;
    std::shared_ptr<ReferenceStore> store(
        new ReferenceStore(std::move(spec), std::move(shape), files, databases)); // NOLINT: private
    TRY(store->load());
    if (store->m_spec.refresh != "never") {
        const TickSpan every = store->m_spec.refresh == "on_change"
                                   ? kLookEvery
                                   : parseDuration(store->m_spec.refresh).value_or(kLookEvery);
        store->m_watcher = std::jthread(
            [raw = store.get(), every](const std::stop_token &stop) { raw->watch(stop, every); });
    }
    open.stores[key] = store;
    return store;
}

ReferenceStore::~ReferenceStore()
{
    m_watcher.request_stop();
    m_stopping.notify_all();
}

std::shared_ptr<const ReferenceTable> ReferenceStore::current() const
{
    const std::scoped_lock lock(m_mutex);
    return m_table;
}

Result<void> ReferenceStore::load()
{
    TRY_ASSIGN(const ReferenceStamp before, referenceStamp(m_spec, m_files));
    TRY_ASSIGN(TableColumns rows, readReference(m_spec, m_shape.wanted, m_files, m_databases));
    TRY_ASSIGN(ReferenceTable table,
               ReferenceTable::create(std::move(rows), m_shape.keys, m_shape.version));
    m_loaded = before;
    m_seen = before;
    auto shared = std::make_shared<const ReferenceTable>(std::move(table));
    const std::scoped_lock lock(m_mutex);
    m_table = std::move(shared);
    return {};
}

Result<bool> ReferenceStore::look()
{
    const std::scoped_lock lock(m_lookMutex);
    TRY_ASSIGN(const ReferenceStamp stamp, referenceStamp(m_spec, m_files));
    const bool settled = stamp == m_seen;
    m_seen = stamp;
    if (stamp == m_loaded || !settled)
        return false;
    TRY(load());
    return true;
}

std::vector<std::string> ReferenceStore::takeNews()
{
    const std::scoped_lock lock(m_mutex);
    return std::exchange(m_news, {});
}

void ReferenceStore::watch(const std::stop_token &stop, TickSpan every)
{
    // A change is taken at the second look that sees it: two looks make one turn.
    const auto pause = std::chrono::microseconds(kLookEvery / kTicksPerMicrosecond);
    const auto rest = std::chrono::microseconds(std::max<TickSpan>(every - kLookEvery, kLookEvery)
                                                / kTicksPerMicrosecond);
    bool waitShort = false;
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(m_mutex);
            m_stopping.wait_for(lock, stop, waitShort ? pause : rest, [] { return false; });
        }
        if (stop.stop_requested())
            return;
        const auto taken = look();
        waitShort = taken && !*taken && m_seen != m_loaded;
        std::string line;
        if (!taken) {
            line = describe(taken.error());
            if (line == m_trouble)
                continue;
            m_trouble = line;
        } else if (*taken) {
            m_trouble.clear();
            line =
                fmt::format("reference '{}': {} rows taken", m_spec.path, current()->rows().rows);
        } else {
            continue;
        }
        const std::scoped_lock lock(m_mutex);
        if (m_news.size() < kMostNews)
            m_news.push_back(std::move(line));
    }
}

} // namespace sluice
