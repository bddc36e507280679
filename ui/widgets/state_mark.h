#pragma once

#include "core/runtime/figures.h"

#include <QColor>
#include <QString>

class QPainter;
class QRectF;

namespace sluice {

/// A state is a shape and a colour and a word, never a colour alone.
enum class Mark { Running, Waiting, Warning, Failed, Stopped };

Mark markOf(RunState state);
Mark markOf(NodeState state);
QColor colourOf(Mark mark);
void paintMark(QPainter &painter, const QRectF &rect, Mark mark);
/// "Running", "Paused": the word beside the mark.
QString wordFor(RunState state);
QString wordFor(NodeState state);

} // namespace sluice
