#pragma once

#include "ui/shell/main_window.h"

namespace sluice {

/// Pages of the panel at the bottom, in order.
enum DetailsPage { PreviewPage, MonitorPage, ProblemsPage, QueryPage, LogPage };

/// The usual question about unsaved changes.
MainWindow::Answer askSaving(QWidget *window, const QString &question);

} // namespace sluice
