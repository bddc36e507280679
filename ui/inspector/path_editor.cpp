#include "ui/inspector/path_editor.h"

#include "ui/document/qt_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QToolButton>

namespace sluice {

PathEditor::PathEditor(const FieldSpec &spec, const FieldContext &context, QWidget *parent)
    : FieldEditor(spec, context, parent)
    , m_line(new QLineEdit(this))
{
    auto *button = new QToolButton(this);
    button->setIcon(icon(QStringLiteral("open")));
    button->setToolTip(m_spec.pathIsOutput ? tr("Choose where to write") : tr("Choose a file"));
    button->setAccessibleName(button->toolTip());
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceXs);
    layout->addWidget(m_line, 1);
    layout->addWidget(button);
    setFocusProxy(m_line);
    const QString standard = valueText(m_spec.defaultValue);
    m_line->setPlaceholderText(standard.isEmpty() ? toQString(m_spec.example) : standard);
    m_line->setAccessibleName(toQString(m_spec.label));
    connect(m_line, &QLineEdit::textEdited, this, [this](const QString &text) {
        Q_EMIT edited(text.isEmpty() ? Value() : Value(toStdString(text)));
    });
    connect(m_line, &QLineEdit::editingFinished, this, &FieldEditor::finished);
    connect(button, &QToolButton::clicked, this, &PathEditor::browse);
}

void PathEditor::setValue(const Value &value)
{
    const QString text = valueText(value);
    if (m_line->text() != text)
        m_line->setText(text);
}

void PathEditor::setInvalid(bool invalid)
{
    markInvalid(m_line, invalid);
}

void PathEditor::browse()
{
    QStringList patterns;
    for (const std::string &pattern : m_spec.fileFilters)
        patterns << toQString(pattern);
    const QString everything = tr("All files (*)");
    const QString filter = patterns.isEmpty() ? everything
                                              : tr("%1 (%2)").arg(toQString(m_spec.label),
                                                                  patterns.join(QLatin1Char(' ')))
                                                    + QStringLiteral(";;") + everything;
    const QString start = context().directory.isEmpty() ? QDir::homePath() : context().directory;
    QString path =
        m_spec.pathIsOutput
            ? QFileDialog::getSaveFileName(window(),
                                           toQString(m_spec.label),
                                           start,
                                           filter,
                                           nullptr,
                                           QFileDialog::DontConfirmOverwrite)
            : QFileDialog::getOpenFileName(window(), toQString(m_spec.label), start, filter);
    if (path.isEmpty())
        return;
    if (!context().directory.isEmpty()) {
        const QString relative = QDir(context().directory).relativeFilePath(path);
        if (!relative.startsWith(QLatin1String("..")))
            path = relative;
    }
    m_line->setText(path);
    Q_EMIT edited(Value(toStdString(path)));
    Q_EMIT finished();
}

} // namespace sluice
