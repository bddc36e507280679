#pragma once

#include "ui/query/query_backend.h"

#include <QObject>

#include <functional>
#include <memory>
#include <stop_token>

namespace sluice {

/// Work on a thread of its own whose answer is wanted in the window. The answer of a job that was
/// cancelled or overtaken is dropped. Thread: the window's.
class QueryJob : public QObject
{
    Q_OBJECT

public:
    explicit QueryJob(QObject *parent = nullptr)
        : QObject(parent)
    {}
    ~QueryJob() override; // does not wait for work that is under way

    /// @param work  runs elsewhere and returns what is to be done with its answer in the window
    using Work = std::function<std::function<void()>(std::stop_token)>;
    void start(Work work);
    void cancel();
    bool isRunning() const { return m_shared != nullptr; }

signals:
    void runningChanged(bool running);

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared; // with the thread, which may outlive this object
    std::stop_source m_stop;
};

} // namespace sluice
