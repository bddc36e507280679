#pragma once

namespace sluice {

/// Lets assistive programs see the canvas: nodes with their ports, and wires, as children with
/// names, places and actions. May be called any number of times.
void installCanvasAccessibility();

} // namespace sluice
