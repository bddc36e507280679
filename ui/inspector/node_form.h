#pragma once

#include "core/node/node_descriptor.h"
#include "core/pipeline/diagnostic.h"
#include "ui/bridge/probe_job.h"
#include "ui/inspector/field_editor.h"

#include <QWidget>

#include <map>
#include <string>
#include <vector>

class QPushButton;
class QVBoxLayout;

namespace sluice {

class AlternativesBar;
class FieldRow;
class FoldingSection;
class PipelineDocument;
class ThemedLabel;

/// The form of one node, made from its kind's descriptor. Each edit is an edit of the document;
/// typing in one field is one undo step.
class NodeForm : public QWidget
{
    Q_OBJECT

public:
    NodeForm(PipelineDocument &document, SecretKeeper *secrets, QWidget *parent = nullptr);

    /// Shows a node; rebuilds the rows when it is another one or of another kind.
    void setNode(const std::string &id);
    const std::string &node() const { return m_node; }
    FieldRow *row(const std::string &field) const;
    /// What chooses between a field and those that take its place; null: there are none.
    AlternativesBar *alternatives(const std::string &field) const;
    /// Brings a field into view and gives it the focus.
    void focusField(const std::string &field);
    void focusFirst();

signals:
    void rowsChanged();

private:
    void rebuild(const NodeDescriptor &descriptor);
    void addRow(const FieldSpec &spec, QVBoxLayout *layout);
    void addAlternatives(const FieldSpec &spec, QVBoxLayout *layout);
    void switchAlternative(AlternativesBar *bar, const std::string &from, const std::string &to);
    void showAlternatives();
    void showValues();
    void showProblems();
    void updateContext();
    void addPaths();
    bool isShown(const FieldSpec &spec) const;
    Value valueOf(const std::string &field) const;
    void setField(const std::string &field, const Value &value);
    void makeParameter(const FieldSpec &spec);
    void runProbe();
    void showReport(const ProbeReport &report);
    void choose(const QString &name);
    void bringIntoView(QWidget *part);

    PipelineDocument &m_document;
    FieldContext m_context;
    ProbeJob m_probe;
    const NodeDescriptor *m_descriptor = nullptr;
    std::string m_node;
    std::vector<FieldRow *> m_rows;
    std::vector<AlternativesBar *> m_alternatives;
    std::map<std::string, Value> m_setAside; // of fields whose alternative was chosen instead
    QWidget *m_content = nullptr;
    FoldingSection *m_advanced = nullptr;
    QPushButton *m_test = nullptr;
    ThemedLabel *m_report = nullptr;
    std::string m_chooses; // the field that names found by the probe are for
    int m_session = 0;     // typing between two changes of it is one undo step
};

} // namespace sluice
