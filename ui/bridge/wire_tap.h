#pragma once

#include "core/runtime/engine.h"

#include <QObject>
#include <QTimer>

#include <optional>

namespace sluice {

class RunController;

/// The latest events of one port for the preview, four times a second, and only while somebody
/// looks. Thread: the window's.
class WireTap : public QObject
{
    Q_OBJECT

public:
    explicit WireTap(RunController &controller, QObject *parent = nullptr);

    /// The port to follow; nullopt: none.
    void setPort(const std::optional<WireEnd> &port);
    const std::optional<WireEnd> &port() const { return m_port; }
    /// Whether the preview can be seen; when not, nothing is tapped.
    void setWatched(bool watched);
    /// Holds what is shown; the run goes on.
    void setPaused(bool paused);
    bool isPaused() const { return m_paused; }

signals:
    void contentReady(const TapContent &content);

private:
    void update();
    void poll();

    RunController &m_controller;
    QTimer m_timer;
    std::optional<WireEnd> m_port;
    std::uint64_t m_lastSeen = 0;
    bool m_watched = false;
    bool m_paused = false;
};

} // namespace sluice
