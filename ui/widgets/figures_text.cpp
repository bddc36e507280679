#include "ui/widgets/figures_text.h"

#include "core/base/units.h"
#include "core/node/node_descriptor.h"
#include "ui/document/qt_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace sluice {

namespace {

constexpr double kSlowRate = 0.95; // events/s; below it they are counted by the minute

QString tr(const char *text)
{
    return QCoreApplication::translate("Figures", text);
}

/// Three significant digits without an exponent: "1.24", "12.4", "124".
QString threeDigits(double value)
{
    const double size = std::abs(value);
    return QString::number(value, 'f', size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

QString scaledBytes(double bytes)
{
    static const char *const kUnits[] = {"B", "kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    while (bytes >= 999.5 && unit + 1 < std::size(kUnits)) {
        bytes /= 1000;
        ++unit;
    }
    const QString number = unit == 0 ? QString::number(std::round(bytes)) : threeDigits(bytes);
    return number + QLatin1Char(' ') + QLatin1String(kUnits[unit]);
}

/// Whether a wire of the run ends at a node. Keys are "from.port>to.port", ports may be missing.
bool isFed(const RunSnapshot &snapshot, const std::string &node)
{
    const std::string end = '>' + node;
    return std::any_of(snapshot.wires.begin(), snapshot.wires.end(), [&end](const auto &wire) {
        const std::string &key = wire.first;
        const std::size_t at = key.find(end);
        return at != std::string::npos
               && (at + end.size() == key.size() || key[at + end.size()] == '.');
    });
}

void addPart(QStringList &parts, const QString &word, std::uint64_t value, bool always = false)
{
    if (value > 0 || always)
        parts << word + QLatin1Char(' ') + wholeText(value);
}

} // namespace

QString countText(double value)
{
    return toQString(formatCount(value));
}

QString rateText(double eventsPerSecond)
{
    if (eventsPerSecond < 0)
        return QStringLiteral("–");
    if (eventsPerSecond > 0 && eventsPerSecond < kSlowRate)
        return tr("%1/min").arg(std::max(1.0, std::round(eventsPerSecond * 60)));
    return tr("%1/s").arg(countText(std::round(eventsPerSecond)));
}

QString byteRateText(double bytesPerSecond)
{
    return scaledBytes(bytesPerSecond) + QStringLiteral("/s");
}

QString bytesText(std::uint64_t bytes)
{
    return scaledBytes(double(bytes));
}

QString spanText(TickSpan span)
{
    if (span < 0)
        return QStringLiteral("–");
    const double milliseconds = double(span) / double(kTicksPerMillisecond);
    if (milliseconds < 1)
        return QString::number(std::round(milliseconds * 1000)) + QStringLiteral(" µs");
    if (milliseconds < 999.5)
        return QString::number(milliseconds, 'f', milliseconds < 9.95 ? 1 : 0)
               + QStringLiteral(" ms");
    return threeDigits(milliseconds / 1000) + QStringLiteral(" s");
}

QString shareText(double share)
{
    const double percent = share * 100;
    // Three quarters of a percent are not one percent, but 41.2 are 41.
    const int digits = percent > 0 && percent < 9.95 ? 1 : 0;
    return QString::number(percent, 'f', digits) + QStringLiteral(" %");
}

QString wholeText(std::uint64_t value)
{
    return QLocale().toString(qulonglong(value));
}

QString clockText(TickSpan span)
{
    const auto seconds = span / kTicksPerSecond;
    return QStringLiteral("%1:%2:%3")
        .arg(seconds / 3600, 2, 10, QLatin1Char('0'))
        .arg(seconds / 60 % 60, 2, 10, QLatin1Char('0'))
        .arg(seconds % 60, 2, 10, QLatin1Char('0'));
}

QString conservationText(const NodeFigures &figures)
{
    QStringList parts;
    addPart(parts, tr("passed"), figures.passed, true);
    addPart(parts, tr("filtered"), figures.filtered);
    addPart(parts, tr("absorbed"), figures.absorbed);
    addPart(parts, tr("late"), figures.late);
    addPart(parts, tr("dead"), figures.deadLettered);
    addPart(parts, tr("in flight"), figures.inFlight, true);
    return tr("in %1 = %2").arg(wholeText(figures.eventsIn), parts.join(QStringLiteral(" + ")));
}

QString accountText(const RunSnapshot &snapshot)
{
    NodeFigures sum;
    std::uint64_t read = 0;
    std::uint64_t written = 0;
    for (const auto &[id, node] : snapshot.nodes) {
        const bool passesOn =
            std::any_of(node.portEvents.begin(), node.portEvents.end(), [](const auto &port) {
                return port.first != kErrorsPort;
            });
        if (!isFed(snapshot, id))
            read += node.eventsIn;
        if (!passesOn)
            written += node.passed;
        sum.filtered += node.filtered;
        sum.deadLettered += node.deadLettered;
        sum.absorbed += node.absorbed;
        sum.late += node.late;
        sum.inFlight += node.inFlight;
    }
    QStringList parts;
    addPart(parts, tr("read"), read, true);
    addPart(parts, tr("written"), written, true);
    addPart(parts, tr("filtered"), sum.filtered, true);
    addPart(parts, tr("absorbed"), sum.absorbed);
    addPart(parts, tr("late"), sum.late);
    addPart(parts, tr("dead"), sum.deadLettered, true);
    addPart(parts, tr("in flight"), sum.inFlight, true);
    const QString sign = snapshot.conserved ? QStringLiteral("✓ ") : QStringLiteral("▲ ");
    return sign + parts.join(QStringLiteral(" · "));
}

} // namespace sluice
