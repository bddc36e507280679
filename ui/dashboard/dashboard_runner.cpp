#include "ui/dashboard/dashboard_runner.h"

#include <algorithm>
#include <mutex>

namespace sluice {

namespace {
constexpr int kTickMs = 100;
constexpr std::size_t kMostAtOnce = 3;
constexpr std::size_t kMostRows = 50'000; // of a tile: more cannot be seen
} // namespace

struct DashboardRunner::Held
{
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<QueryBackend>> backends; // GUARDED_BY(mutex)

    Result<std::shared_ptr<QueryBackend>> find(const Open &open, const std::string &path)
    {
        const std::scoped_lock lock(mutex);
        std::shared_ptr<QueryBackend> &backend = backends[path];
        if (backend == nullptr) {
            TRY_ASSIGN(backend, open(path));
        }
        return backend;
    }
};

DashboardRunner::DashboardRunner(Open open, Now now, Answered answered, QObject *parent)
    : QObject(parent)
    , m_open(std::move(open))
    , m_now(std::move(now))
    , m_answered(std::move(answered))
    , m_held(std::make_shared<Held>())
{
    m_timer.setInterval(kTickMs);
    connect(&m_timer, &QTimer::timeout, this, &DashboardRunner::tick);
}

DashboardRunner::~DashboardRunner() = default;

void DashboardRunner::setSubjects(const std::vector<Subject> &subjects)
{
    std::map<std::string, Entry> entries;
    for (const Subject &subject : subjects) {
        const auto known = m_entries.find(subject.id);
        Entry &entry = entries[subject.id];
        if (known != m_entries.end() && known->second.subject.path == subject.path
            && known->second.subject.query == subject.query) {
            entry = std::move(known->second);
            const qint64 later = subject.everyMs - entry.subject.everyMs;
            entry.due = std::min(entry.due + later, m_now() + subject.everyMs);
        } else {
            entry.due = m_now();
            entry.job = std::make_unique<QueryJob>();
            connect(
                entry.job.get(), &QueryJob::runningChanged, this, &DashboardRunner::runningChanged);
        }
        entry.subject = subject;
    }
    m_entries = std::move(entries);
    tick();
}

void DashboardRunner::setActive(bool active)
{
    if (active == isActive())
        return;
    if (active) {
        for (auto &[id, entry] : m_entries)
            entry.due = std::min(entry.due, m_now() + entry.subject.everyMs);
        m_timer.start();
        tick();
        return;
    }
    m_timer.stop();
    for (auto &[id, entry] : m_entries) {
        if (entry.job->isRunning())
            entry.due = m_now(); // again, when it is seen
        entry.job->cancel();
    }
    // What still runs keeps what it uses.
    m_held = std::make_shared<Held>();
}

void DashboardRunner::refresh(const std::string &id)
{
    const auto entry = m_entries.find(id);
    if (entry == m_entries.end())
        return;
    entry->second.due = m_now();
    tick();
}

void DashboardRunner::tick()
{
    if (!isActive())
        return;
    std::vector<Entry *> due;
    for (auto &[id, entry] : m_entries) {
        if (entry.due <= m_now() && !entry.job->isRunning())
            due.push_back(&entry);
    }
    // The one that has waited longest first: a quick one never starves a slow one.
    std::stable_sort(
        due.begin(), due.end(), [](const Entry *a, const Entry *b) { return a->due < b->due; });
    for (Entry *entry : due) {
        if (running() >= kMostAtOnce)
            return;
        ask(*entry);
    }
}

void DashboardRunner::ask(Entry &entry)
{
    entry.due = m_now() + entry.subject.everyMs;
    entry.job->start([this, held = m_held, open = m_open, subject = entry.subject](
                         std::stop_token stop) -> std::function<void()> {
        const auto answer = [&]() -> Result<QueryTable> {
            if (subject.path.empty())
                return fail(ErrorCode::FileUnreadable, "the tile names no database");
            TRY_ASSIGN(const auto backend, held->find(open, subject.path));
            return backend->run(subject.query, kMostRows, stop);
        };
        return [this, id = subject.id, table = answer()] { m_answered(id, table); };
    });
}

bool DashboardRunner::isRunning(const std::string &id) const
{
    const auto entry = m_entries.find(id);
    return entry != m_entries.end() && entry->second.job->isRunning();
}

std::size_t DashboardRunner::running() const
{
    return std::size_t(std::count_if(m_entries.begin(), m_entries.end(), [](const auto &entry) {
        return entry.second.job->isRunning();
    }));
}

} // namespace sluice
