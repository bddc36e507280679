#pragma once

#include "core/base/result.h"
#include "core/event/inferred_field.h"
#include "core/node/catalog.h"
#include "core/pipeline/pipeline.h"
#include "core/pipeline/pipeline_file.h"
#include "core/pipeline/validation.h"
#include "ui/document/qt_text.h"
#include "ui/document/recovery.h"

#include <QObject>
#include <QPointF>
#include <QString>
#include <QTimer>
#include <QUndoStack>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Owns one pipeline, its undo stack and its file. Only it changes the value; views follow the
/// signals. Starts nothing and opens no dialog. Thread: the window's.
class PipelineDocument : public QObject
{
    Q_OBJECT

public:
    /// @param recoveryFolder  empty: the application's data folder
    explicit PipelineDocument(const Catalog &catalog,
                              QObject *parent = nullptr,
                              const QString &recoveryFolder = {});
    ~PipelineDocument() override; // a clean end: the recovery file goes

    const Catalog &catalog() const { return m_catalog; }
    const Pipeline &pipeline() const { return m_pipeline; }
    QUndoStack &undoStack() { return m_undo; }

    /// Makes the result of an edit the pipeline, as one undo step.
    /// @param name     of the step, for the menu: "Move 2 nodes"
    /// @param mergeId  steps in a row with the same id are one; empty: never merged
    /// Errors: those of `edited`; then nothing changed
    Result<void> apply(const QString &name, Result<Pipeline> edited, const QString &mergeId = {});

    /// What a new node is joined to, if anything.
    struct AddOptions
    {
        std::optional<WireEnd> from; // an output to feed it, or
        std::optional<WireEnd> to;   // an input to be fed by it
        std::optional<Wire> onWire;
    };
    /// @return  the new node's id
    Result<std::string>
    addNode(const std::string &kind, QPointF topLeft, const AddOptions &options = noOptions());

    static AddOptions noOptions() { return {}; }
    static constexpr const char *kFileEnding = ".sluice.json";

    // Files. Opening starts nothing, and a file that cannot be read changes nothing.
    Result<void> open(const QString &path);
    Result<void> save(); // Errors: FileUnwritable; also when there is no path yet
    Result<void> saveAs(const QString &path);
    void newPipeline();
    /// A pipeline without a file, from the text of a template.
    Result<void> fromTemplate(const std::string &text);
    QString path() const { return m_path; }
    /// The pipeline's name, or the file's, or "Untitled".
    QString displayName() const;
    bool isDirty() const { return !m_undo.isClean(); }

    // Recovery after a crash.
    std::vector<RecoverableFile> recoverable() const;
    Result<void> restore(const RecoverableFile &file);
    void discardRecovery(const RecoverableFile &file);
    /// Writes the recovery file now when there are unsaved changes. A timer does so by itself.
    void autosave();

    // Clipboard, as JSON text.
    void copy(const std::vector<std::string> &ids);
    bool canPaste() const;
    /// @param at  where the middle of what is pasted goes; none: a step beside the original
    Result<std::vector<std::string>> paste(std::optional<QPointF> at = {});
    Result<std::vector<std::string>> duplicate(const std::vector<std::string> &ids);

    // Validation.
    const std::vector<Diagnostic> &diagnostics() const { return m_diagnostics; }
    std::vector<Diagnostic> diagnosticsOf(std::string_view node) const;
    const ValidatedPipeline &validated() const { return m_validated; }
    /// Where references get their values from while editing (environment, secrets).
    void setValueSources(ValueSources sources);
    /// Columns of sources that declare none, found by sampling or by a run; by node id.
    void setInferredSchemas(std::map<std::string, Schema> schemas);
    const std::map<std::string, Schema> &inferredSchemas() const { return m_inferred; }
    /// Fields that sampled events of a source had, nested ones too; none when nobody looked.
    void setSampledFields(const std::string &source, std::vector<InferredField> fields);
    const std::vector<InferredField> &sampledFields(const std::string &source) const;

    /// What differs from the pipeline that runs.
    PipelineDiff changesSince(const Pipeline &running) const { return diff(running, m_pipeline); }

signals:
    void pipelineChanged(const sluice::PipelineDiff &diff);
    /// Another pipeline altogether: opened, new or restored. pipelineChanged follows.
    void replaced();
    void diagnosticsChanged();
    void pathChanged(const QString &path);
    void dirtyChanged(bool dirty);
    /// Something the user should know of, in words: autosave failed.
    void problemFound(const QString &text);

private:
    friend class PipelineCommand;
    void become(const Pipeline &pipeline); // undo and redo come here too
    void scheduleAutosave();
    void replace(LoadedPipeline loaded, const QString &path);
    void setPath(const QString &path);
    void revalidate();
    Result<std::vector<std::string>>
    pasteAs(const QString &name, const Pipeline &other, QPointF offset);

    const Catalog &m_catalog;
    Pipeline m_pipeline;
    QUndoStack m_undo;
    QString m_path;
    QString m_recoveryFolder;
    RecoveryFile m_recovery;
    QTimer m_autosave;
    bool m_changedSinceAutosave = false;
    int m_pasteSteps = 0;
    ValueSources m_values;
    std::map<std::string, Schema> m_inferred;
    std::map<std::string, std::vector<InferredField>> m_fields; // by source node
    ValidatedPipeline m_validated;
    std::vector<Diagnostic> m_fileNotes;
    std::vector<Diagnostic> m_diagnostics;
};

/// "what failed. what to do": an error as one line for people.
QString errorText(const Error &error);

} // namespace sluice
