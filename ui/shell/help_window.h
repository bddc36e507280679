#pragma once

#include "core/node/node_descriptor.h"

#include <QDialog>

class QTextBrowser;

namespace sluice {

/// Help beside the work: it stays open and blocks nothing.
class HelpWindow : public QDialog
{
    Q_OBJECT

public:
    explicit HelpWindow(QWidget *parent = nullptr);
    void showKind(const NodeDescriptor &descriptor);
    void showMarkdown(const QString &title, const QString &markdown);

private:
    QTextBrowser *m_text;
};

/// A kind's help page as Markdown, from its descriptor alone.
QString kindHelp(const NodeDescriptor &descriptor);

} // namespace sluice
