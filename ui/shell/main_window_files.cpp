#include "core/pipeline/secrets.h"
#include "core/pipeline/templates.h"
#include "ui/bridge/run_controller.h"
#include "ui/bridge/secret_keeper.h"
#include "ui/canvas/canvas_widget.h"
#include "ui/dashboard/dashboard_view.h"
#include "ui/document/pipeline_document.h"
#include "ui/document/recent_files.h"
#include "ui/inspector/inspector.h"
#include "ui/monitor/monitor_view.h"
#include "ui/query/query_view.h"
#include "ui/shell/actions.h"
#include "ui/shell/header_bar.h"
#include "ui/shell/main_window.h"
#include "ui/shell/main_window_parts.h"
#include "ui/shell/pipeline_templates.h"
#include "ui/shell/run_status_bar.h"
#include "ui/shell/welcome_page.h"
#include "ui/widgets/message_bar.h"

#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QStackedWidget>
#include <QTimer>

namespace sluice {

namespace {

constexpr int kDrainMilliseconds = 8000; // before a closing window stops without draining
const QString kEnding = QStringLiteral(".sluice.json");

QString fileFilter()
{
    return MainWindow::tr("Pipelines (*.sluice.json);;All files (*)");
}

void collectSecrets(const Value &value, QStringList &names)
{
    if (const Reference *reference = value.asReference()) {
        if (reference->kind == ReferenceKind::Secret)
            names << toQString(reference->name);
    } else if (const ValueList *list = value.asList()) {
        for (const Value &entry : *list)
            collectSecrets(entry, names);
    } else if (const ValueMap *map = value.asMap()) {
        for (const auto &[key, entry] : *map)
            collectSecrets(entry, names);
    }
}

} // namespace

MainWindow::Answer askSaving(QWidget *window, const QString &question)
{
    QMessageBox box(QMessageBox::NoIcon,
                    MainWindow::tr("Sluice"),
                    question,
                    QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel,
                    window);
    box.setDefaultButton(QMessageBox::Save);
    const int answer = box.exec();
    return answer == QMessageBox::Save      ? MainWindow::Answer::Save
           : answer == QMessageBox::Discard ? MainWindow::Answer::Discard
                                            : MainWindow::Answer::Cancel;
}

void MainWindow::connectFileActions()
{
    connect(m_actions->newPipeline, &QAction::triggered, this, &MainWindow::newPipeline);
    connect(m_actions->open, &QAction::triggered, this, &MainWindow::chooseFile);
    connect(m_actions->save, &QAction::triggered, this, &MainWindow::save);
    connect(m_actions->saveAs, &QAction::triggered, this, &MainWindow::chooseSavePlace);
    connect(m_actions->welcome, &QAction::triggered, this, [this] {
        if (m_pages->currentWidget() == m_welcome)
            showPage(m_work);
        else
            showWelcome();
    });
    connect(m_actions->close, &QAction::triggered, this, [this] {
        if (!mayDiscard())
            return;
        m_controller->stop();
        m_document->newPipeline();
        showWelcome();
    });
    connect(m_actions->quit, &QAction::triggered, this, &QWidget::close);
    connect(m_actions->recentMenu, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
    connect(m_welcome, &WelcomePage::sampleWanted, this, &MainWindow::watchSample);
    connect(m_welcome, &WelcomePage::newWanted, this, &MainWindow::newPipeline);
    connect(m_welcome, &WelcomePage::openWanted, this, &MainWindow::chooseFile);
    connect(m_welcome, &WelcomePage::recentChosen, this, &MainWindow::openFile);
    connect(m_welcome, &WelcomePage::templateChosen, this, &MainWindow::openTemplate);
}

/// What the runs of a new pipeline wrote goes beside its file as soon as it has one and no run
/// holds its folder.
void MainWindow::settleWorkspace()
{
    const QString path = m_document->path();
    if (m_workspace.isTemporary() && !path.isEmpty() && !m_controller->isActive()) {
        m_query->letGo();
        if (const auto moved = m_workspace.moveTo(path); !moved)
            showError(moved.error());
    }
    m_document->setValueSources(valueSources(false));
    refreshDatabases();
    m_dashboard->refreshPaths();
}

bool MainWindow::mayDiscard()
{
    // A sample's table may go; one that was filled by a pipeline of the user's own may not.
    const QStringList written = m_isSample ? QStringList() : m_workspace.temporaryFiles();
    if (!m_document->isDirty() && written.isEmpty())
        return true;
    QString question = m_document->isDirty() ? tr("“%1” has changes that are not saved.")
                                             : tr("“%1” is not saved.");
    question = question.arg(m_document->displayName());
    if (!written.isEmpty())
        question +=
            QLatin1Char(' ')
            + tr("What its runs wrote goes with it: %1.").arg(written.join(QStringLiteral(", ")));
    switch (m_ask(question)) {
    case Answer::Save:
        return save();
    case Answer::Discard:
        return true;
    case Answer::Cancel:
        break;
    }
    return false;
}

bool MainWindow::openFile(const QString &path)
{
    if (!mayDiscard())
        return false;
    // What runs belongs to the pipeline that goes.
    const auto opened = m_document->open(path);
    if (!opened) {
        showError(opened.error());
        if (opened.error().code == ErrorCode::FileUnreadable)
            removeRecentFile(path);
        m_welcome->refreshRecent();
        return false;
    }
    m_messages->dismiss();
    showPage(m_work);
    m_canvas->fitAll();
    m_canvas->setFocus();
    return true;
}

void MainWindow::newPipeline()
{
    if (!mayDiscard())
        return;
    m_document->newPipeline();
    m_messages->dismiss();
    showPage(m_work);
    m_canvas->fitAll();
    m_canvas->setFocus();
}

bool MainWindow::openTemplate(const std::string &name)
{
    if (!mayDiscard())
        return false;
    const PipelineTemplate *found = findTemplate(name);
    const auto opened =
        found != nullptr
            ? m_document->fromTemplate(std::string(found->text))
            : Result<void>(fail(ErrorCode::UnknownTemplate, "there is no template '{}'", name));
    if (!opened) {
        showError(opened.error());
        return false;
    }
    m_messages->dismiss();
    showPage(m_work);
    m_canvas->fitAll();
    m_canvas->setFocus();
    return true;
}

void MainWindow::watchSample()
{
    if (!openTemplate(sampleTemplate()))
        return;
    m_isSample = true;
    run();
}

void MainWindow::showWelcome()
{
    m_welcome->refreshRecent();
    showPage(m_welcome);
}

bool MainWindow::save()
{
    if (m_document->path().isEmpty())
        return chooseSavePlace();
    const auto saved = m_document->save();
    if (!saved) {
        showError(saved.error());
        return false;
    }
    m_status->showMessage(tr("Saved %1").arg(QDir::toNativeSeparators(m_document->path())), 4000);
    return true;
}

bool MainWindow::saveAs(const QString &path)
{
    const auto saved = m_document->saveAs(path);
    if (!saved) {
        showError(saved.error());
        return false;
    }
    if (!m_workspace.isTemporary())
        m_workspace.reset(m_document->path());
    settleWorkspace();
    m_status->showMessage(tr("Saved %1").arg(QDir::toNativeSeparators(m_document->path())), 4000);
    return true;
}

void MainWindow::chooseFile()
{
    const QString start = m_document->path().isEmpty()
                              ? QDir::homePath()
                              : QFileInfo(m_document->path()).absolutePath();
    const QString path =
        QFileDialog::getOpenFileName(this, tr("Open a pipeline"), start, fileFilter());
    if (!path.isEmpty())
        openFile(path);
}

bool MainWindow::chooseSavePlace()
{
    const QString start = m_document->path().isEmpty()
                              ? QDir(QDir::homePath()).filePath(m_document->displayName() + kEnding)
                              : m_document->path();
    QString path = QFileDialog::getSaveFileName(this, tr("Save the pipeline"), start, fileFilter());
    if (path.isEmpty())
        return false;
    if (!path.endsWith(QLatin1String(".json")))
        path += kEnding;
    return saveAs(path);
}

void MainWindow::fillRecentMenu()
{
    m_actions->recentMenu->clear();
    const QStringList files = recentFiles();
    for (const QString &path : files)
        m_actions->recentMenu->addAction(
            QDir::toNativeSeparators(path), this, [this, path] { openFile(path); });
    if (files.isEmpty())
        m_actions->recentMenu->addAction(tr("No files yet"))->setEnabled(false);
    else
        m_actions->recentMenu->addSeparator();
    m_actions->recentMenu
        ->addAction(tr("Forget these"),
                    this,
                    [this] {
                        clearRecentFiles();
                        m_welcome->refreshRecent();
                    })
        ->setEnabled(!files.isEmpty());
}

void MainWindow::offerRecovery()
{
    for (const RecoverableFile &file : m_document->recoverable())
        offerRecovery(file);
}

void MainWindow::offerRecovery(const RecoverableFile &file)
{
    m_messages->queueMessage(
        Severity::Warning,
        tr("“%1” was not saved when Sluice ended on %2.")
            .arg(file.name, QLocale().toString(file.savedAt, QLocale::ShortFormat)),
        {{tr("Restore it"),
          [this, file] {
              if (!mayDiscard())
                  return offerRecovery(file); // what is open stays, and so does the offer
              const auto restored = m_document->restore(file);
              if (!restored) {
                  showError(restored.error());
                  return;
              }
              showPage(m_work);
              m_canvas->fitAll();
          }},
         {tr("Throw it away"), [this, file] { m_document->discardRecovery(file); }}});
}

void MainWindow::onReplaced()
{
    m_isSample = false;
    m_foreignRun = m_controller->isActive();
    if (m_foreignRun)
        m_controller->stop();
    else
        m_controller->forget();
    m_workspace.reset(m_document->path());
    m_query->leaveTile();
    m_dashboard->refreshPaths();
    if (!m_foreignRun)
        m_workspace.runEnded();
    m_document->setValueSources(valueSources(false));
    m_canvas->clearSelection();
    m_canvas->clearFigures();
    m_status->clearFigures();
    m_inspector->clearFigures();
    m_monitor->clear();
    refreshDatabases();
    onSelection();
    refreshTitle();
    refreshCounts();
    refreshRunActions();
    loadSecrets();
}

void MainWindow::showError(const Error &error)
{
    m_messages->showMessage(Severity::Error, errorText(error));
}

ValueSources MainWindow::valueSources(bool forRun) const
{
    ValueSources sources;
    sources.environment = environmentVariable;
    sources.secret = [this](const std::string &name) -> std::optional<std::string> {
        if (auto value = environmentVariable(secretVariable(name)))
            return value;
        return m_secrets->lookup(name);
    };
    sources.pipelineDirectory = m_workspace.directory();
    sources.workingDirectory = toStdString(QDir::currentPath());
    sources.forRun = forRun;
    return sources;
}

void MainWindow::loadSecrets()
{
    QStringList names;
    for (const NodePtr &node : m_document->pipeline().nodes) {
        for (const auto &[field, value] : node->config)
            collectSecrets(value, names);
    }
    names.removeDuplicates();
    if (!names.isEmpty())
        m_secrets->load(names);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (!m_closing && !mayDiscard()) {
        event->ignore();
        return;
    }
    if (m_controller->isActive()) {
        // Events in flight are written first; the window goes when they are.
        event->ignore();
        if (m_closing)
            return;
        m_closing = true;
        m_messages->showMessage(Severity::Note,
                                tr("Stopping the run: events in flight are written first."),
                                {{tr("Close now"), [this] { m_controller->stopNow(); }}});
        m_controller->stop();
        QTimer::singleShot(kDrainMilliseconds, this, [this] { m_controller->stopNow(); });
        return;
    }
    writeLayout();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls[0].isLocalFile()
        && urls[0].toLocalFile().endsWith(QLatin1String(".json")))
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.isEmpty())
        return;
    event->acceptProposedAction();
    openFile(urls[0].toLocalFile());
}

} // namespace sluice
