#pragma once

#include "core/pipeline/pipeline.h"
#include "core/runtime/figures.h"

#include <QWidget>

#include <optional>
#include <string>

class QLineEdit;
class QScrollArea;
class QStackedWidget;
class QTabBar;

namespace sluice {

class ErrorsView;
class FiguresView;
class NodeForm;
class PipelineDocument;
class PipelineForm;
class SchemaView;
class SecretKeeper;
class ThemedLabel;
class Tile;
class WireView;

/// The panel at the right: what is selected, and how it is set.
class Inspector : public QWidget
{
    Q_OBJECT

public:
    Inspector(PipelineDocument &document, SecretKeeper *secrets, QWidget *parent = nullptr);

    /// The node to show; empty: the pipeline's own settings.
    void setNode(const std::string &id);
    /// A wire alone is selected.
    void setWire(const Wire &wire);
    /// `count` nodes are selected: none of them can be edited here.
    void setManySelected(int count);
    const std::string &node() const { return m_node; }
    void setSnapshot(const RunSnapshot &snapshot);
    void clearFigures();
    /// Shows the form with the focus in a field; an empty name: in the first.
    void editField(const std::string &field);
    NodeForm &form() { return *m_form; }

signals:
    void helpRequested(const std::string &kind);

private:
    void refresh();
    void refreshHeader();
    void refreshViews();
    void applyTitle();
    QWidget *makeHeader();
    QWidget *makeNodePage();
    const NodeFigures *figures() const;
    const WireFigures *wireFigures() const;
    void refreshWire();

    PipelineDocument &m_document;
    std::string m_node;
    std::optional<RunSnapshot> m_snapshot;
    int m_many = 0;
    std::optional<Wire> m_wire;
    int m_session = 0;

    QStackedWidget *m_pages;
    QWidget *m_nodePage = nullptr;
    QWidget *m_pipelinePage = nullptr;
    WireView *m_wirePage = nullptr;
    ThemedLabel *m_manyPage = nullptr;
    Tile *m_tile = nullptr;
    QLineEdit *m_title = nullptr;
    ThemedLabel *m_kind = nullptr;
    ThemedLabel *m_unknown = nullptr;
    QTabBar *m_tabs = nullptr;
    QStackedWidget *m_tabPages = nullptr;
    QScrollArea *m_formArea = nullptr;
    NodeForm *m_form = nullptr;
    SchemaView *m_schema = nullptr;
    FiguresView *m_figures = nullptr;
    ErrorsView *m_errors = nullptr;
};

} // namespace sluice
