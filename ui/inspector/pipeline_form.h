#pragma once

#include <QWidget>

class QComboBox;
class QLineEdit;
class QVBoxLayout;

namespace sluice {

class PipelineDocument;
class ThemedLabel;
struct Parameter;
struct Settings;

/// What belongs to the pipeline as a whole: name, delivery, checkpoints, parameters. Shown while
/// no node is selected.
class PipelineForm : public QWidget
{
    Q_OBJECT

public:
    explicit PipelineForm(PipelineDocument &document, QWidget *parent = nullptr);

private:
    void refresh();
    void showProblems();
    void connectLimits();
    void rebuildParameters();
    void addParameterRow(const Parameter &parameter, int index);
    void editParameter(int index, const Parameter &changed);
    void applySettings(const QString &name, const Settings &settings);

    PipelineDocument &m_document;
    QLineEdit *m_name;
    QComboBox *m_delivery;
    QLineEdit *m_checkpoint;
    QLineEdit *m_stateBytes;
    QLineEdit *m_stateKeys;
    ThemedLabel *m_deliveryHelp;
    ThemedLabel *m_checkpointHelp;
    ThemedLabel *m_stateBytesHelp;
    ThemedLabel *m_stateKeysHelp;
    ThemedLabel *m_noParameters;
    QVBoxLayout *m_parameters;
    int m_session = 0;
    bool m_own = false; // the change under way comes from this form
};

} // namespace sluice
