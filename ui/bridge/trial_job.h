#pragma once

#include "core/runtime/trial.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace sluice {

class PipelineDocument;

/// What became of a trial.
struct TrialOutcome
{
    std::string node;
    TrialResult result;
    std::optional<Error> error; // then there is no result
    double seconds = 0;
};

/// The "test result" of a node: runs it on samples of its sources while the pipeline is edited, a
/// moment after each edit, off the window's thread. Nothing runs before somebody asked for it once
/// in this pipeline: opening a file touches nothing outside. Thread: the window's.
class TrialJob : public QObject
{
    Q_OBJECT

public:
    using MakeValues = std::function<ValueSources()>;

    TrialJob(PipelineDocument &document, MakeValues makeValues, QObject *parent = nullptr);
    ~TrialJob() override; // does not wait for a trial that is under way

    /// The node whose result is wanted; empty: none.
    void setNode(const std::string &node);
    const std::string &node() const { return m_node; }
    /// Whether it can be seen, and nothing else runs.
    void setWatched(bool watched);
    /// Runs now, and after each edit from now on.
    void ask();
    /// As ask(), with new samples of the sources.
    void askAnew();
    bool isAsked() const { return m_asked; }
    bool isRunning() const { return m_running; }
    /// Title of a node that would ask a server, and keeps the trial from running by itself; empty:
    /// there is none.
    std::string caller() const;

signals:
    void started();
    void finished(const sluice::TrialOutcome &outcome);
    /// What was shown holds no more: another node, another pipeline.
    void cleared();

private:
    struct Shared;
    struct Sampled
    {
        ValueMap config; // of the source when it was looked at
        std::vector<std::string> records;
    };

    void onChanged(const PipelineDiff &changes);
    void schedule();
    void start();
    void take(std::uint64_t job, TrialOutcome outcome);
    std::optional<Error> problemBefore() const;

    PipelineDocument &m_document;
    MakeValues m_makeValues;
    QTimer m_timer;
    std::string m_node;
    bool m_watched = false;
    bool m_asked = false;
    bool m_running = false;
    bool m_again = false; // something changed while it ran
    bool m_due = false;   // something changed while nobody looked
    std::uint64_t m_job = 0;
    std::map<std::string, Sampled> m_samples;  // by source node
    std::map<std::string, ValueMap> m_configs; // of the sources of the trial that runs
    std::stop_source m_stop;
    std::shared_ptr<Shared> m_shared; // with the threads, which may outlive this object
};

} // namespace sluice
