#include "ui/bridge/engine_monitor.h"

#include "ui/bridge/run_controller.h"

namespace sluice {

EngineMonitor::EngineMonitor(RunController &controller, QObject *parent)
    : QObject(parent)
    , m_controller(controller)
{
    m_timer.setInterval(250);
    connect(&m_timer, &QTimer::timeout, this, &EngineMonitor::poll);
    connect(&controller, &RunController::stateChanged, this, &EngineMonitor::onStateChanged);
    connect(&controller, &RunController::runStarted, this, &EngineMonitor::runBegan);
}

void EngineMonitor::onStateChanged(RunState state)
{
    (void)state;
    if (m_controller.isActive())
        m_timer.start();
    else
        m_timer.stop();
    poll();
}

void EngineMonitor::poll()
{
    const auto snapshot = m_controller.snapshot();
    if (!snapshot)
        return;
    m_latest = *snapshot;
    Q_EMIT snapshotReady(*m_latest);
}

} // namespace sluice
