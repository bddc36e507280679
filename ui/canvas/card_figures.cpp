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
constexpr int kPhases = 4;                // as many as there are snapshots a second
constexpr double kBusyShare = 0.85;
constexpr int kWidthSteps = 6;    // up to a million events/s
constexpr double kStepHold = 0.7; // of a step; half a step is where rounding goes to the next
constexpr double kSlow = 100;     // events/s: the slowest flow ends here
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

WireTraffic trafficOf(const WireFigures &figures, bool running, const WireTraffic &before)
{
    WireTraffic traffic;
    const double rate = running ? figures.rate : 0;
    if (rate > 0) {
        // 1 event/s is thin, a million is full; in steps, so that a wire is not redrawn for noise
        const double exact = std::clamp(std::log10(std::max(rate, 1.0)), 0.0, double(kWidthSteps));
        const bool stays = before.speed > 0 && std::abs(exact - before.step) < kStepHold;
        traffic.step = stays ? before.step : int(std::lround(exact));
        traffic.width = 1.2 + 1.8 * traffic.step / kWidthSteps;
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
        if (takesSample(node, snapshot.takenAt)) {
            card.spark.push_back(float(rate));
            if (card.spark.size() > kSparkSamples)
                card.spark.erase(card.spark.begin());
        }
    }
    for (const auto &[key, figures] : snapshot.wires) {
        WireTraffic &shown = m_wires[key];
        shown = trafficOf(figures, running, shown);
        m_flowing = m_flowing || shown.speed > 0;
    }
}

// Once a second, and not all cards at once: a line of sixty points is what a footer costs most.
bool FigureHistory::takesSample(const std::string &node, Ticks now)
{
    const auto [known, isNew] = m_nextSample.try_emplace(node, now);
    Ticks &next = known->second;
    if (now < next)
        return false;
    next += ((now - next) / kTicksPerSecond + 1) * kTicksPerSecond;
    if (isNew)
        next += Ticks(m_nextSample.size() % kPhases) * kTicksPerSecond / kPhases;
    return true;
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
