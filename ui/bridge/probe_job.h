#pragma once

#include "core/node/node_descriptor.h"

#include <QObject>

#include <cstdint>
#include <memory>
#include <thread>

namespace sluice {

/// "Test connection": asks a kind's probe on a thread of its own. The answer of a probe that was
/// cancelled or overtaken is dropped by its number. Thread: the window's.
class ProbeJob : public QObject
{
    Q_OBJECT

public:
    explicit ProbeJob(QObject *parent = nullptr)
        : QObject(parent)
    {}
    ~ProbeJob() override; // does not wait for a probe that is under way

    void start(const NodeDescriptor &descriptor, const Config &config, const NodeContext &context);
    void cancel();
    bool isRunning() const { return m_running; }

signals:
    void finished(const ProbeReport &report);

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared; // with the thread, which may outlive this object
    std::stop_source m_stop;
    bool m_running = false;
};

} // namespace sluice
