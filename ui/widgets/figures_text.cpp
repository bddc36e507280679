#include "ui/widgets/figures_text.h"

#include "core/base/units.h"
#include "ui/document/qt_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include <cmath>

namespace sluice {

namespace {

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

QString sumText(std::uint64_t total, const QStringList &parts)
{
    return tr("in %1 = %2").arg(wholeText(total), parts.join(QStringLiteral(" + ")));
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
    const QString count = countText(eventsPerSecond);
    return count + QStringLiteral("/s");
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
        return threeDigits(milliseconds * 1000) + QStringLiteral(" µs");
    if (milliseconds < 999.5)
        return QString::number(milliseconds, 'f', milliseconds < 9.95 ? 1 : 0)
               + QStringLiteral(" ms");
    return threeDigits(milliseconds / 1000) + QStringLiteral(" s");
}

QString shareText(double share)
{
    return QString::number(std::round(share * 100)) + QStringLiteral(" %");
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
    return sumText(figures.eventsIn, parts);
}

QString conservationText(const RunSnapshot &snapshot)
{
    std::uint64_t read = 0;
    std::uint64_t filtered = 0;
    std::uint64_t dead = 0;
    std::uint64_t absorbed = 0;
    std::uint64_t late = 0;
    std::uint64_t flying = 0;
    std::uint64_t written = 0;
    for (const auto &[id, node] : snapshot.nodes) {
        const bool fed = [&] {
            for (const auto &[key, wire] : snapshot.wires) {
                // "from>to" or "from>to.port"
                const std::string end = '>' + id;
                const std::size_t at = key.find(end);
                if (at != std::string::npos
                    && (at + end.size() == key.size() || key[at + end.size()] == '.'))
                    return true;
            }
            return false;
        }();
        if (!fed)
            read += node.eventsIn;
        if (node.portEvents.empty() && fed)
            written += node.passed;
        filtered += node.filtered;
        dead += node.deadLettered;
        absorbed += node.absorbed;
        late += node.late;
        flying += node.inFlight;
    }
    QStringList parts;
    addPart(parts, tr("out"), written, true);
    addPart(parts, tr("filtered"), filtered, true);
    addPart(parts, tr("absorbed"), absorbed);
    addPart(parts, tr("late"), late);
    addPart(parts, tr("dead"), dead, true);
    addPart(parts, tr("in flight"), flying, true);
    return sumText(read, parts);
}

} // namespace sluice
