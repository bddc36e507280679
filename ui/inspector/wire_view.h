#pragma once

#include "core/pipeline/pipeline.h"
#include "core/runtime/figures.h"

#include <QWidget>

#include <string>

class QTreeWidget;

namespace sluice {

class ElidedLabel;
class PipelineDocument;
class ThemedLabel;

/// What a wire carries: its columns, where each comes from, and its traffic.
class WireView : public QWidget
{
    Q_OBJECT

public:
    explicit WireView(const PipelineDocument &document, QWidget *parent = nullptr);
    void setWire(const Wire &wire);
    const Wire &wire() const { return m_wire; }
    /// @param figures  null: nothing runs and nothing ran
    void setFigures(const WireFigures *figures);
    /// The document has changed.
    void refresh();

private:
    QString titleOf(const std::string &node) const;

    const PipelineDocument &m_document;
    Wire m_wire;
    ElidedLabel *m_title;
    ThemedLabel *m_port;
    QTreeWidget *m_figures;
    ThemedLabel *m_none; // instead of figures
    QTreeWidget *m_columns;
    ThemedLabel *m_open; // below the columns
};

} // namespace sluice
