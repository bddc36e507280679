#pragma once

#include "core/runtime/figures.h"

#include <QObject>
#include <QTimer>

#include <optional>

namespace sluice {

class RunController;

/// Takes a snapshot of the run four times a second and hands it to whoever shows figures.
/// Thread: the window's.
class EngineMonitor : public QObject
{
    Q_OBJECT

public:
    explicit EngineMonitor(RunController &controller, QObject *parent = nullptr);

    /// The last snapshot that was handed on; empty before the first run.
    const std::optional<RunSnapshot> &latest() const { return m_latest; }

signals:
    void snapshotReady(const RunSnapshot &snapshot);
    /// A run has begun: what was gathered about the last one is over.
    void runBegan();

private:
    void poll();
    void onStateChanged(RunState state);

    RunController &m_controller;
    QTimer m_timer;
    std::optional<RunSnapshot> m_latest;
};

} // namespace sluice
