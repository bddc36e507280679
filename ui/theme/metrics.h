#pragma once

namespace sluice::metrics {

/// Device-independent pixels, the same everywhere.
inline constexpr int kSpaceXs = 4;
inline constexpr int kSpaceS = 8;
inline constexpr int kSpaceM = 12;
inline constexpr int kSpaceL = 16;
inline constexpr int kSpaceXl = 24;

inline constexpr int kRadiusField = 6;
inline constexpr int kRadiusPanel = 8;
inline constexpr int kRadiusCard = 10;

inline constexpr int kTextHint = 11;
inline constexpr int kTextLabel = 12;
inline constexpr int kTextBody = 13;
inline constexpr int kTextTitle = 14;

inline constexpr int kFocusWidth = 2;

} // namespace sluice::metrics
