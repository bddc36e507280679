#include "ui/inspector/node_form.h"

#include "core/base/value_place.h"
#include "core/pipeline/edits.h"
#include "ui/document/pipeline_document.h"
#include "ui/inspector/alternatives_bar.h"
#include "ui/inspector/field_row.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/folding_section.h"
#include "ui/widgets/themed_label.h"

#include <QFileInfo>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace sluice {

namespace {

/// Whether a diagnostic's field is `field` or a part of it ("fields[2].expression").
bool concerns(const Diagnostic &diagnostic, const std::string &field)
{
    const std::string &name = diagnostic.field;
    if (name.compare(0, field.size(), field) != 0)
        return false;
    return name.size() == field.size() || name[field.size()] == '.' || name[field.size()] == '[';
}

/// "Topics: a, b, c", each to be clicked; of very many the first ones.
QString choiceLinks(const QString &label, const QStringList &names)
{
    constexpr qsizetype kMostLinks = 20;
    QStringList links;
    for (const QString &name : names.mid(0, kMostLinks))
        links << QStringLiteral("<a href=\"%1\">%2</a>")
                     .arg(QString::fromLatin1(QUrl::toPercentEncoding(name)),
                          visibleText(name).toHtmlEscaped());
    QString text = NodeForm::tr("%1: %2").arg(label, links.join(QStringLiteral(", ")));
    if (names.size() > kMostLinks)
        text += QLatin1Char(' ')
                + NodeForm::tr("and %1 more, found while typing.").arg(names.size() - kMostLinks);
    return text;
}

ColumnType parameterType(FieldType type, const Value &value)
{
    switch (type) {
    case FieldType::Boolean:
        return ColumnType::Bool;
    case FieldType::Integer:
        return ColumnType::Long;
    case FieldType::ByteSize:
        return value.asInteger() != nullptr ? ColumnType::Long : ColumnType::String;
    case FieldType::Real:
        return ColumnType::Real;
    default:
        return ColumnType::String;
    }
}

} // namespace

NodeForm::NodeForm(PipelineDocument &document, SecretKeeper *secrets, QWidget *parent)
    : QWidget(parent)
    , m_document(document)
{
    m_context.secrets = secrets;
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    connect(&document, &PipelineDocument::pipelineChanged, this, [this] {
        if (!m_node.empty())
            setNode(m_node);
    });
    connect(&document, &PipelineDocument::diagnosticsChanged, this, [this] {
        updateContext();
        showProblems();
    });
    connect(&m_probe, &ProbeJob::finished, this, &NodeForm::showReport);
}

void NodeForm::setNode(const std::string &id)
{
    const NodePtr node = m_document.pipeline().findNode(id);
    const NodeDescriptor *descriptor = node ? m_document.catalog().find(node->kind) : nullptr;
    if (id != m_node || descriptor != m_descriptor) {
        m_node = node ? id : std::string();
        m_descriptor = descriptor;
        m_context.suggestions.clear();
        m_probe.cancel();
        ++m_session;
        delete m_content;
        m_content = nullptr;
        m_rows.clear();
        m_alternatives.clear();
        m_setAside.clear();
        m_advanced = nullptr;
        m_test = nullptr;
        m_report = nullptr;
        updateContext();
        if (descriptor != nullptr)
            rebuild(*descriptor);
        showProblems();
    }
    if (m_descriptor == nullptr)
        return;
    updateContext();
    showValues();
}

