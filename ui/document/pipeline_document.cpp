#include "ui/document/pipeline_document.h"

#include "core/base/file_system.h"
#include "core/pipeline/edits.h"
#include "core/pipeline/ports.h"
#include "ui/document/clipboard.h"
#include "ui/document/pipeline_command.h"
#include "ui/document/recent_files.h"

#include <QClipboard>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMimeData>

namespace sluice {

namespace {

constexpr int kAutosaveMs = 3000;
constexpr double kPasteStep = 32;

QRectF layoutBounds(const Pipeline &pipeline)
{
    QRectF bounds;
    for (const auto &[id, at] : pipeline.layout)
        bounds |= QRectF(at.x, at.y, 1, 1);
    return bounds;
}

// Joins a new node to one end of a wire at the first of its ports that fits.
Result<Pipeline> joinedTo(const Pipeline &pipeline,
                          const Catalog &catalog,
                          const std::string &id,
                          const PipelineDocument::AddOptions &options)
{
    const NodePtr node = pipeline.findNode(id);
    const NodeDescriptor *descriptor = node ? catalog.find(node->kind) : nullptr;
    if (!descriptor)
        return fail(ErrorCode::UnknownNode, "there is no node '{}'", id);
    const auto ports = portsOf(
        *descriptor, node->config, options.from ? PortDirection::Input : PortDirection::Output);
    Result<Pipeline> last =
        fail(ErrorCode::UnknownPort, "{} has no port for this wire", descriptor->title);
    for (const PortSpec &port : ports) {
        const WireEnd own{id, port.id};
        last = options.from ? connect(pipeline, catalog, *options.from, own)
                            : connect(pipeline, catalog, own, *options.to);
        if (last)
            break;
    }
    return last;
}

} // namespace

PipelineDocument::PipelineDocument(const Catalog &catalog,
                                   QObject *parent,
                                   const QString &recoveryFolder)
    : QObject(parent)
    , m_catalog(catalog)
    , m_recoveryFolder(recoveryFolder)
    , m_recovery(recoveryFolder)
{
    m_autosave.setInterval(kAutosaveMs);
    m_autosave.setSingleShot(true);
    QObject::connect(&m_autosave, &QTimer::timeout, this, &PipelineDocument::autosave);
    QObject::connect(&m_undo, &QUndoStack::cleanChanged, this, [this](bool clean) {
        if (clean)
            m_recovery.remove();
        Q_EMIT dirtyChanged(!clean);
    });
    revalidate();
}

PipelineDocument::~PipelineDocument()
{
    m_undo.disconnect(this);
    m_recovery.remove();
}

Result<void>
PipelineDocument::apply(const QString &name, Result<Pipeline> edited, const QString &mergeId)
{
    if (!edited)
        return fail(edited.error());
    if (*edited == m_pipeline)
        return {};
    m_undo.push(new PipelineCommand(*this, name, *std::move(edited), mergeId));
    return {};
}

Result<std::string>
PipelineDocument::addNode(const std::string &kind, QPointF topLeft, const AddOptions &options)
{
    TRY_ASSIGN(AddedNode added,
               sluice::addNode(m_pipeline, m_catalog, kind, Position{topLeft.x(), topLeft.y()}));
    const NodeDescriptor *descriptor = m_catalog.find(kind);
    const QString name = tr("Add %1").arg(toQString(descriptor ? descriptor->title : kind));
    if (options.onWire) {
        TRY_ASSIGN(added.pipeline,
                   insertOnWire(added.pipeline, m_catalog, *options.onWire, added.id));
    } else if (options.from || options.to) {
        TRY_ASSIGN(added.pipeline, joinedTo(added.pipeline, m_catalog, added.id, options));
    }
    TRY(apply(name, std::move(added.pipeline)));
    return added.id;
}

void PipelineDocument::become(const Pipeline &pipeline)
{
    const PipelineDiff changes = diff(m_pipeline, pipeline);
    m_pipeline = pipeline;
    scheduleAutosave();
    Q_EMIT pipelineChanged(changes);
    const bool onlyLooks = changes.added.empty() && changes.removed.empty()
                           && changes.changed.empty() && !changes.wiresChanged
                           && !changes.settingsChanged;
    if (!onlyLooks)
        revalidate();
}

void PipelineDocument::replace(LoadedPipeline loaded, const QString &path)
{
    const Pipeline before = m_pipeline;
    m_pipeline = withLayout(loaded.pipeline);
    m_fileNotes = std::move(loaded.notes);
    m_inferred.clear();
    m_fields.clear();
    m_changedSinceAutosave = false;
    m_autosave.stop();
    m_recovery.remove();
    const bool wasDirty = isDirty();
    m_undo.clear();
    setPath(path);
    Q_EMIT replaced();
    Q_EMIT pipelineChanged(diff(before, m_pipeline));
    if (wasDirty)
        Q_EMIT dirtyChanged(false);
    revalidate();
}

Result<void> PipelineDocument::open(const QString &path)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    TRY_ASSIGN(LoadedPipeline loaded, loadPipelineFile(absolute.toStdString()));
    replace(std::move(loaded), absolute);
    addRecentFile(absolute);
    return {};
}

