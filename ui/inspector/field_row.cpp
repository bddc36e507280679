#include "ui/inspector/field_row.h"

#include "ui/document/qt_text.h"
#include "ui/inspector/reference_chip.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/themed_label.h"

#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace sluice {

namespace {

constexpr int kDotSize = 6;

/// Beside the label of a field that was changed from its default.
class ChangedDot : public QWidget
{
public:
    explicit ChangedDot(QWidget *parent)
        : QWidget(parent)
    {
        setFixedSize(kDotSize, kDotSize);
    }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        (void)event;
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme().accent);
        painter.drawEllipse(rect());
    }
};

bool canBeReference(FieldType type)
{
    switch (type) {
    case FieldType::Secret:
    case FieldType::SchemaColumns:
    case FieldType::FieldMappings:
    case FieldType::Keys:
    case FieldType::Aggregates:
    case FieldType::Conditions:
    case FieldType::Properties:
    case FieldType::EventTime:
    case FieldType::Group: // their members can
    case FieldType::Rows:
    case FieldType::Expression: // has param('name') of its own
        return false;
    default:
        return true;
    }
}

/// A row that was just added has parts that nobody has filled in yet.
bool hasParts(FieldType type)
{
    return type == FieldType::Conditions || type == FieldType::Group || type == FieldType::Rows;
}

QString sentence(const std::string &text)
{
    QString result = toQString(text);
    if (result.isEmpty())
        return result;
    result[0] = result[0].toUpper();
    if (!result.endsWith(QLatin1Char('.')) && !result.endsWith(QLatin1Char('?')))
        result += QLatin1Char('.');
    return result;
}

} // namespace