void NodeForm::rebuild(const NodeDescriptor &descriptor)
{
    m_content = new QWidget(this);
    auto *rows = new QVBoxLayout(m_content);
    rows->setContentsMargins({});
    rows->setSpacing(metrics::kSpaceM);
    layout()->addWidget(m_content);
    const bool folds = std::any_of(descriptor.fields.begin(),
                                   descriptor.fields.end(),
                                   [](const FieldSpec &spec) { return spec.advanced; });
    for (const FieldSpec &spec : descriptor.fields) {
        if (!spec.advanced)
            addRow(spec, rows);
    }
    if (descriptor.probe) {
        m_test = new QPushButton(tr("Test connection"), m_content);
        m_test->setObjectName(QStringLiteral("testConnection"));
        m_report = new ThemedLabel(TextRole::Hint, m_content);
        m_report->setWordWrap(true);
        m_report->setTextFormat(Qt::RichText);
        m_report->setTextInteractionFlags(Qt::TextBrowserInteraction);
        connect(m_report, &QLabel::linkActivated, this, [this](const QString &link) {
            choose(QUrl::fromPercentEncoding(link.toLatin1()));
        });
        m_report->hide();
        rows->addWidget(m_test, 0, Qt::AlignLeft);
        rows->addWidget(m_report);
        connect(m_test, &QPushButton::clicked, this, &NodeForm::runProbe);
    }
    if (folds) {
        m_advanced = new FoldingSection(tr("Advanced"), m_content);
        auto *inner = new QVBoxLayout(m_advanced->body());
        inner->setContentsMargins({});
        inner->setSpacing(metrics::kSpaceM);
        for (const FieldSpec &spec : descriptor.fields) {
            if (spec.advanced)
                addRow(spec, inner);
        }
        rows->addWidget(m_advanced);
    }
    rows->addStretch(1);
    Q_EMIT rowsChanged();
}

void NodeForm::addRow(const FieldSpec &spec, QVBoxLayout *layout)
{
    addAlternatives(spec, layout);
    auto *row = new FieldRow(spec, m_context, m_content);
    layout->addWidget(row);
    m_rows.push_back(row);
    row->setLabelled(alternatives(spec.name) == nullptr);
    const std::string name = spec.name;
    connect(
        row, &FieldRow::edited, this, [this, name](const Value &value) { setField(name, value); });
    connect(row, &FieldRow::finished, this, [this] { ++m_session; });
    connect(row, &FieldRow::fixChosen, this, [this](const Fix &fix) {
        ++m_session;
        Value value = fix.value;
        if (!fix.place.empty()) {
            value = valueOf(fix.field);
            (void)setValueAt(value, fix.place, fix.value);
        }
        setField(fix.field, value);
        ++m_session;
    });
    connect(row, &FieldRow::parameterWanted, this, [this, row] { makeParameter(row->spec()); });
}

FieldRow *NodeForm::row(const std::string &field) const
{
    for (FieldRow *row : m_rows) {
        if (row->spec().name == field)
            return row;
    }
    return nullptr;
}

Value NodeForm::valueOf(const std::string &field) const
{
    const NodePtr node = m_document.pipeline().findNode(m_node);
    if (!node)
        return {};
    for (const auto &[name, value] : node->config) {
        if (name == field)
            return value;
    }
    return {};
}

bool NodeForm::isShown(const FieldSpec &spec) const
{
    const AlternativesBar *bar = alternatives(spec.name);
    // One that is set beside the chosen one is a mistake to be seen.
    if (bar != nullptr && bar->chosen() != spec.name && valueOf(spec.name).isNull())
        return false;
    if (!spec.visibleWhen)
        return true;
    Value value = valueOf(spec.visibleWhen->field);
    const FieldRow *other = row(spec.visibleWhen->field);
    if (value.isNull() && other != nullptr)
        value = other->spec().defaultValue;
    const std::string text = value.isNull() ? std::string("false") : toStdString(valueText(value));
    const auto &wanted = spec.visibleWhen->values;
    const bool meets = std::find(wanted.begin(), wanted.end(), text) != wanted.end();
    return meets && (other == nullptr || isShown(other->spec()));
}

void NodeForm::showValues()
{
    showAlternatives();
    for (FieldRow *row : m_rows) {
        row->setValue(valueOf(row->spec().name));
        row->setVisible(isShown(row->spec()));
    }
}