Result<void> PipelineDocument::save()
{
    if (m_path.isEmpty())
        return fail(ErrorCode::FileUnwritable, "this pipeline has no file yet")
            .hint("Choose a place with Save as.");
    TRY(savePipelineFile(m_pipeline, m_path.toStdString()));
    m_changedSinceAutosave = false;
    m_recovery.remove();
    m_undo.setClean();
    return {};
}

Result<void> PipelineDocument::saveAs(const QString &path)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    TRY(savePipelineFile(m_pipeline, absolute.toStdString()));
    m_changedSinceAutosave = false;
    m_recovery.remove();
    setPath(absolute);
    addRecentFile(absolute);
    m_undo.setClean();
    return {};
}

void PipelineDocument::newPipeline()
{
    replace({}, {});
}

Result<void> PipelineDocument::fromTemplate(const std::string &text)
{
    TRY_ASSIGN(LoadedPipeline loaded, parsePipeline(text));
    replace(std::move(loaded), {});
    return {};
}

QString PipelineDocument::displayName() const
{
    if (!m_pipeline.name.empty())
        return toQString(m_pipeline.name);
    if (m_path.isEmpty())
        return tr("Untitled");
    QString name = QFileInfo(m_path).fileName();
    if (name.endsWith(QLatin1String(kFileEnding)))
        name.chop(int(std::string_view(kFileEnding).size()));
    return name;
}

void PipelineDocument::setPath(const QString &path)
{
    m_values.pipelineDirectory = path.isEmpty() ? "" : directoryOf(path.toStdString());
    if (path == m_path)
        return;
    m_path = path;
    Q_EMIT pathChanged(path);
}

std::vector<RecoverableFile> PipelineDocument::recoverable() const
{
    return RecoveryFile::list(m_recoveryFolder);
}

Result<void> PipelineDocument::restore(const RecoverableFile &file)
{
    TRY_ASSIGN(LoadedPipeline loaded, loadPipelineFile(file.recoveryPath.toStdString()));
    replace(std::move(loaded), file.originalPath);
    m_undo.resetClean(); // it differs from what the file holds
    m_changedSinceAutosave = true;
    autosave();
    RecoveryFile::discard(file);
    Q_EMIT dirtyChanged(true);
    return {};
}

void PipelineDocument::discardRecovery(const RecoverableFile &file)
{
    RecoveryFile::discard(file);
}

void PipelineDocument::scheduleAutosave()
{
    m_changedSinceAutosave = true;
    if (!m_autosave.isActive())
        m_autosave.start();
}

void PipelineDocument::autosave()
{
    if (!m_changedSinceAutosave || !isDirty())
        return;
    m_changedSinceAutosave = false;
    if (auto written = m_recovery.write(pipelineText(m_pipeline), m_path, displayName()); !written)
        Q_EMIT problemFound(
            tr("Unsaved changes cannot be kept for a crash: %1").arg(errorText(written.error())));
}

