#pragma once

#include "core/pipeline/diagnostic.h"

#include <QWidget>

#include <string>

class QTreeWidget;
class QTreeWidgetItem;

namespace sluice {

class PipelineDocument;
class ThemedLabel;

/// Everything that is wrong with the pipeline. Choosing a line shows its node and field; where a
/// way to mend it is known, a link does it.
class ProblemsView : public QWidget
{
    Q_OBJECT

public:
    explicit ProblemsView(PipelineDocument &document, QWidget *parent = nullptr);

    int problemCount() const { return m_problems; }
    void activate(int index);
    void applyFix(int index, int fix);

signals:
    /// Errors and warnings; notes are listed but not counted.
    void countChanged(int count);
    void problemChosen(const std::string &node, const std::string &field);

private:
    void rebuild();
    void addItem(const Diagnostic &problem, int index);

    PipelineDocument &m_document;
    QTreeWidget *m_tree;
    ThemedLabel *m_empty;
    std::vector<Diagnostic> m_shown;
    int m_problems = 0;
};

} // namespace sluice
