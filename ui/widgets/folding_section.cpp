#include "ui/widgets/folding_section.h"

#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"

#include <QToolButton>
#include <QVBoxLayout>

namespace sluice {

FoldingSection::FoldingSection(const QString &title, QWidget *parent)
    : QWidget(parent)
{
    m_header = new QToolButton(this);
    m_header->setText(title);
    m_header->setFont(uiFont(metrics::kTextBody, QFont::Medium));
    m_header->setCheckable(true);
    m_header->setAutoRaise(true);
    m_header->setArrowType(Qt::RightArrow);
    m_header->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_header->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_body = new QWidget(this);
    m_body->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(metrics::kSpaceS);
    layout->addWidget(m_header);
    layout->addWidget(m_body);
    connect(m_header, &QToolButton::toggled, this, [this](bool open) {
        m_header->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        m_body->setVisible(open);
    });
}

void FoldingSection::setOpen(bool open)
{
    m_header->setChecked(open);
}

bool FoldingSection::isOpen() const
{
    return m_header->isChecked();
}

} // namespace sluice
