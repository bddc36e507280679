#pragma once

#include "ui/query/query_backend.h"
#include "ui/query/query_job.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// Asks the queries of tiles again and again, each at its own interval, a few at a time; nothing
/// while it is not active. A query that takes longer than its interval is not asked twice.
/// Database files are open only while it is active. Thread: the window's.
class DashboardRunner : public QObject
{
    Q_OBJECT

public:
    struct Subject
    {
        std::string id;
        std::string path; // of the database
        std::string query;
        qint64 everyMs = 0;
        friend bool operator==(const Subject &, const Subject &) = default;
    };
    using Open = std::function<Result<std::shared_ptr<QueryBackend>>(const std::string &path)>;
    /// Milliseconds of a clock that only goes forward.
    using Now = std::function<qint64()>;
    using Answered = std::function<void(const std::string &id, const Result<QueryTable> &answer)>;

    DashboardRunner(Open open, Now now, Answered answered, QObject *parent = nullptr);
    ~DashboardRunner() override;

    /// One that is new or asks something else is asked at once.
    void setSubjects(const std::vector<Subject> &subjects);
    void setActive(bool active);
    bool isActive() const { return m_timer.isActive(); }
    /// At once, if active.
    void refresh(const std::string &id);
    /// Asks what is due. A timer does so by itself.
    void tick();
    bool isRunning(const std::string &id) const;

signals:
    void runningChanged();

private:
    struct Entry
    {
        Subject subject;
        qint64 due = 0;
        std::unique_ptr<QueryJob> job;
    };
    struct Held; // the open databases, shared with the jobs that use them

    void ask(Entry &entry);
    std::size_t running() const;

    Open m_open;
    Now m_now;
    Answered m_answered;
    std::shared_ptr<Held> m_held;
    std::map<std::string, Entry> m_entries;
    QTimer m_timer;
};

} // namespace sluice
