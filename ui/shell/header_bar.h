#pragma once

#include "core/pipeline/pipeline.h"
#include "core/runtime/figures.h"

#include <QToolBar>

#include <optional>

class QPushButton;

namespace sluice {

class Actions;
class ElidedLabel;
class Pill;
class ThemedLabel;

/// The bar under the menu: file and undo at the left, what is open, and the run at the right.
class HeaderBar : public QToolBar
{
    Q_OBJECT

public:
    HeaderBar(Actions &actions, QWidget *parent = nullptr);

    void setDocument(const QString &name, bool edited);
    void setDelivery(Delivery delivery);
    /// @param changes  how many edits the run does not have yet
    void setRun(RunState state, std::size_t changes);
    void setFigures(const RunSnapshot &snapshot);
    QPushButton *runButton() { return m_run; }
    QString stateText() const;

private:
    void refresh();

    Actions &m_actions;
    ElidedLabel *m_name;
    ThemedLabel *m_edited;
    Pill *m_state;
    Pill *m_delivery;
    QPushButton *m_pause;
    QPushButton *m_stop;
    QPushButton *m_run;
    RunState m_runState = RunState::Stopped;
    std::size_t m_changes = 0;
    Delivery m_promise = Delivery::AtLeastOnce;
    TickSpan m_elapsed = 0;
    std::uint64_t m_epoch = 0;
};

} // namespace sluice
