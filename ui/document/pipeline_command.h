#pragma once

#include "core/pipeline/pipeline.h"

#include <QString>
#include <QUndoCommand>

namespace sluice {

class PipelineDocument;

/// The one undo step there is: the whole pipeline before and after. Cheap, as both share what did
/// not change.
class PipelineCommand : public QUndoCommand
{
public:
    PipelineCommand(PipelineDocument &document,
                    const QString &name,
                    Pipeline after,
                    QString mergeId);

    void undo() override;
    void redo() override;
    int id() const override;
    bool mergeWith(const QUndoCommand *other) override;

private:
    PipelineDocument &m_document;
    Pipeline m_before;
    Pipeline m_after;
    QString m_mergeId;
};

} // namespace sluice
