#include "ui/document/pipeline_command.h"

#include "ui/document/pipeline_document.h"

namespace sluice {

namespace {

constexpr int kMergeable = 1;
constexpr int kNeverMerged = -1;

} // namespace

PipelineCommand::PipelineCommand(PipelineDocument &document,
                                 const QString &name,
                                 Pipeline after,
                                 QString mergeId)
    : QUndoCommand(name)
    , m_document(document)
    , m_before(document.pipeline())
    , m_after(std::move(after))
    , m_mergeId(std::move(mergeId))
{}

void PipelineCommand::undo()
{
    m_document.become(m_before);
}

void PipelineCommand::redo()
{
    m_document.become(m_after);
}

int PipelineCommand::id() const
{
    return m_mergeId.isEmpty() ? kNeverMerged : kMergeable;
}

bool PipelineCommand::mergeWith(const QUndoCommand *other)
{
    const auto *next = dynamic_cast<const PipelineCommand *>(other);
    if (!next || next->m_mergeId != m_mergeId)
        return false;
    m_after = next->m_after;
    setObsolete(m_before == m_after); // a gesture that ends where it began leaves no step
    return true;
}

} // namespace sluice
