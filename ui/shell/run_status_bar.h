#pragma once

#include "core/runtime/figures.h"

#include <QStatusBar>

class QToolButton;

namespace sluice {

class ThemedLabel;

/// The line at the bottom: what is open, its problems, and the sums of the run.
class RunStatusBar : public QStatusBar
{
    Q_OBJECT

public:
    explicit RunStatusBar(QWidget *parent = nullptr);

    void setCounts(std::size_t nodes, std::size_t wires);
    void setProblems(int count);
    void setFigures(const RunSnapshot &snapshot);
    void clearFigures();
    QString sumText() const;

signals:
    void problemsClicked();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    ThemedLabel *m_counts;
    ThemedLabel *m_problems;
    ThemedLabel *m_sum;
    ThemedLabel *m_cpu;
    ThemedLabel *m_memory;
};

} // namespace sluice
