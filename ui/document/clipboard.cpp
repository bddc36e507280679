#include "ui/document/clipboard.h"

#include "core/pipeline/edits.h"
#include "core/pipeline/pipeline_file.h"

#include <QMimeData>
#include <QString>

namespace sluice {

namespace {

constexpr qsizetype kMostText = 16 << 20;

std::string textOf(const QMimeData &data)
{
    if (data.hasFormat(QLatin1String(kPipelineMime)))
        return data.data(QLatin1String(kPipelineMime)).toStdString();
    return data.hasText() ? data.text().toStdString() : std::string();
}

} // namespace

QMimeData *clipboardData(const Pipeline &pipeline, const std::vector<std::string> &ids)
{
    const std::string text = pipelineText(extract(pipeline, ids));
    auto *data = new QMimeData;
    data->setText(QString::fromStdString(text));
    data->setData(QLatin1String(kPipelineMime), QByteArray::fromStdString(text));
    return data;
}

bool holdsPipeline(const QMimeData &data)
{
    if (data.hasFormat(QLatin1String(kPipelineMime)))
        return true;
    // Text that is nodes: from an editor, a chat, another machine.
    const QString text = data.hasText() ? data.text() : QString();
    return text.size() < kMostText && text.trimmed().startsWith(QLatin1Char('{'))
           && text.contains(QLatin1String("\"sluice\""))
           && text.contains(QLatin1String("\"nodes\""));
}

Result<Pipeline> pipelineFromClipboard(const QMimeData &data, const Catalog &catalog)
{
    const auto loaded = parsePipeline(textOf(data));
    if (!loaded)
        return fail(ErrorCode::FileDamaged, "the clipboard holds no nodes")
            .hint("Copy nodes in Sluice, or the text of a pipeline file.");
    for (const NodePtr &node : loaded->pipeline.nodes) {
        if (!catalog.find(node->kind))
            return fail(ErrorCode::UnknownKind,
                        "the clipboard holds a node of the kind '{}', which this Sluice does not "
                        "have",
                        node->kind)
                .hint("Nothing was pasted.");
    }
    return loaded->pipeline;
}

} // namespace sluice
