#pragma once

#include "core/base/time.h"
#include "core/runtime/figures.h"

#include <QString>

#include <cstdint>

namespace sluice {

/// Figures for people: three significant digits, a unit, "–" for what is not known.
QString countText(double value);             // "98.2 k"
QString rateText(double eventsPerSecond);    // "98.2 k/s", "2/min", "–" below zero
QString byteRateText(double bytesPerSecond); // "12.4 MB/s"
QString bytesText(std::uint64_t bytes);      // "412 MB"
QString spanText(TickSpan span);             // "41 ms", "–" below zero
QString shareText(double share);             // "93 %", "3.1 %"
QString wholeText(std::uint64_t value);      // "74,912,300", in the user's locale
QString clockText(TickSpan span);            // "00:12:41"
/// "in 10 = passed 4 + filtered 6 + in flight 0"; parts that are zero are left out but in flight.
QString conservationText(const NodeFigures &figures);
/// Where the events of the whole run are: "✓ read 10 · written 4 · filtered 6 · dead 0 · in flight
/// 0". Not a sum: an event that two wires carry is written twice. The sign says whether every
/// node's own sum holds.
QString accountText(const RunSnapshot &snapshot);

} // namespace sluice
