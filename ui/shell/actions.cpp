#include "ui/shell/actions.h"

#include "ui/theme/icons.h"

#include <QActionGroup>
#include <QMenu>
#include <QMenuBar>

namespace sluice {

namespace {

QString plainText(const QAction &action)
{
    QString text = action.text();
    return text.remove(QLatin1Char('&')).remove(QStringLiteral("…"));
}

void addAll(QMenu *menu, std::initializer_list<QAction *> actions)
{
    for (QAction *action : actions) {
        if (action == nullptr)
            menu->addSeparator();
        else
            menu->addAction(action);
    }
}

} // namespace

QString tooltipOf(const QAction &action)
{
    const QString keys = action.shortcut().toString(QKeySequence::NativeText);
    return keys.isEmpty() ? plainText(action)
                          : QStringLiteral("%1 (%2)").arg(plainText(action), keys);
}

Actions::Actions(QWidget *window)
    : QObject(window)
    , m_window(window)
{
    makeFileAndEdit();
    makeView();
    makeRest();
}

QAction *
Actions::add(const QString &text, const QKeySequence &keys, const QString &iconName, bool checkable)
{
    auto *action = new QAction(text, this);
    action->setShortcut(keys);
    action->setCheckable(checkable);
    if (!iconName.isEmpty())
        action->setIcon(icon(iconName));
    m_window->addAction(action);
    m_all.push_back(action);
    return action;
}

void Actions::makeFileAndEdit()
{
    newPipeline = add(tr("&New pipeline"), QKeySequence::New, QStringLiteral("new"));
    open = add(tr("&Open…"), QKeySequence::Open, QStringLiteral("open"));
    save = add(tr("&Save"), QKeySequence::Save, QStringLiteral("save"));
    saveAs = add(tr("Save &as…"), QKeySequence(QStringLiteral("Ctrl+Shift+S")));
    welcome = add(tr("&Welcome page"), QKeySequence(QStringLiteral("Ctrl+Shift+H")));
    close = add(tr("&Close pipeline"), QKeySequence(QStringLiteral("Ctrl+W")));
    quit = add(tr("&Quit"), QKeySequence(QStringLiteral("Ctrl+Q")));

    undo = add(tr("&Undo"), QKeySequence(QStringLiteral("Ctrl+Z")), QStringLiteral("undo"));
    redo = add(tr("&Redo"), QKeySequence(QStringLiteral("Ctrl+Shift+Z")), QStringLiteral("redo"));
    redo->setShortcuts(
        {QKeySequence(QStringLiteral("Ctrl+Shift+Z")), QKeySequence(QStringLiteral("Ctrl+Y"))});
    cut = add(tr("Cu&t"), QKeySequence::Cut, QStringLiteral("cut"));
    copy = add(tr("&Copy"), QKeySequence::Copy, QStringLiteral("copy"));
    paste = add(tr("&Paste"), QKeySequence::Paste, QStringLiteral("paste"));
    duplicate =
        add(tr("&Duplicate"), QKeySequence(QStringLiteral("Ctrl+D")), QStringLiteral("duplicate"));
    remove = add(tr("D&elete"), QKeySequence(Qt::Key_Delete), QStringLiteral("trash"));
    remove->setShortcuts({QKeySequence(Qt::Key_Delete), QKeySequence(Qt::Key_Backspace)});
    removeAndReconnect =
        add(tr("Delete and &join the rest"), QKeySequence(QStringLiteral("Ctrl+Del")));
    selectAll = add(tr("Select &all"), QKeySequence::SelectAll);
    find = add(tr("&Find a kind of node"),
               QKeySequence(QStringLiteral("Ctrl+K")),
               QStringLiteral("search"));
}

void Actions::makeView()
{
    zoomIn = add(tr("Zoom &in"), QKeySequence(QStringLiteral("Ctrl++")), QStringLiteral("plus"));
    zoomIn->setShortcuts(
        {QKeySequence(QStringLiteral("Ctrl++")), QKeySequence(QStringLiteral("Ctrl+="))});
    zoomOut = add(tr("Zoom &out"), QKeySequence(QStringLiteral("Ctrl+-")), QStringLiteral("minus"));
    zoomReset = add(tr("&100 %"), QKeySequence(QStringLiteral("Ctrl+0")));
    fitAll =
        add(tr("&Fit everything"), QKeySequence(QStringLiteral("Ctrl+1")), QStringLiteral("fit"));
    fitSelection = add(tr("Fit the &selection"), QKeySequence(QStringLiteral("Ctrl+2")));
    palette = add(tr("&Palette"), QKeySequence(QStringLiteral("Ctrl+Alt+1")), {}, true);
    inspector = add(tr("&Inspector"), QKeySequence(QStringLiteral("Ctrl+Alt+2")), {}, true);
    details = add(tr("&Details"), QKeySequence(QStringLiteral("Ctrl+Alt+3")), {}, true);
    largeDetails =
        add(tr("&Enlarge the details"), QKeySequence(QStringLiteral("Ctrl+Alt+4")), {}, true);
    dashboard = add(tr("Das&hboard"),
                    QKeySequence(QStringLiteral("Ctrl+Shift+D")),
                    QStringLiteral("chart"),
                    true);
    movePanels = add(tr("&Move panels"), QKeySequence(QStringLiteral("Ctrl+Alt+M")), {}, true);
    fullScreen = add(tr("F&ull screen"), QKeySequence(Qt::Key_F11), {}, true);
    themeSystem = add(tr("As the &desktop"), QKeySequence(QStringLiteral("Ctrl+Alt+0")), {}, true);
    themeLight = add(tr("&Light"), QKeySequence(QStringLiteral("Ctrl+Alt+L")), {}, true);
    themeDark = add(tr("Da&rk"), QKeySequence(QStringLiteral("Ctrl+Alt+D")), {}, true);
    reduceMotion =
        add(tr("Reduce &animation"), QKeySequence(QStringLiteral("Ctrl+Alt+A")), {}, true);
    auto *group = new QActionGroup(this);
    for (QAction *choice : {themeSystem, themeLight, themeDark})
        group->addAction(choice);
}

void Actions::makeRest()
{
    settings = add(tr("Pipeline &settings"),
                   QKeySequence(QStringLiteral("Ctrl+,")),
                   QStringLiteral("settings"));
    addNode = add(
        tr("&Add a node…"), QKeySequence(QStringLiteral("Ctrl+Shift+A")), QStringLiteral("plus"));
    rename = add(tr("&Rename the node"), QKeySequence(Qt::Key_F2), QStringLiteral("edit"));
    editNode = add(tr("&Edit the node"), QKeySequence(QStringLiteral("Ctrl+E")));
    nextProblem = add(tr("Next &problem"), QKeySequence(Qt::Key_F8));

    run = add(tr("&Run"), QKeySequence(Qt::Key_F5), QStringLiteral("play"));
    pause = add(tr("&Pause"), QKeySequence(Qt::Key_F6), QStringLiteral("pause"));
    stop = add(tr("&Stop"), QKeySequence(QStringLiteral("Shift+F5")), QStringLiteral("stop"));
    stopNow = add(tr("Stop &now, without draining"), QKeySequence(QStringLiteral("Ctrl+Shift+F5")));
    preview = add(tr("Show p&review"), QKeySequence(QStringLiteral("Alt+1")));
    monitor = add(tr("Show &monitor"), QKeySequence(QStringLiteral("Alt+2")));
    problems = add(tr("Show pro&blems"), QKeySequence(QStringLiteral("Alt+3")));
    query = add(tr("Show &query"), QKeySequence(QStringLiteral("Alt+4")));
    log = add(tr("Show &log"), QKeySequence(QStringLiteral("Alt+5")));
    pinQuery = add(tr("Pin the &query to the dashboard"),
                   QKeySequence(QStringLiteral("Ctrl+Shift+P")),
                   QStringLiteral("pin"));
    askTiles = add(tr("&Ask all tiles now"), QKeySequence(QStringLiteral("Ctrl+Shift+R")));

    kindHelp = add(tr("&Help on the node"), QKeySequence(Qt::Key_F1), QStringLiteral("help"));
    shortcuts = add(tr("&Keyboard shortcuts"), QKeySequence(QStringLiteral("Ctrl+F1")));
    about = add(
        tr("&About Sluice"), QKeySequence(QStringLiteral("Ctrl+Shift+F1")), QStringLiteral("info"));
}

void Actions::fill(QMenuBar &bar)
{
    QMenu *file = bar.addMenu(tr("&File"));
    addAll(file, {newPipeline, open});
    recentMenu = file->addMenu(tr("Open &recent"));
    addAll(file, {nullptr, save, saveAs, nullptr, welcome, nullptr, close, quit});
    addAll(bar.addMenu(tr("&Edit")),
           {undo,
            redo,
            nullptr,
            cut,
            copy,
            paste,
            duplicate,
            nullptr,
            remove,
            removeAndReconnect,
            nullptr,
            selectAll,
            find});
    QMenu *view = bar.addMenu(tr("&View"));
    addAll(view,
           {zoomIn,
            zoomOut,
            zoomReset,
            fitAll,
            fitSelection,
            nullptr,
            dashboard,
            nullptr,
            palette,
            inspector,
            details,
            largeDetails,
            movePanels,
            fullScreen,
            nullptr});
    addAll(view->addMenu(tr("&Appearance")), {themeSystem, themeLight, themeDark});
    addAll(view, {reduceMotion});
    addAll(bar.addMenu(tr("&Pipeline")),
           {addNode, editNode, rename, nullptr, nextProblem, nullptr, settings});
    addAll(bar.addMenu(tr("&Run")),
           {run,
            pause,
            stop,
            stopNow,
            nullptr,
            preview,
            monitor,
            problems,
            query,
            log,
            nullptr,
            pinQuery,
            askTiles});
    addAll(bar.addMenu(tr("&Help")), {kindHelp, shortcuts, nullptr, about});
}

QString Actions::shortcutTable() const
{
    QString table = tr("| Command | Keys |\n|---|---|\n");
    for (const QAction *action : m_all) {
        QStringList keys;
        for (const QKeySequence &sequence : action->shortcuts())
            keys << sequence.toString(QKeySequence::NativeText);
        table += QStringLiteral("| %1 | %2 |\n")
                     .arg(plainText(*action), keys.join(QStringLiteral(", ")));
    }
    return table;
}

} // namespace sluice
