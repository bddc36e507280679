#pragma once

#include "ui/bridge/trial_job.h"

#include <QWidget>

#include <vector>

class QPushButton;
class QSplitter;
class QStackedWidget;
class QTableView;
class QTabBar;

namespace sluice {

class ElidedLabel;
class PipelineDocument;
class PreviewModel;
class ThemedLabel;

/// The events of one side of a node: a tab for each port, and a table.
class TrialSide : public QWidget
{
    Q_OBJECT

public:
    TrialSide(const QString &name, QWidget *parent);

    /// @param titles  what the tabs say, one a port
    void setPorts(std::vector<TrialPort> ports, const QStringList &titles);
    PreviewModel &model() { return *m_model; }
    QTabBar &tabs() { return *m_tabs; }

private:
    void showPort();

    std::vector<TrialPort> m_ports;
    QTabBar *m_tabs;
    QStackedWidget *m_pages;
    QTableView *m_table;
    ThemedLabel *m_empty;
    PreviewModel *m_model;
};

/// What a node makes of sampled events while nothing runs: what comes in at the left, what goes out
/// at the right. Follows the edits of the pipeline.
class TrialView : public QWidget
{
    Q_OBJECT

public:
    TrialView(TrialJob &job, const PipelineDocument &document, QWidget *parent = nullptr);

    TrialSide &inputs() { return *m_inputs; }
    TrialSide &outputs() { return *m_outputs; }
    /// What stands instead of the tables.
    QString messageText() const;
    QString titleText() const;

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void refresh();
    void showOutcome(const TrialOutcome &outcome);
    void showMessage(const QString &text, bool error);
    QString titleOf(const std::string &node) const;

    TrialJob &m_job;
    const PipelineDocument &m_document;
    ElidedLabel *m_title;
    ThemedLabel *m_state;
    QPushButton *m_test;
    QPushButton *m_anew;
    QStackedWidget *m_pages;
    QSplitter *m_tables;
    TrialSide *m_inputs;
    TrialSide *m_outputs;
    ThemedLabel *m_message;
    bool m_shown = false; // a result of this node is there
};

} // namespace sluice
