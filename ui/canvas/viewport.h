#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>
#include <QTransform>

namespace sluice {

/// What part of the scene is seen: view = scene * zoom + shift. A value.
struct Viewport
{
    double zoom = 1;
    QPointF shift; // view position of the scene's origin

    QPointF toView(QPointF scene) const { return scene * zoom + shift; }
    QPointF toScene(QPointF view) const { return (view - shift) / zoom; }
    QRectF toView(const QRectF &scene) const
    {
        return {toView(scene.topLeft()), scene.size() * zoom};
    }
    QRectF toScene(const QRectF &view) const
    {
        return {toScene(view.topLeft()), view.size() / zoom};
    }
    QTransform transform() const { return {zoom, 0, 0, zoom, shift.x(), shift.y()}; }

    /// Another zoom, with the scene point under `view` staying where it is. Kept inside the limits.
    Viewport zoomedAt(QPointF view, double newZoom) const;
    Viewport panned(QPointF by) const { return {zoom, shift + by}; }
    /// Shows all of `scene` in the middle of a view of `size`; never larger than `maxZoom`.
    static Viewport fitting(const QRectF &scene, QSizeF size, double margin, double maxZoom);
    /// Shifts are whole device pixels, so that a picture made at one shift stays crisp at another.
    Viewport aligned(double devicePixelRatio) const;

    friend bool operator==(const Viewport &, const Viewport &) = default;
};

} // namespace sluice
