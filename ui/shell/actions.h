#pragma once

#include <QAction>
#include <QObject>

#include <vector>

class QMenu;
class QMenuBar;

namespace sluice {

/// Every command of the window, once: menus, tool bar and shortcut list are made from these.
/// What a command does is connected by the window.
class Actions : public QObject
{
    Q_OBJECT

public:
    explicit Actions(QWidget *window);

    void fill(QMenuBar &bar);
    const std::vector<QAction *> &all() const { return m_all; }
    /// Table of all commands and their keys, as Markdown.
    QString shortcutTable() const;

    // File
    QAction *newPipeline, *open, *save, *saveAs, *welcome, *close, *quit;
    // Edit
    QAction *undo, *redo, *cut, *copy, *paste, *duplicate, *remove, *removeAndReconnect, *selectAll,
        *find;
    // View
    QAction *zoomIn, *zoomOut, *zoomReset, *fitAll, *fitSelection, *palette, *inspector, *details,
        *largeDetails, *movePanels, *fullScreen, *themeSystem, *themeLight, *themeDark,
        *reduceMotion, *dashboard;
    // Pipeline
    QAction *settings, *addNode, *rename, *editNode, *nextProblem;
    // Run
    QAction *run, *pause, *stop, *stopNow, *preview, *monitor, *problems, *query, *log, *pinQuery,
        *askTiles;
    // Help
    QAction *kindHelp, *shortcuts, *about;

    QMenu *recentMenu = nullptr; // of files opened lately, filled by the window

private:
    QAction *add(const QString &text,
                 const QKeySequence &keys,
                 const QString &icon = {},
                 bool checkable = false);
    void makeFileAndEdit();
    void makeView();
    void makeRest();

    QWidget *m_window;
    std::vector<QAction *> m_all;
};

/// "Save (Ctrl+S)": what an icon-only button says.
QString tooltipOf(const QAction &action);

} // namespace sluice
