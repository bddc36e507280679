#include "ui/widgets/state_mark.h"

#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPolygonF>

namespace sluice {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("StateMark", text);
}

} // namespace

Mark markOf(RunState state)
{
    switch (state) {
    case RunState::Running:
        return Mark::Running;
    case RunState::Starting:
    case RunState::Paused:
    case RunState::Draining:
        return Mark::Waiting;
    case RunState::Failed:
        return Mark::Failed;
    case RunState::Stopped:
    case RunState::Finished:
        break;
    }
    return Mark::Stopped;
}

Mark markOf(NodeState state)
{
    switch (state) {
    case NodeState::Running:
        return Mark::Running;
    case NodeState::Starting:
    case NodeState::Paused:
    case NodeState::Waiting:
        return Mark::Waiting;
    case NodeState::Failed:
        return Mark::Failed;
    case NodeState::Stopped:
    case NodeState::Finished:
        break;
    }
    return Mark::Stopped;
}

QColor colourOf(Mark mark)
{
    switch (mark) {
    case Mark::Running:
        return theme().good;
    case Mark::Waiting:
    case Mark::Warning:
        return theme().warning;
    case Mark::Failed:
        return theme().error;
    case Mark::Stopped:
        break;
    }
    return theme().textHint;
}

void paintMark(QPainter &painter, const QRectF &rect, Mark mark)
{
    const QColor colour = colourOf(mark);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    const QRectF inner = rect.adjusted(0.75, 0.75, -0.75, -0.75);
    switch (mark) {
    case Mark::Running:
        painter.drawEllipse(rect);
        break;
    case Mark::Waiting:
        painter.drawChord(inner, 90 * 16, 180 * 16);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour, 1.5));
        painter.drawEllipse(inner);
        break;
    case Mark::Warning:
        painter.drawPolygon(QPolygonF{
            {QPointF(rect.center().x(), rect.top()), rect.bottomRight(), rect.bottomLeft()}});
        break;
    case Mark::Failed:
        painter.drawRect(inner);
        break;
    case Mark::Stopped:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour, 1.5));
        painter.drawEllipse(inner);
        break;
    }
}

QString wordFor(RunState state)
{
    switch (state) {
    case RunState::Stopped:
        return tr("Stopped");
    case RunState::Starting:
        return tr("Starting");
    case RunState::Running:
        return tr("Running");
    case RunState::Paused:
        return tr("Paused");
    case RunState::Draining:
        return tr("Stopping");
    case RunState::Finished:
        return tr("Finished");
    case RunState::Failed:
        return tr("Failed");
    }
    return {};
}

QString wordFor(NodeState state)
{
    switch (state) {
    case NodeState::Stopped:
        return tr("Stopped");
    case NodeState::Starting:
        return tr("Starting");
    case NodeState::Running:
        return tr("Running");
    case NodeState::Waiting:
        return tr("Waiting");
    case NodeState::Paused:
        return tr("Paused");
    case NodeState::Finished:
        return tr("Finished");
    case NodeState::Failed:
        return tr("Failed");
    }
    return {};
}

} // namespace sluice