FieldRow::FieldRow(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_editor(makeEditor(spec, context, this))
    , m_layout(new QVBoxLayout(this))
    , m_dot(new ChangedDot(this))
    , m_label(new ThemedLabel(toQString(spec.label), TextRole::Label, this))
    , m_lower(new ThemedLabel(TextRole::Hint, this))
    , m_more(new QToolButton(this))
    , m_menu(new QMenu(this))
{
    setObjectName(QStringLiteral("row:") + toQString(spec.name));
    m_layout->setContentsMargins({});
    m_layout->setSpacing(metrics::kSpaceXs);
    auto *head = new QHBoxLayout;
    head->setSpacing(metrics::kSpaceXs + 2);
    head->addWidget(m_label);
    head->addWidget(m_dot);
    head->addStretch(1);
    head->addWidget(m_more);
    const bool ownLabel = spec.type == FieldType::Boolean;
    m_label->setVisible(!ownLabel);
    m_label->setBuddy(m_editor);
    m_dot->setVisible(false);
    m_dot->setToolTip(tr("Changed from its default"));
    if (ownLabel) {
        head->insertWidget(0, m_editor);
        m_layout->addLayout(head);
    } else {
        m_layout->addLayout(head);
        m_layout->addWidget(m_editor);
    }
    m_layout->addWidget(m_lower);
    m_lower->setWordWrap(true);
    m_lower->setTextFormat(Qt::RichText);
    m_lower->setTextInteractionFlags(Qt::TextBrowserInteraction);
    m_lower->setFocusPolicy(Qt::NoFocus);
    m_more->setIcon(icon(QStringLiteral("more")));
    m_more->setIconSize({14, 14});
    m_more->setFixedSize(20, 18);
    m_more->setAutoRaise(true);
    m_more->setToolTip(tr("Reset, or take the value from a parameter"));
    m_more->setAccessibleName(tr("More about %1").arg(toQString(spec.label)));
    m_more->setFocusPolicy(Qt::NoFocus);
    connect(m_more, &QToolButton::clicked, this, [this] {
        buildMenu();
        m_menu->popup(m_more->mapToGlobal(QPoint(0, m_more->height())));
    });
    connect(m_editor, &FieldEditor::edited, this, &FieldRow::edited);
    connect(m_editor, &FieldEditor::finished, this, &FieldRow::finished);
    connect(m_lower, &QLabel::linkActivated, this, [this](const QString &link) {
        applyFix(link.toInt());
    });
    showLower();
}

void FieldRow::setLabelled(bool labelled)
{
    m_label->setVisible(labelled && spec().type != FieldType::Boolean);
}

void FieldRow::setValue(const Value &value)
{
    m_value = value;
    const Reference *reference = value.asReference();
    const bool chip = reference != nullptr && canBeReference(spec().type);
    if (chip && m_chip == nullptr) {
        m_chip = new ReferenceChip(this);
        m_layout->insertWidget(1, m_chip);
        connect(m_chip, &ReferenceChip::edited, this, &FieldRow::edited);
        connect(m_chip, &ReferenceChip::finished, this, &FieldRow::finished);
        connect(m_chip, &ReferenceChip::dropped, this, [this] {
            const Reference *from = m_value.asReference();
            const Parameter *found = nullptr;
            for (const Parameter &parameter : m_context.parameters) {
                if (from != nullptr && parameter.name == from->name)
                    found = &parameter;
            }
            Q_EMIT edited(found != nullptr ? found->value : Value());
            Q_EMIT finished();
        });
    }
    if (m_chip != nullptr)
        m_chip->setVisible(chip);
    m_editor->setVisible(!chip);
    if (chip)
        m_chip->setReference(*reference, m_context.parameters);
    else
        m_editor->setValue(value);
    updateMark();
}

void FieldRow::updateMark()
{
    m_changed = !m_value.isNull() && !(m_value == spec().defaultValue);
    m_dot->setVisible(m_changed && !spec().defaultValue.isNull());
}

void FieldRow::setProblems(const std::vector<Diagnostic> &problems)
{
    m_problems = problems;
    showLower();
}

void FieldRow::showLower()
{
    // A field nobody has filled in yet is not a mistake yet.
    const bool missing = !m_problems.empty() && m_problems[0].code == ErrorCode::MissingValue
                         && (m_value.isNull() || hasParts(spec().type));
    const bool error = !m_problems.empty() && m_problems[0].severity == Severity::Error && !missing;
    // What is known to be wrong in a part is marked there.
    m_editor->setInvalid(error && m_problems[0].place.empty());
    m_editor->setProblems(m_problems);
    if (m_chip != nullptr)
        m_chip->setInvalid(error);
    if (m_problems.empty()) {
        m_lower->setRole(TextRole::Hint);
        m_lower->setText(toQString(spec().help).toHtmlEscaped());
        m_lower->setVisible(!spec().help.empty());
        return;
    }
    const Diagnostic &problem = m_problems[0];
    m_lower->setRole(error                                               ? TextRole::Error
                     : problem.severity == Severity::Warning && !missing ? TextRole::Warning
                                                                         : TextRole::Hint);
    QString html = sentence(problem.message).toHtmlEscaped();
    if (!problem.hint.empty() && problem.fixes.empty())
        html += QLatin1Char(' ') + sentence(problem.hint).toHtmlEscaped();
    for (std::size_t i = 0; i < problem.fixes.size(); ++i)
        html += QStringLiteral(" <a href=\"%1\">%2</a>")
                    .arg(i)
                    .arg(toQString(problem.fixes[i].label).toHtmlEscaped());
    m_lower->setText(html);
    m_lower->setVisible(true);
}

QString FieldRow::lowerText() const
{
    static const QRegularExpression kTag(QStringLiteral("<[^>]*>"));
    QString text = m_lower->text();
    return text.remove(kTag);
}

void FieldRow::applyFix(int index)
{
    if (m_problems.empty() || index < 0 || std::size_t(index) >= m_problems[0].fixes.size())
        return;
    const Fix fix = m_problems[0].fixes[std::size_t(index)];
    Q_EMIT fixChosen(fix);
}

void FieldRow::buildMenu()
{
    m_menu->clear();
    QAction *reset = m_menu->addAction(tr("Reset to default"), this, [this] {
        Q_EMIT edited(spec().defaultValue);
        Q_EMIT finished();
    });
    reset->setEnabled(m_changed);
    if (!canBeReference(spec().type))
        return;
    m_menu->addSeparator();
    QMenu *parameters = m_menu->addMenu(tr("Use a parameter"));
    for (const Parameter &parameter : m_context.parameters) {
        parameters->addAction(toQString(parameter.name), this, [this, name = parameter.name] {
            Q_EMIT edited(Value(Reference{ReferenceKind::Parameter, name}));
            Q_EMIT finished();
        });
    }
    if (!m_context.parameters.empty() && !m_part)
        parameters->addSeparator();
    if (!m_part)
        parameters->addAction(tr("Make this value a parameter"), this, &FieldRow::parameterWanted);
    parameters->setEnabled(!parameters->isEmpty());
    m_menu->addAction(tr("Use an environment variable"), this, [this] {
        const std::string name = toStdString(toQString(spec().name).toUpper());
        Q_EMIT edited(Value(Reference{ReferenceKind::Environment, name}));
        Q_EMIT finished();
    });
    QAction *plain =
        m_menu->addAction(tr("Use a plain value"), this, [this] { Q_EMIT m_chip->dropped(); });
    plain->setEnabled(m_chip != nullptr && m_value.asReference() != nullptr);
}

void FieldRow::contextMenuEvent(QContextMenuEvent *event)
{
    buildMenu();
    m_menu->popup(event->globalPos());
}

} // namespace sluice
