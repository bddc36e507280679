#include "ui/inspector/group_editor.h"

#include "core/base/value_place.h"
#include "ui/document/qt_text.h"
#include "ui/inspector/reference_chip.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/themed_label.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace sluice {

namespace {

/// Editors that are too high to stand beside their label.
bool needsOwnLine(FieldType type)
{
    switch (type) {
    case FieldType::Group:
    case FieldType::Rows:
    case FieldType::SchemaColumns:
    case FieldType::FieldMappings:
    case FieldType::Keys:
    case FieldType::Aggregates:
    case FieldType::Query:
    case FieldType::Conditions:
    case FieldType::Properties:
    case FieldType::EventTime:
    case FieldType::Json:
    case FieldType::MultilineText:
    case FieldType::TextList:
    case FieldType::ColumnNames:
        return true;
    default:
        return false;
    }
}

} // namespace

MemberForm::MemberForm(const std::vector<FieldSpec> &members,
                       const FieldContext &context,
                       QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_members(members)
{
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins({});
    grid->setHorizontalSpacing(metrics::kSpaceS);
    grid->setVerticalSpacing(metrics::kSpaceXs);
    grid->setColumnStretch(1, 1);
    for (const FieldSpec &member : m_members)
        addLine(member, grid);
    addMore(grid);
    if (!m_lines.empty())
        setFocusProxy(m_lines.front().editor);
    showLines();
}

void MemberForm::addLine(const FieldSpec &member, QGridLayout *grid)
{
    Line line;
    line.spec = member;
    line.label = new ThemedLabel(toQString(member.label), TextRole::Secondary, this);
    line.editor = makeEditor(member, m_context, this);
    line.editor->setObjectName(QStringLiteral("member:") + toQString(member.name));
    line.editor->setAccessibleName(toQString(member.label));
    line.label->setBuddy(line.editor);
    if (!member.help.empty()) {
        line.label->setToolTip(toQString(member.help));
        line.editor->setToolTip(toQString(member.help));
    }
    const int row = grid->rowCount();
    if (needsOwnLine(member.type)) {
        grid->addWidget(line.label, row, 0, 1, 2);
        grid->addWidget(line.editor, row + 1, 0, 1, 2);
    } else {
        grid->addWidget(line.label, row, 0);
        grid->addWidget(line.editor, row, 1);
    }
    const std::string name = member.name;
    connect(line.editor, &FieldEditor::edited, this, [this, name](const Value &value) {
        setMember(name, value);
    });
    connect(line.editor, &FieldEditor::finished, this, &MemberForm::finished);
    m_lines.push_back(std::move(line));
}

void MemberForm::addMore(QGridLayout *grid)
{
    if (std::none_of(
            m_members.begin(), m_members.end(), [](const auto &member) { return member.advanced; }))
        return;
    m_more = new QPushButton(tr("More settings"), this);
    m_more->setObjectName(QStringLiteral("moreMembers"));
    m_more->setFlat(true);
    m_more->setCheckable(true);
    grid->addWidget(m_more, grid->rowCount(), 0, 1, 2, Qt::AlignLeft);
    connect(m_more, &QPushButton::toggled, this, &MemberForm::showLines);
}

Value MemberForm::memberValue(const std::string &name) const
{
    const Value *value = m_value.find(name);
    return value != nullptr ? *value : Value();
}

void MemberForm::setMember(const std::string &name, const Value &value)
{
    if (value.isNull())
        m_value.erase(name);
    else
        m_value.set(name, value);
    if (m_value.asMap() != nullptr && m_value.asMap()->empty())
        m_value = {};
    showLines();
    Q_EMIT edited();
}

void MemberForm::showLine(Line &line, const Value &value)
{
    const bool folded = line.spec.advanced && value.isNull() && !m_more->isChecked();
    const bool visible = !folded && sluice::isVisible(line.spec, m_members, m_value);
    const Reference *reference = value.asReference();
    const bool chip = reference != nullptr && line.spec.type != FieldType::Secret;
    if (chip && line.chip == nullptr) {
        line.chip = new ReferenceChip(this);
        auto *grid = static_cast<QGridLayout *>(layout());
        int row = 0;
        int column = 0;
        int rows = 0;
        int columns = 0;
        grid->getItemPosition(grid->indexOf(line.editor), &row, &column, &rows, &columns);
        grid->addWidget(line.chip, row, column, rows, columns);
        const std::string name = line.spec.name;
        connect(line.chip, &ReferenceChip::edited, this, [this, name](const Value &changed) {
            setMember(name, changed);
        });
        connect(line.chip, &ReferenceChip::finished, this, &MemberForm::finished);
        connect(line.chip, &ReferenceChip::dropped, this, [this, name] {
            setMember(name, {});
            Q_EMIT finished();
        });
    }
    if (line.chip != nullptr) {
        line.chip->setVisible(chip && visible);
        if (chip)
            line.chip->setReference(*reference, m_context.parameters);
    }
    if (!chip)
        line.editor->setValue(value);
    line.editor->setVisible(visible && !chip);
    line.label->setVisible(visible && line.spec.type != FieldType::Boolean);
}

void MemberForm::showLines()
{
    for (Line &line : m_lines)
        showLine(line, memberValue(line.spec.name));
}

void MemberForm::setValue(const Value &value)
{
    m_value = value;
    showLines();
}

void MemberForm::refresh()
{
    for (const Line &line : m_lines)
        line.editor->refresh();
}

void MemberForm::setProblems(const std::vector<Diagnostic> &problems)
{
    for (const Line &line : m_lines) {
        const std::string place = placeOf({line.spec.name});
        std::vector<Diagnostic> inside;
        bool wrong = false;
        for (const Diagnostic &problem : problems) {
            if (problem.place == place) {
                // What nobody has filled in yet is not a mistake yet.
                wrong = wrong
                        || (problem.severity == Severity::Error
                            && problem.code != ErrorCode::MissingValue);
            } else if (problem.place.rfind(place + '/', 0) == 0) {
                inside.push_back(problem);
                inside.back().place.erase(0, place.size());
            }
        }
        line.editor->setInvalid(wrong);
        line.editor->setProblems(inside);
    }
}

FieldEditor *MemberForm::editor(std::string_view member) const
{
    const auto it = std::find_if(
        m_lines.begin(), m_lines.end(), [&](const Line &line) { return line.spec.name == member; });
    return it == m_lines.end() ? nullptr : it->editor;
}

GroupEditor::GroupEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
    : FieldEditor(spec, context, parent)
    , m_form(new MemberForm(spec.members, context, this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(metrics::kSpaceS, 0, 0, 0);
    layout->addWidget(m_form);
    setFocusProxy(m_form);
    connect(m_form, &MemberForm::edited, this, [this] { Q_EMIT edited(m_form->value()); });
    connect(m_form, &MemberForm::finished, this, &FieldEditor::finished);
}

void GroupEditor::setValue(const Value &value)
{
    if (value != m_form->value())
        m_form->setValue(value);
}

void GroupEditor::setProblems(const std::vector<Diagnostic> &problems)
{
    m_form->setProblems(problems);
}

void GroupEditor::refresh()
{
    m_form->refresh();
}

GroupRowsEditor::GroupRowsEditor(const FieldSpec &spec,
                                 const FieldContext &context,
                                 QWidget *parent)
    : RowsEditor(spec, context, tr("Add"), parent)
{}

std::function<Value()>
GroupRowsEditor::makeRow(const Value &entry, QWidget *row, QHBoxLayout *layout)
{
    auto *form = new MemberForm(spec().members, context(), row);
    form->setValue(entry);
    layout->addWidget(form, 1);
    connect(form, &MemberForm::edited, this, &GroupRowsEditor::rowEdited);
    connect(form, &MemberForm::finished, this, &FieldEditor::finished);
    return [form] { return form->value(); };
}

void GroupRowsEditor::showProblems(QWidget *row, const std::vector<Diagnostic> &problems)
{
    if (auto *form = row->findChild<MemberForm *>(QString(), Qt::FindDirectChildrenOnly))
        form->setProblems(problems);
}

} // namespace sluice
