#pragma once

#include <QFrame>

class QToolButton;

namespace sluice {

/// "− 100 % + | fit" in the canvas' corner.
class ZoomControl : public QFrame
{
    Q_OBJECT

public:
    explicit ZoomControl(QWidget *parent);
    void setZoom(double zoom);

Q_SIGNALS:
    void zoomInRequested();
    void zoomOutRequested();
    void resetRequested();
    void fitRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QToolButton *m_percent = nullptr;
};

} // namespace sluice
