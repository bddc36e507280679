#include "ui/shell/details_panel.h"

#include "ui/theme/metrics.h"

#include <QHBoxLayout>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace sluice {

DetailsPanel::DetailsPanel(QWidget *parent)
    : QWidget(parent)
    , m_tabs(new QTabBar(this))
    , m_head(new QHBoxLayout)
    , m_pages(new QStackedWidget(this))
{
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    m_tabs->setAccessibleName(tr("Details"));
    m_head->setContentsMargins({});
    m_head->addWidget(m_tabs);
    m_head->addStretch(1);
    auto *line = new QFrame(this);
    line->setFrameShape(QFrame::HLine);
    line->setFixedHeight(1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(m_head);
    layout->addWidget(line);
    layout->addWidget(m_pages, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int index) {
        m_pages->setCurrentIndex(index);
        for (std::size_t i = 0; i < m_corners.size(); ++i) {
            if (m_corners[i] != nullptr)
                m_corners[i]->setVisible(int(i) == index);
        }
    });
}

int DetailsPanel::addPage(QWidget *page, const QString &title, QWidget *corner)
{
    m_pages->addWidget(page);
    m_corners.push_back(corner);
    if (corner != nullptr) {
        m_head->addWidget(corner);
        corner->setVisible(m_corners.size() == 1);
    }
    return m_tabs->addTab(title);
}

void DetailsPanel::showPage(int index)
{
    m_tabs->setCurrentIndex(index);
}

int DetailsPanel::page() const
{
    return m_tabs->currentIndex();
}

void DetailsPanel::setTitle(int index, const QString &title)
{
    m_tabs->setTabText(index, title);
}

} // namespace sluice
