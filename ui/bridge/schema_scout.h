#pragma once

#include "core/event/inferred_field.h"
#include "core/event/schema.h"
#include "core/pipeline/pipeline.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <memory>
#include <set>
#include <stop_token>
#include <string>

namespace sluice {

class PipelineDocument;

/// Finds the columns of sources that declare none while they are being set up: a moment after an
/// edit of such a node it looks at its first events, off the window's thread, and tells the
/// document. Opening a file touches nothing outside. Thread: the window's.
class SchemaScout : public QObject
{
    Q_OBJECT

public:
    explicit SchemaScout(PipelineDocument &document, QObject *parent = nullptr);
    ~SchemaScout() override; // does not wait for a look that is under way

signals:
    void found(const std::string &node);

private:
    struct Shared;

    void onPipelineChanged(const PipelineDiff &changes);
    void look();
    void take(std::uint64_t job,
              const std::string &node,
              const Schema &schema,
              const std::vector<InferredField> &fields);

    PipelineDocument &m_document;
    QTimer m_timer;
    std::set<std::string> m_wanted;
    std::map<std::string, std::uint64_t> m_jobs; // the latest look at each node
    std::uint64_t m_nextJob = 0;
    bool m_skipNext = false; // the change that comes with another pipeline
    std::stop_source m_stop;
    std::shared_ptr<Shared> m_shared; // with the threads, which may outlive this object
};

} // namespace sluice
