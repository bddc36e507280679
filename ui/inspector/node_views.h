#pragma once

#include "core/pipeline/validation.h"
#include "core/runtime/figures.h"

#include <QWidget>

#include <optional>
#include <string>
#include <utility>
#include <vector>

class QFormLayout;
class QTreeWidget;
class QVBoxLayout;

namespace sluice {

class PipelineDocument;
class ThemedLabel;

/// A table without a frame, as the views of the inspector have it; its first column stretches.
QTreeWidget *makeInspectorTree(QWidget *parent, const QStringList &header);
/// Sets the rows of a two-column table, keeping its items so that a selection or a scroll stays.
void setInspectorRows(QTreeWidget *tree, const std::vector<std::pair<QString, QString>> &rows);

/// Columns that come in and go out of a node, with their types.
class SchemaView : public QWidget
{
    Q_OBJECT

public:
    explicit SchemaView(QWidget *parent = nullptr);
    void setNode(const PipelineDocument &document, const std::string &id);

private:
    QTreeWidget *m_tree;
    ThemedLabel *m_empty;
};

/// All figures of a node, live.
class FiguresView : public QWidget
{
    Q_OBJECT

public:
    explicit FiguresView(QWidget *parent = nullptr);
    /// @param figures  null: nothing runs and nothing ran
    void setFigures(const NodeFigures *figures);

private:
    QTreeWidget *m_tree;
    ThemedLabel *m_sum;
    ThemedLabel *m_empty;
};

/// What is wrong with a node: its diagnostics, and what the run counted.
class ErrorsView : public QWidget
{
    Q_OBJECT

public:
    explicit ErrorsView(QWidget *parent = nullptr);
    void
    setNode(const PipelineDocument &document, const std::string &id, const NodeFigures *figures);

signals:
    void fieldChosen(const std::string &field);

private:
    QVBoxLayout *m_list;
    ThemedLabel *m_empty;
    QString m_shown; // rebuilt only when the text of it changes
};

} // namespace sluice
