#include "ui/palette/add_node_popup.h"

#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

#include <QGuiApplication>
#include <QPainter>
#include <QScreen>
#include <QVBoxLayout>

namespace sluice {

namespace {
constexpr QSize kSize{248, 340};
}

AddNodePopup::AddNodePopup(const Catalog &catalog, QWidget *parent)
    : QFrame(parent, Qt::Popup | Qt::FramelessWindowHint)
    , m_list(new KindList(catalog, this))
    , m_search(new KindSearch(*m_list, this))
{
    m_list->setDragEnabled(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(
        metrics::kSpaceS, metrics::kSpaceS, metrics::kSpaceS, metrics::kSpaceS);
    layout->setSpacing(metrics::kSpaceXs);
    layout->addWidget(m_search);
    layout->addWidget(m_list, 1);
    resize(kSize);
    connect(m_search, &KindSearch::escaped, this, &QWidget::hide);
    connect(m_list, &QListView::clicked, m_list, &KindList::chooseCurrent);
    connect(m_list, &KindList::chosen, this, [this](const std::string &kind) {
        hide();
        if (const auto then = std::move(m_then)) {
            m_then = nullptr;
            then(kind);
        }
    });
}

void AddNodePopup::open(QPoint globalPos,
                        const KindList::Accepts &accepts,
                        std::function<void(const std::string &kind)> then)
{
    m_then = std::move(then);
    m_search->clear();
    m_list->setAccepted(accepts);
    m_list->selectFirst();
    QPoint at = globalPos;
    if (const QScreen *screen = QGuiApplication::screenAt(globalPos)) {
        const QRect space = screen->availableGeometry();
        at.setX(std::min(at.x(), space.right() - width()));
        at.setY(std::min(at.y(), space.bottom() - height()));
    }
    move(at);
    show();
    m_search->setFocus();
}

void AddNodePopup::paintEvent(QPaintEvent *event)
{
    (void)event;
    QPainter painter(this);
    painter.fillRect(rect(), theme().panel);
    painter.setPen(theme().fieldBorder);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

bool fitsWire(const NodeDescriptor &descriptor, bool fromOutput)
{
    return fromOutput ? !descriptor.inputs.empty() : !descriptor.outputs.empty();
}

} // namespace sluice
