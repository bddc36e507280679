#include "ui/shell/help_window.h"

#include "ui/document/qt_text.h"
#include "ui/inspector/field_editor.h"
#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QTextBrowser>
#include <QTextTable>
#include <QVBoxLayout>

namespace sluice {

namespace {

void drawWithHairlines(QTextTable &table)
{
    QTextTableFormat format = table.format();
    format.setBorderCollapse(true);
    format.setBorder(1);
    format.setBorderBrush(theme().separator);
    format.setCellPadding(metrics::kSpaceXs);
    format.setCellSpacing(0);
    table.setFormat(format);
}

} // namespace

HelpWindow::HelpWindow(QWidget *parent)
    : QDialog(parent)
    , m_text(new QTextBrowser(this))
{
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setOpenLinks(false);
    m_text->document()->setDocumentMargin(metrics::kSpaceL);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_text);
    resize(520, 560);
}

void HelpWindow::showMarkdown(const QString &title, const QString &markdown)
{
    setWindowTitle(title);
    m_text->document()->setDefaultFont(uiFont(metrics::kTextBody));
    m_text->setMarkdown(markdown);
    for (QTextFrame *frame : m_text->document()->rootFrame()->childFrames()) {
        if (auto *table = qobject_cast<QTextTable *>(frame))
            drawWithHairlines(*table);
    }
    show();
    raise();
}

void HelpWindow::showKind(const NodeDescriptor &descriptor)
{
    showMarkdown(toQString(descriptor.title), kindHelp(descriptor));
}

QString kindHelp(const NodeDescriptor &descriptor)
{
    QString text = QStringLiteral("# %1\n\n%2\n\n")
                       .arg(toQString(descriptor.title), toQString(descriptor.summary));
    if (!descriptor.help.empty())
        text += toQString(descriptor.help) + QStringLiteral("\n\n");
    const auto ports = [&text](const QString &heading, const std::vector<PortSpec> &list) {
        if (list.empty())
            return;
        QStringList names;
        for (const PortSpec &port : list)
            names << QStringLiteral("`%1`").arg(toQString(port.id));
        text += QStringLiteral("**%1** %2\n\n").arg(heading, names.join(QStringLiteral(", ")));
    };
    ports(HelpWindow::tr("Inputs"), descriptor.inputs);
    ports(HelpWindow::tr("Outputs"), descriptor.outputs);
    if (!descriptor.fields.empty())
        text += HelpWindow::tr("## Fields\n\n");
    for (const FieldSpec &field : descriptor.fields) {
        text += QStringLiteral("- **%1** `%2`").arg(toQString(field.label), toQString(field.name));
        if (!field.help.empty())
            text += QStringLiteral(". %1").arg(toQString(field.help));
        if (!field.defaultValue.isNull())
            text += HelpWindow::tr(" Default: `%1`.").arg(valueText(field.defaultValue));
        if (!field.example.empty())
            text += HelpWindow::tr(" Example: `%1`.").arg(toQString(field.example));
        text += QLatin1Char('\n');
    }
    return text;
}

} // namespace sluice
