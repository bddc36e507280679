#include "ui/inspector/secret_editor.h"

#include "ui/bridge/secret_keeper.h"
#include "ui/document/qt_text.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/themed_label.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QUuid>
#include <QVBoxLayout>

namespace sluice {

SecretEditor::SecretEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
    : FieldEditor(spec, context, parent)
    , m_line(new QLineEdit(this))
    , m_button(new QPushButton(this))
    , m_place(new ThemedLabel(TextRole::Hint, this))
{
    auto *row = new QHBoxLayout;
    row->setSpacing(metrics::kSpaceXs);
    row->addWidget(m_line, 1);
    row->addWidget(m_button);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceXs);
    layout->addLayout(row);
    layout->addWidget(m_place);
    setFocusProxy(m_line);
    m_place->setWordWrap(true);
    m_line->setAccessibleName(toQString(m_spec.label));
    connect(m_button, &QPushButton::clicked, this, [this] {
        if (m_line->isReadOnly())
            beginReplace();
        else
            keepTyped();
    });
    // What was typed is kept by Enter and by leaving the field, not only by the button. That takes
    // no focus by the mouse: else the press would keep, and the release begin to replace.
    m_button->setFocusPolicy(Qt::TabFocus);
    connect(m_line, &QLineEdit::editingFinished, this, &SecretEditor::keepTyped);
    if (SecretKeeper *keeper = this->context().secrets) {
        connect(keeper, &SecretKeeper::kept, this, [this](const QString &name) {
            if (name == m_name)
                showState();
        });
        connect(keeper,
                &SecretKeeper::keepingFailed,
                this,
                [this](const QString &name, const QString &reason) {
                    if (name == m_name)
                        m_place->setText(reason);
                });
    }
    showState();
}

QString SecretEditor::secretName() const
{
    static const QRegularExpression kOther(QStringLiteral("[^A-Za-z0-9_]+"));
    QString base = context().nodeId + QLatin1Char('_') + toQString(m_spec.name);
    // Pipelines without a name must not share a password.
    base = context().pipelineName.isEmpty()
               ? base + QLatin1Char('_') + QUuid::createUuid().toString(QUuid::Id128).left(8)
               : context().pipelineName + QLatin1Char('_') + base;
    return base.replace(kOther, QStringLiteral("_")).toLower();
}

void SecretEditor::beginReplace()
{
    m_replacing = true;
    showState();
    m_line->setFocus();
}

void SecretEditor::keepTyped()
{
    SecretKeeper *keeper = context().secrets;
    if (m_line->isReadOnly() || m_line->text().isEmpty() || keeper == nullptr)
        return;
    const QString value = m_line->text();
    m_name = m_name.isEmpty() ? secretName() : m_name;
    m_replacing = false;
    m_line->clear();
    keeper->keep(m_name, value);
    Q_EMIT edited(Value(Reference{ReferenceKind::Secret, toStdString(m_name)}));
    Q_EMIT finished();
    showState();
}

void SecretEditor::setValue(const Value &value)
{
    const Reference *reference = value.asReference();
    const QString name = reference != nullptr ? toQString(reference->name) : QString();
    if (name == m_name)
        return;
    m_name = name;
    m_replacing = false;
    showState();
}

void SecretEditor::showState()
{
    const bool kept = !m_name.isEmpty() && !m_replacing;
    const SecretKeeper *keeper = context().secrets;
    m_line->setReadOnly(kept);
    m_line->setEchoMode(kept ? QLineEdit::Normal : QLineEdit::Password);
    m_line->setText(kept ? QStringLiteral("••••••••") : QString());
    m_button->setText(kept ? tr("Replace") : tr("Keep"));
    m_button->setEnabled(keeper != nullptr);
    if (keeper == nullptr)
        m_place->setText(tr("Secrets cannot be kept here. Use an environment variable."));
    else if (kept)
        m_place->setText(tr("Kept as %1 in %2").arg(m_name, keeper->place()));
    else
        m_place->setText(tr("Goes to %1, never into the file").arg(keeper->place()));
}

void SecretEditor::setInvalid(bool invalid)
{
    markInvalid(m_line, invalid);
}

} // namespace sluice
