#pragma once

#include <QWidget>

class QHBoxLayout;
class QStackedWidget;
class QTabBar;

namespace sluice {

/// The panel at the bottom: tabs, and at their right what belongs to the one that is shown.
class DetailsPanel : public QWidget
{
    Q_OBJECT

public:
    explicit DetailsPanel(QWidget *parent = nullptr);

    /// @param corner  shown at the right of the tabs while this page is; may be null
    int addPage(QWidget *page, const QString &title, QWidget *corner = nullptr);
    void showPage(int index);
    int page() const;
    void setTitle(int index, const QString &title);
    QSize sizeHint() const override { return {800, 268}; }

private:
    QTabBar *m_tabs;
    QHBoxLayout *m_head;
    QStackedWidget *m_pages;
    std::vector<QWidget *> m_corners;
};

} // namespace sluice
