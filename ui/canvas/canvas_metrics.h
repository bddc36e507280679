#pragma once

namespace sluice::metrics {

/// Scene units are device-independent pixels at 100 %.
inline constexpr double kCardWidth = 198;
inline constexpr double kCardHeight = 92;
inline constexpr double kCardFooter = 32;
/// More ports than these on a side have a line each, with their names; the card grows.
inline constexpr int kMostPlainPorts = 4;
inline constexpr double kPortRow = 20;
inline constexpr double kCardTile = 30;
inline constexpr int kCardIcon = 19;
inline constexpr double kColumnStep = 288;
inline constexpr double kGrid = 16;
inline constexpr double kPortSize = 11;
inline constexpr double kPortGrown = 14;
inline constexpr double kPortQuiet = 8; // optional and not wired, or not fitting
inline constexpr double kPortHit = 12;  // radius of its hit area
inline constexpr double kPortSnap = 24; // a dragged wire jumps to a port this near
inline constexpr double kWireHit = 6;   // distance at which a wire is hit
inline constexpr double kShadowMargin = 14;

inline constexpr double kMinZoom = 0.1;
inline constexpr double kMaxZoom = 4.0;
/// Below the first, cards keep tile, title, state and rate, in letters that can still be read;
/// below the second they are rectangles.
inline constexpr double kReducedZoom = 0.7;
inline constexpr double kTinyZoom = 0.3;
/// From so many wires in view on, wires are one pixel wide.
inline constexpr int kManyWires = 150;
inline constexpr double kHighPressure = 0.8;

} // namespace sluice::metrics