void PipelineDocument::copy(const std::vector<std::string> &ids)
{
    if (ids.empty())
        return;
    m_pasteSteps = 0;
    QGuiApplication::clipboard()->setMimeData(clipboardData(m_pipeline, ids));
}

bool PipelineDocument::canPaste() const
{
    const QMimeData *data = QGuiApplication::clipboard()->mimeData();
    return data && holdsPipeline(*data);
}

Result<std::vector<std::string>>
PipelineDocument::pasteAs(const QString &name, const Pipeline &other, QPointF offset)
{
    TRY_ASSIGN(Pasted pasted, sluice::paste(m_pipeline, other, Position{offset.x(), offset.y()}));
    TRY(apply(name, std::move(pasted.pipeline)));
    return pasted.ids;
}

Result<std::vector<std::string>> PipelineDocument::paste(std::optional<QPointF> at)
{
    const QMimeData *data = QGuiApplication::clipboard()->mimeData();
    if (!data)
        return fail(ErrorCode::FileDamaged, "the clipboard is empty");
    TRY_ASSIGN(const Pipeline read, pipelineFromClipboard(*data, m_catalog));
    const Pipeline other = withLayout(read);
    QPointF offset(0, 0);
    if (at) {
        offset = *at - layoutBounds(other).center();
    } else {
        ++m_pasteSteps;
        offset = QPointF(kPasteStep, kPasteStep) * m_pasteSteps;
    }
    return pasteAs(tr("Paste %n node(s)", nullptr, int(other.nodes.size())), other, offset);
}

Result<std::vector<std::string>> PipelineDocument::duplicate(const std::vector<std::string> &ids)
{
    return pasteAs(tr("Duplicate %n node(s)", nullptr, int(ids.size())),
                   extract(m_pipeline, ids),
                   QPointF(kPasteStep, kPasteStep));
}

std::vector<Diagnostic> PipelineDocument::diagnosticsOf(std::string_view node) const
{
    std::vector<Diagnostic> own;
    for (const Diagnostic &diagnostic : m_diagnostics) {
        if (diagnostic.node == node)
            own.push_back(diagnostic);
    }
    return own;
}

void PipelineDocument::setValueSources(ValueSources sources)
{
    m_values = std::move(sources);
    m_values.pipelineDirectory = m_path.isEmpty() ? "" : directoryOf(m_path.toStdString());
    revalidate();
}

void PipelineDocument::setInferredSchemas(std::map<std::string, Schema> schemas)
{
    if (schemas == m_inferred)
        return;
    m_inferred = std::move(schemas);
    revalidate();
}

void PipelineDocument::setSampledFields(const std::string &source,
                                        std::vector<InferredField> fields)
{
    std::vector<InferredField> &known = m_fields[source];
    if (known == fields)
        return;
    known = std::move(fields);
    Q_EMIT diagnosticsChanged(); // whoever shows columns shows these too
}

const std::vector<InferredField> &PipelineDocument::sampledFields(const std::string &source) const
{
    static const std::vector<InferredField> kNone;
    const auto found = m_fields.find(source);
    return found == m_fields.end() ? kNone : found->second;
}

void PipelineDocument::revalidate()
{
    m_validated = validate(m_pipeline, m_catalog, m_values, m_inferred);
    m_diagnostics = m_fileNotes;
    m_diagnostics.insert(
        m_diagnostics.end(), m_validated.diagnostics.begin(), m_validated.diagnostics.end());
    // What was just begun is no mistake; the empty canvas says what to do.
    std::erase_if(m_diagnostics, [](const Diagnostic &diagnostic) {
        return diagnostic.code == ErrorCode::EmptyPipeline;
    });
    Q_EMIT diagnosticsChanged();
}

QString errorText(const Error &error)
{
    QString text = toQString(error.message);
    if (text.isEmpty())
        return text;
    text[0] = text[0].toUpper();
    if (!text.endsWith(QLatin1Char('.')) && !text.endsWith(QLatin1Char('?')))
        text += QLatin1Char('.');
    if (!error.hint.empty())
        text += QLatin1Char(' ') + toQString(error.hint);
    return text;
}

} // namespace sluice
