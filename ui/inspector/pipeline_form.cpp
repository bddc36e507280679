#include "ui/inspector/pipeline_form.h"

#include "core/pipeline/edits.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/choice_editors.h"
#include "ui/inspector/field_editor.h"
#include "ui/inspector/table_editors.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/themed_label.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpressionValidator>
#include <QToolButton>
#include <QVBoxLayout>

namespace sluice {

namespace {

void addField(QVBoxLayout *layout, const QString &label, QWidget *editor, QWidget *help = nullptr)
{
    auto *column = new QVBoxLayout;
    column->setSpacing(metrics::kSpaceXs);
    auto *title = new ThemedLabel(label, TextRole::Label);
    title->setBuddy(editor);
    editor->setAccessibleName(label);
    column->addWidget(title);
    column->addWidget(editor);
    if (help != nullptr)
        column->addWidget(help);
    layout->addLayout(column);
}

} // namespace

PipelineForm::PipelineForm(PipelineDocument &document, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
    , m_name(new QLineEdit(this))
    , m_delivery(new CalmCombo(this))
    , m_checkpoint(new QLineEdit(this))
    , m_stateBytes(new QLineEdit(this))
    , m_stateKeys(new QLineEdit(this))
    , m_deliveryHelp(new ThemedLabel(TextRole::Hint, this))
    , m_checkpointHelp(new ThemedLabel(TextRole::Hint, this))
    , m_stateBytesHelp(new ThemedLabel(TextRole::Hint, this))
    , m_stateKeysHelp(new ThemedLabel(TextRole::Hint, this))
    , m_noParameters(new ThemedLabel(
          tr("A parameter gives a value a name, so that a run can set it: --param name=value."),
          TextRole::Hint,
          this))
    , m_parameters(new QVBoxLayout)
{
    m_name->setObjectName(QStringLiteral("pipelineName"));
    m_delivery->addItem(tr("At least once"), int(Delivery::AtLeastOnce));
    m_delivery->addItem(tr("Exactly once"), int(Delivery::ExactlyOnce));
    m_deliveryHelp->setWordWrap(true);
    m_checkpointHelp->setWordWrap(true);
    m_stateBytesHelp->setWordWrap(true);
    m_stateKeysHelp->setWordWrap(true);
    m_stateBytes->setObjectName(QStringLiteral("stateBytes"));
    m_stateKeys->setObjectName(QStringLiteral("stateKeys"));
    m_noParameters->setWordWrap(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceM);
    addField(layout, tr("Name"), m_name);
    addField(layout, tr("Delivery"), m_delivery, m_deliveryHelp);
    addField(layout, tr("Checkpoint every"), m_checkpoint, m_checkpointHelp);
    addField(layout, tr("Memory of a node"), m_stateBytes, m_stateBytesHelp);
    addField(layout, tr("Keys of a node"), m_stateKeys, m_stateKeysHelp);
    layout->addWidget(new ThemedLabel(tr("Parameters"), TextRole::Label, this));
    m_parameters->setSpacing(metrics::kSpaceXs);
    layout->addLayout(m_parameters);
    layout->addWidget(m_noParameters);
    auto *add = new QPushButton(icon(QStringLiteral("plus")), tr("Add parameter"), this);
    add->setFlat(true);
    add->setObjectName(QStringLiteral("addParameter"));
    layout->addWidget(add, 0, Qt::AlignLeft);
    layout->addStretch(1);

    connect(m_name, &QLineEdit::textEdited, this, [this](const QString &text) {
        const auto done = m_document.apply(tr("Name the pipeline"),
                                           setName(m_document.pipeline(), toStdString(text)),
                                           QStringLiteral("name/%1").arg(m_session));
        (void)done;
    });
    connect(m_name, &QLineEdit::editingFinished, this, [this] { ++m_session; });
    connect(m_delivery, &QComboBox::activated, this, [this] {
        Settings settings = m_document.pipeline().settings;
        settings.delivery = Delivery(m_delivery->currentData().toInt());
        applySettings(tr("Change the delivery"), settings);
        ++m_session;
    });
    connect(m_checkpoint, &QLineEdit::textEdited, this, [this](const QString &text) {
        Settings settings = m_document.pipeline().settings;
        settings.checkpointInterval = toStdString(text);
        applySettings(tr("Change the checkpoint interval"), settings);
    });
    connect(m_checkpoint, &QLineEdit::editingFinished, this, [this] { ++m_session; });
    connectLimits();
    connect(add, &QPushButton::clicked, this, [this] {
        std::vector<Parameter> parameters = m_document.pipeline().parameters;
        std::string name = "parameter";
        for (int i = 2; m_document.pipeline().findParameter(name) != nullptr; ++i)
            name = "parameter_" + std::to_string(i);
        parameters.push_back({name, ColumnType::String, Value("")});
        const auto done = m_document.apply(
            tr("Add a parameter"), setParameters(m_document.pipeline(), std::move(parameters)));
        (void)done;
    });
    connect(&document, &PipelineDocument::pipelineChanged, this, &PipelineForm::refresh);
    connect(&document, &PipelineDocument::diagnosticsChanged, this, &PipelineForm::showProblems);
    refresh();
    showProblems();
}

void PipelineForm::connectLimits()
{
    constexpr int kMostDigits = 12;
    m_stateKeys->setValidator(new QRegularExpressionValidator(
        QRegularExpression(QStringLiteral("[0-9]{1,%1}").arg(kMostDigits)), m_stateKeys));
    connect(m_stateBytes, &QLineEdit::textEdited, this, [this](const QString &text) {
        Settings settings = m_document.pipeline().settings;
        settings.stateBytes = toStdString(text);
        applySettings(tr("Change the memory of a node"), settings);
    });
    connect(m_stateKeys, &QLineEdit::textEdited, this, [this](const QString &text) {
        Settings settings = m_document.pipeline().settings;
        settings.stateKeys = text.toLongLong();
        applySettings(tr("Change the keys of a node"), settings);
    });
    for (const QLineEdit *line : {m_stateBytes, m_stateKeys})
        connect(line, &QLineEdit::editingFinished, this, [this] { ++m_session; });
}

void PipelineForm::applySettings(const QString &name, const Settings &settings)
{
    const auto done = m_document.apply(name,
                                       setSettings(m_document.pipeline(), settings),
                                       QStringLiteral("settings/%1").arg(m_session));
    (void)done;
}

void PipelineForm::refresh()
{
    const Pipeline &pipeline = m_document.pipeline();
    const auto show = [](QLineEdit *line, const std::string &text) {
        if (line->text() != toQString(text))
            line->setText(toQString(text));
    };
    if (pipeline.name.empty())
        m_name->setPlaceholderText(m_document.displayName());
    show(m_name, pipeline.name);
    show(m_checkpoint, pipeline.settings.checkpointInterval);
    show(m_stateBytes, pipeline.settings.stateBytes);
    if (!m_stateKeys->text().isEmpty() || !m_stateKeys->hasFocus())
        show(m_stateKeys, std::to_string(pipeline.settings.stateKeys));
    m_delivery->setCurrentIndex(m_delivery->findData(int(pipeline.settings.delivery)));
    m_noParameters->setVisible(pipeline.parameters.empty());
    if (!m_own)
        rebuildParameters();
}

void PipelineForm::showProblems()
{
    struct Place
    {
        const char *field;
        QWidget *editor;
        ThemedLabel *label;
        QString help;
    };
    const Place places[] = {
        {"delivery", m_delivery, m_deliveryHelp, tr("What a crash may do: repeat events, or not")},
        {"checkpoint",
         m_checkpoint,
         m_checkpointHelp,
         tr("How much may have to be repeated after a crash")},
        {"state_bytes",
         m_stateBytes,
         m_stateBytesHelp,
         tr("What windows and joins of one node may keep; what is ahead waits then")},
        {"state_keys", m_stateKeys, m_stateKeysHelp, tr("How many keys one node may keep")},
    };
    for (const Place &place : places) {
        place.label->setRole(TextRole::Hint);
        place.label->setText(place.help);
        markInvalid(place.editor, false);
    }
    for (const Diagnostic &problem : m_document.diagnosticsOf({})) {
        for (const Place &place : places) {
            if (problem.field.find(place.field) == std::string::npos)
                continue;
            place.label->setRole(TextRole::Error);
            place.label->setText(errorText({problem.code, problem.message, problem.hint, {}, {}}));
            markInvalid(place.editor, true);
        }
    }
}

void PipelineForm::rebuildParameters()
{
    while (QLayoutItem *item = m_parameters->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    const auto &parameters = m_document.pipeline().parameters;
    for (std::size_t i = 0; i < parameters.size(); ++i)
        addParameterRow(parameters[i], int(i));
}

void PipelineForm::addParameterRow(const Parameter &parameter, int index)
{
    auto *row = new QWidget(this);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceXs);
    auto *name = new QLineEdit(toQString(parameter.name), row);
    name->setAccessibleName(tr("Name of the parameter"));
    auto *type = new CalmCombo(row);
    fillWithTypes(type);
    type->setCurrentIndex(type->findData(toQString(typeName(parameter.type))));
    type->setAccessibleName(tr("Type of the parameter"));
    auto *value = new QLineEdit(valueText(parameter.value), row);
    value->setAccessibleName(tr("Value of the parameter"));
    auto *remove = new QToolButton(row);
    remove->setIcon(icon(QStringLiteral("close")));
    remove->setAutoRaise(true);
    remove->setToolTip(tr("Remove this parameter"));
    remove->setAccessibleName(remove->toolTip());
    layout->addWidget(name, 3);
    layout->addWidget(type, 3);
    layout->addWidget(value, 3);
    layout->addWidget(remove);
    const auto changed = [this, index, name, type, value] {
        const auto kind = typeFromName(toStdString(type->currentData().toString()));
        Parameter edited{toStdString(name->text()), kind.value_or(ColumnType::String), {}};
        edited.value = edited.type == ColumnType::String ? Value(toStdString(value->text()))
                                                         : valueFromText(value->text());
        editParameter(index, edited);
    };
    connect(name, &QLineEdit::textEdited, this, changed);
    connect(value, &QLineEdit::textEdited, this, changed);
    connect(type, &QComboBox::activated, this, changed);
    for (QLineEdit *line : {name, value})
        connect(line, &QLineEdit::editingFinished, this, [this] { ++m_session; });
    connect(remove, &QToolButton::clicked, this, [this, index] {
        std::vector<Parameter> parameters = m_document.pipeline().parameters;
        parameters.erase(parameters.begin() + index);
        const auto done = m_document.apply(
            tr("Remove a parameter"), setParameters(m_document.pipeline(), std::move(parameters)));
        (void)done;
    });
    m_parameters->addWidget(row);
}

void PipelineForm::editParameter(int index, const Parameter &changed)
{
    std::vector<Parameter> parameters = m_document.pipeline().parameters;
    if (index >= int(parameters.size()))
        return;
    parameters[std::size_t(index)] = changed;
    m_own = true; // the row that is typed in must stay
    const auto done = m_document.apply(tr("Change a parameter"),
                                       setParameters(m_document.pipeline(), std::move(parameters)),
                                       QStringLiteral("parameter/%1/%2").arg(index).arg(m_session));
    (void)done;
    m_own = false;
}

} // namespace sluice