void NodeForm::showProblems()
{
    if (m_descriptor == nullptr)
        return;
    std::vector<Diagnostic> all = m_document.diagnosticsOf(m_node);
    std::stable_sort(all.begin(), all.end(), [](const Diagnostic &a, const Diagnostic &b) {
        return a.severity > b.severity;
    });
    for (FieldRow *row : m_rows) {
        std::vector<Diagnostic> own;
        for (const Diagnostic &diagnostic : all) {
            if (concerns(diagnostic, row->spec().name))
                own.push_back(diagnostic);
        }
        row->setProblems(own);
        // A problem in a folded part would not be seen.
        if (m_advanced != nullptr && row->spec().advanced && !own.empty()
            && own[0].severity == Severity::Error && isShown(row->spec()))
            m_advanced->setOpen(true);
    }
}

void NodeForm::updateContext()
{
    m_context.parameters = m_document.pipeline().parameters;
    m_context.pipelineName = toQString(m_document.pipeline().name);
    m_context.nodeId = toQString(m_node);
    m_context.directory =
        m_document.path().isEmpty() ? QString() : QFileInfo(m_document.path()).absolutePath();
    m_context.columns.clear();
    m_context.tables.clear();
    m_context.paths.clear();
    m_context.inferred.clear();
    m_context.sampled = m_document.sampledFields(m_node);
    const auto inferred = m_document.inferredSchemas().find(m_node);
    if (inferred != m_document.inferredSchemas().end())
        m_context.inferred = visibleColumns(inferred->second);
    if (const ResolvedNode *resolved = m_document.validated().find(m_node)) {
        std::set<std::string> seen;
        const bool source = m_descriptor != nullptr && m_descriptor->role == NodeRole::Source;
        for (const Schema &schema : source ? resolved->outputSchemas : resolved->inputSchemas) {
            for (const SchemaColumn &column : visibleColumns(schema)) {
                if (seen.insert(column.name).second)
                    m_context.columns.push_back(column);
            }
        }
        addPaths();
        m_context.tables = resolved->offered;
        for (std::size_t port = 0;
             resolved->inputPorts.size() > 1 && port < resolved->inputPorts.size()
             && port < resolved->inputSchemas.size();
             ++port)
            m_context.tables.push_back(
                {resolved->inputPorts[port].id, visibleColumns(resolved->inputSchemas[port])});
    }
    for (FieldRow *row : m_rows)
        row->editor()->refresh();
}

void NodeForm::setField(const std::string &field, const Value &value)
{
    // What a test has said of other settings says nothing of these.
    if (m_report != nullptr && field != m_chooses && m_test->isEnabled())
        m_report->hide();
    const FieldRow *edited = row(field);
    const QString label = toQString(edited != nullptr ? edited->spec().label : field);
    const QString merge =
        QStringLiteral("field/%1/%2/%3").arg(toQString(m_node), toQString(field)).arg(m_session);
    const auto done =
        m_document.apply(tr("Change %1").arg(label),
                         sluice::setField(m_document.pipeline(), m_node, field, value),
                         merge);
    (void)done; // the node exists: it is the one shown
}

void NodeForm::makeParameter(const FieldSpec &spec)
{
    std::string name = spec.name;
    for (int i = 2; m_document.pipeline().findParameter(name) != nullptr; ++i)
        name = spec.name + '_' + std::to_string(i);
    Value value = valueOf(spec.name);
    if (value.isNull())
        value = spec.defaultValue;
    if (value.isNull() || value.asReference() != nullptr)
        value = Value("");
    std::vector<Parameter> parameters = m_document.pipeline().parameters;
    parameters.push_back({name, parameterType(spec.type, value), value});
    auto edited = setParameters(m_document.pipeline(), std::move(parameters));
    if (edited)
        edited = sluice::setField(
            *edited, m_node, spec.name, Value(Reference{ReferenceKind::Parameter, name}));
    ++m_session;
    const auto done =
        m_document.apply(tr("Make %1 a parameter").arg(toQString(spec.label)), std::move(edited));
    (void)done;
}

