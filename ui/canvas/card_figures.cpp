#include "ui/canvas/card_figures.h"

#include "ui/canvas/canvas_metrics.h"
#include "ui/document/qt_text.h"
#include "ui/widgets/figures_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

constexpr std::size_t kSparkSamples = 60; // one a second
constexpr double kBusyShare = 0.85;
constexpr double kSlow = 100; // events/s: the slowest flow ends here
constexpr double kMedium = 10000;

QString tr(const char *text)
{
    return QCoreApplication::translate("CardFigures", text);
}

QString lagText(const SourceFigures &source)
{
    std::int64_t lag = 0;
    bool known = false;
    bool bytes = false;
    for (const PartitionFigures &partition : source.partitions) {
        if (partition.lag < 0)
            continue;
        known = true;
        bytes = partition.lagIsBytes;
        lag += partition.lag;
    }
    if (!known)
        return {};
    return tr("lag %1").arg(bytes ? bytesText(std::uint64_t(lag)) : countText(double(lag)));
}

QString figureOf(const NodeFigures &figures, NodeRole role)
{
    if (figures.busy >= kBusyShare)
        return tr("%1 busy").arg(shareText(std::min(figures.busy, 1.0)));
    switch (role) {
    case NodeRole::Source:
        if (const QString lag = lagText(figures.source); !lag.isEmpty())
            return lag;
        return countText(double(figures.eventsOut));
    case NodeRole::Transform:
        if (figures.filtered > 0 && figures.eventsIn > 0)
            return tr("keeps %1")
                .arg(shareText(double(figures.passed) / double(figures.passed + figures.filtered)));
        return countText(double(figures.eventsIn));
    case NodeRole::Destination:
        if (figures.latency.p99 >= 0)
            return spanText(figures.latency.p99);
        return countText(double(figures.eventsOut));
    }
    return {};
}

} // namespace

QString stateText(NodeState state)
{
    switch (state) {
    case NodeState::Stopped:
        return tr("stopped");
    case NodeState::Starting:
        return tr("starting");
    case NodeState::Running:
        return tr("running");
    case NodeState::Waiting:
        return tr("waiting");
    case NodeState::Paused:
        return tr("paused");
    case NodeState::Finished:
        return tr("finished");
    case NodeState::Failed:
        return tr("failed");
    }
    return {};
}

WireTraffic trafficOf(const WireFigures &figures, bool running)
{
    WireTraffic traffic;
    const double rate = running ? figures.rate : 0;
    if (rate > 0) {
        // 1 event/s is thin, a million is full; in steps, so that a wire is not redrawn for noise
        const double share = std::clamp(std::log10(std::max(rate, 1.0)) / 6, 0.0, 1.0);
        traffic.width = 1.2 + std::round(share * 6) / 6 * 1.8;
        traffic.speed = rate < kSlow ? 1 : rate < kMedium ? 2 : 3;
    }
    traffic.pressure = figures.pressure > metrics::kHighPressure;
    if (running)
        traffic.rate = rateText(figures.rate);
    return traffic;
}

void FigureHistory::add(const RunSnapshot &snapshot, const std::map<std::string, NodeRole> &roles)
{
    m_live = true;
    m_flowing = false;
    const bool sample = snapshot.takenAt - m_lastSample >= kTicksPerSecond;
    if (sample)
        m_lastSample = snapshot.takenAt;
    const bool running =
        snapshot.state == RunState::Running || snapshot.state == RunState::Draining;
    for (const auto &[node, figures] : snapshot.nodes) {
        const auto found = roles.find(node);
        const NodeRole role = found == roles.end() ? NodeRole::Transform : found->second;
        CardFigures &card = m_cards[node];
        card.state = figures.state;
        const double rate = role == NodeRole::Destination ? figures.rateIn : figures.rateOut;
        card.figure = figureOf(figures, role);
        card.rate = running ? rateText(rate) : QString();
        card.troubled = figures.source.troubled || figures.busy >= kBusyShare;
        const bool speaks = figures.state == NodeState::Waiting
                            || figures.state == NodeState::Failed || figures.source.troubled;
        card.message = speaks ? toQString(figures.message) : QString();
        if (card.message.isEmpty() && figures.source.troubled)
            card.message = toQString(figures.source.state);
        if (sample) {
            card.spark.push_back(float(rate));
            if (card.spark.size() > kSparkSamples)
                card.spark.erase(card.spark.begin());
        }
    }
    for (const auto &[key, figures] : snapshot.wires) {
        WireTraffic traffic = trafficOf(figures, running);
        m_flowing = m_flowing || traffic.speed > 0;
        m_wires[key] = std::move(traffic);
    }
}

void FigureHistory::clear()
{
    *this = FigureHistory();
}

const CardFigures *FigureHistory::card(const std::string &node) const
{
    const auto found = m_cards.find(node);
    return found == m_cards.end() ? nullptr : &found->second;
}

const WireTraffic *FigureHistory::wire(const std::string &key) const
{
    const auto found = m_wires.find(key);
    return found == m_wires.end() ? nullptr : &found->second;
}

} // namespace sluice
