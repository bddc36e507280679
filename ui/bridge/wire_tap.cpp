#include "ui/bridge/wire_tap.h"

#include "ui/bridge/run_controller.h"

namespace sluice {

WireTap::WireTap(RunController &controller, QObject *parent)
    : QObject(parent)
    , m_controller(controller)
{
    m_timer.setInterval(250);
    connect(&m_timer, &QTimer::timeout, this, &WireTap::poll);
    connect(&controller, &RunController::runStarted, this, [this] { m_lastSeen = 0; });
}

void WireTap::setPort(const std::optional<WireEnd> &port)
{
    if (m_port == port)
        return;
    m_port = port;
    m_lastSeen = 0;
    Q_EMIT contentReady({});
    update();
}

void WireTap::setWatched(bool watched)
{
    m_watched = watched;
    update();
}

void WireTap::setPaused(bool paused)
{
    m_paused = paused;
    update();
}

void WireTap::update()
{
    m_controller.setTap(m_watched ? m_port : std::nullopt);
    const bool live = m_watched && m_port && !m_paused;
    if (live && !m_timer.isActive()) {
        m_timer.start();
        poll();
    } else if (!live) {
        m_timer.stop();
    }
}

void WireTap::poll()
{
    const TapContent content = m_controller.tapContent();
    if (content.seen == m_lastSeen)
        return;
    m_lastSeen = content.seen;
    Q_EMIT contentReady(content);
}

} // namespace sluice
