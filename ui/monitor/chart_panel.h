#pragma once

#include "ui/monitor/run_history.h"

#include <QWidget>

#include <functional>
#include <vector>

class QButtonGroup;
class QHBoxLayout;
class QVBoxLayout;
class QHBoxLayout;

namespace sluice {

class ChartArea;
class ReadoutRow;
class ThemedLabel;

/// One line of a chart.
struct ChartLine
{
    RunMetric metric;
    QString name;   // "in"; empty: told by the title
    int colour = 0; // of the theme's series
};

/// What a chart shows.
struct ChartSubject
{
    QString title;
    std::vector<ChartLine> lines;
    std::function<QString(double)> text; // a value for people; NaN is handled here
};

/// A title row with the current values, and the chart under it. Several subjects share a panel by
/// a switch. A pointer shows the values at its time, in all panels at once.
class ChartPanel : public QWidget
{
    Q_OBJECT

public:
    ChartPanel(const RunHistory &history,
               std::vector<ChartSubject> subjects,
               QWidget *parent = nullptr);

    /// Gives the values a line of their own below the title: for a narrow panel.
    void setReadoutBelow(bool below);
    /// Draws [end - range, end], milliseconds.
    void draw(double end, double range);
    /// The time under the pointer; NaN: none.
    void setPointerTime(double milliseconds);
    void setSubject(int index);
    int subject() const { return m_subject; }
    /// The time of the vertical line, empty when there is none: for tests and reading aloud.
    QString pointerText() const;
    /// How many separate lines each series has: for tests.
    std::vector<int> segmentCounts() const;

signals:
    void pointed(double milliseconds);

private:
    void refreshReadout();

    const RunHistory &m_history;
    std::vector<ChartSubject> m_subjects;
    int m_subject = 0;
    double m_end = 0;
    double m_range = 60'000;
    double m_pointer;
    QButtonGroup *m_switch = nullptr;
    ThemedLabel *m_title;
    QHBoxLayout *m_head;
    QVBoxLayout *m_layout;
    ReadoutRow *m_readout;
    ChartArea *m_area;
};

} // namespace sluice