void NodeForm::runProbe()
{
    const ResolvedNode *resolved = m_document.validated().find(m_node);
    m_report->setVisible(true);
    const bool broken = std::any_of(
        m_rows.begin(), m_rows.end(), [](const FieldRow *row) { return row->hasProblem(); });
    if (resolved == nullptr) {
        m_report->setRole(TextRole::Error);
        m_report->setText(broken ? tr("Mend the fields above first.")
                                 : tr("Mend the problems of this node first."));
        return;
    }
    m_test->setEnabled(false);
    m_test->setText(tr("Testing…"));
    m_report->setRole(TextRole::Hint);
    m_report->setText(tr("Waiting for an answer."));
    NodeContext context;
    context.nodeId = m_node;
    context.pipelineName = m_document.pipeline().name;
    context.parameters = m_document.validated().parameters;
    context.inputSchemas = resolved->inputSchemas;
    m_probe.start(*m_descriptor, resolved->config, context);
}

void NodeForm::showReport(const ProbeReport &report)
{
    m_test->setEnabled(true);
    m_test->setText(tr("Test connection"));
    QStringList lines{toQString(report.summary).toHtmlEscaped()};
    for (const std::string &detail : report.details)
        lines << toQString(detail).toHtmlEscaped();
    if (!report.suggestions.empty()) {
        QStringList names;
        for (const std::string &name : report.suggestions)
            names << toQString(name);
        m_context.suggestions[report.suggestionsFor] = names;
        m_chooses = report.suggestionsFor;
        if (const FieldRow *target = row(m_chooses))
            lines << choiceLinks(toQString(target->spec().label), names);
        for (FieldRow *row : m_rows)
            row->editor()->refresh();
    }
    m_report->setRole(report.ok ? TextRole::Secondary : TextRole::Error);
    m_report->setText((report.ok ? QStringLiteral("✓ ") : QString())
                      + lines.join(QStringLiteral("<br>")));
    m_report->setVisible(true);
    constexpr int kSettleMs = 50; // until it has the height that its text needs
    QTimer::singleShot(kSettleMs, m_report, [this] { bringIntoView(m_report); });
}

/// A name that was found outside goes into its field; into a list it is added.
void NodeForm::choose(const QString &name)
{
    const FieldRow *target = row(m_chooses);
    if (target == nullptr)
        return;
    Value value(toStdString(name));
    if (target->spec().type == FieldType::TextList) {
        const Value before = valueOf(m_chooses);
        ValueList list = before.asList() != nullptr ? *before.asList() : ValueList();
        if (std::find(list.begin(), list.end(), value) != list.end())
            return;
        list.push_back(std::move(value));
        value = Value(std::move(list));
    }
    ++m_session;
    setField(m_chooses, value);
    ++m_session;
}

void NodeForm::bringIntoView(QWidget *part)
{
    for (QWidget *up = parentWidget(); up != nullptr; up = up->parentWidget()) {
        if (auto *area = qobject_cast<QScrollArea *>(up)) {
            area->ensureWidgetVisible(part);
            return;
        }
    }
}

void NodeForm::focusField(const std::string &field)
{
    if (AlternativesBar *bar = alternatives(field)) {
        if (valueOf(bar->chosen()).isNull())
            bar->choose(field);
        showValues();
    }
    for (FieldRow *row : m_rows) {
        if (row->spec().name != field)
            continue;
        if (m_advanced != nullptr && row->spec().advanced)
            m_advanced->setOpen(true);
        row->editor()->setFocus();
        bringIntoView(row);
        return;
    }
}

void NodeForm::focusFirst()
{
    for (FieldRow *row : m_rows) {
        if (!row->isHidden()) {
            row->editor()->setFocus();
            return;
        }
    }
}

} // namespace sluice
