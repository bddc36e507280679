#pragma once

#include "core/runtime/engine.h"

#include <QWidget>

#include <optional>

class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QTableView;
class QTabBar;

namespace sluice {

class ElidedLabel;
class PreviewModel;
class ThemedLabel;
class TrialView;
class WireTap;

/// The latest events that left a port: as a table and as raw JSON. Foreign text is shown as plain
/// text, with control characters made visible.
class PreviewView : public QWidget
{
    Q_OBJECT

public:
    explicit PreviewView(WireTap &tap, QWidget *parent = nullptr);

    /// What is followed, in words; empty: nothing is selected.
    void setPort(const std::optional<WireEnd> &port, const QString &title);
    void setRunning(bool running);
    /// What is shown while nothing runs. Takes it.
    void setTrial(TrialView *trial);
    bool showsTrial() const;
    void setContent(const TapContent &content);
    PreviewModel &model() { return *m_model; }
    QString titleText() const;
    QString rawText() const;
    QString emptyText() const;

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void setPaused(bool paused);
    void refresh();

    WireTap &m_tap;
    PreviewModel *m_model;
    ElidedLabel *m_title;
    ThemedLabel *m_count;
    QTabBar *m_mode;
    QPushButton *m_pause;
    QPushButton *m_test;
    QWidget *m_head = nullptr;
    TrialView *m_trial = nullptr;
    QStackedWidget *m_pages;
    QTableView *m_table;
    QPlainTextEdit *m_raw;
    ThemedLabel *m_empty;
    TapContent m_content;
    bool m_running = false;
    std::optional<WireEnd> m_port;
    bool m_left = false;  // the last run's events, for a test
    QStringList m_fitted; // the columns whose widths were set
};

} // namespace sluice
