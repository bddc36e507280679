#pragma once

#include "ui/monitor/run_history.h"

#include <QWidget>

#include <vector>

class QButtonGroup;
class QStackedWidget;

namespace sluice {

class ChartPanel;
struct ChartSubject;

/// Live charts of the run: throughput, lag and backlog, latency and errors.
class MonitorView : public QWidget
{
    Q_OBJECT

public:
    explicit MonitorView(QWidget *parent = nullptr);

    void beginRun(RunEnds ends);
    /// Forgets what was drawn: another pipeline is open.
    void clear();
    void setSnapshot(const RunSnapshot &snapshot);
    /// Minutes: 1, 5 or 15.
    void setRange(int minutes);
    int range() const { return m_minutes; }
    RunHistory &history() { return m_history; }
    const std::vector<ChartPanel *> &panels() const { return m_panels; }
    /// The buttons for the range, to stand beside the tabs.
    QWidget *rangeBar() { return m_rangeBar; }

protected:
    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void draw();
    void addPanel(std::vector<ChartSubject> subjects);

    RunHistory m_history;
    std::vector<ChartPanel *> m_panels;
    QStackedWidget *m_pages;
    QWidget *m_charts;
    QWidget *m_rangeBar;
    QButtonGroup *m_ranges;
    int m_minutes = 5;
};

} // namespace sluice
