#include "ui/inspector/reference_chip.h"

#include "ui/document/qt_text.h"
#include "ui/inspector/choice_editors.h"
#include "ui/inspector/field_editor.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/themed_label.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>

namespace sluice {

ReferenceChip::ReferenceChip(QWidget *parent)
    : QWidget(parent)
    , m_kind(new ThemedLabel(TextRole::Secondary, this))
    , m_name(new CalmCombo(this))
{
    m_name->setEditable(true);
    m_name->setInsertPolicy(QComboBox::NoInsert);
    auto *drop = new QToolButton(this);
    drop->setIcon(icon(QStringLiteral("close")));
    drop->setAutoRaise(true);
    drop->setToolTip(tr("Use a plain value"));
    drop->setAccessibleName(drop->toolTip());
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceS);
    layout->addWidget(m_kind);
    layout->addWidget(m_name, 1);
    layout->addWidget(drop);
    setFocusProxy(m_name);
    connect(m_name, &QComboBox::editTextChanged, this, [this](const QString &text) {
        m_reference.name = toStdString(text);
        Q_EMIT edited(Value(m_reference));
    });
    connect(m_name->lineEdit(), &QLineEdit::editingFinished, this, &ReferenceChip::finished);
    connect(drop, &QToolButton::clicked, this, &ReferenceChip::dropped);
}

void ReferenceChip::setReference(const Reference &reference,
                                 const std::vector<Parameter> &parameters)
{
    m_reference = reference;
    const bool parameter = reference.kind == ReferenceKind::Parameter;
    m_kind->setText(parameter                                      ? tr("Parameter")
                    : reference.kind == ReferenceKind::Environment ? tr("Environment")
                                                                   : tr("Secret"));
    m_name->setAccessibleName(m_kind->text());
    const QString name = toQString(reference.name);
    QString value;
    QStringList names;
    for (const Parameter &known : parameters) {
        names << toQString(known.name);
        if (known.name == reference.name)
            value = valueText(known.value);
    }
    setToolTip(parameter && !value.isEmpty() ? tr("Now %1").arg(value.toHtmlEscaped()) : QString());
    if (m_name->currentText() == name)
        return;
    const QSignalBlocker quiet(m_name);
    m_name->clear();
    if (parameter)
        m_name->addItems(names);
    m_name->setCurrentIndex(m_name->findText(name, Qt::MatchExactly | Qt::MatchCaseSensitive));
    m_name->setEditText(name);
}

void ReferenceChip::setInvalid(bool invalid)
{
    markInvalid(m_name, invalid);
}

} // namespace sluice
