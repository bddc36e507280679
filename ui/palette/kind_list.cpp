#include "ui/palette/kind_list.h"

#include "ui/document/qt_text.h"
#include "ui/palette/kind_model.h"
#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/tile.h"

#include <QDrag>
#include <QKeyEvent>
#include <QMimeData>
#include <QPainter>
#include <QStyledItemDelegate>

namespace sluice {

namespace {

constexpr int kRowHeight = 30;
constexpr int kHeadingHeight = 30;
constexpr int kTileSize = 22;
constexpr int kTileIcon = 14;

class KindDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        (void)option;
        const bool heading = !(index.flags() & Qt::ItemIsSelectable);
        return {120,
                heading ? kHeadingHeight + (index.row() > 0 ? metrics::kSpaceXs : 0) : kRowHeight};
    }

    void paint(QPainter *painter,
               const QStyleOptionViewItem &option,
               const QModelIndex &index) const override
    {
        const auto *model = static_cast<const KindModel *>(index.model());
        const NodeDescriptor *kind = model->descriptor(index);
        painter->save();
        if (kind == nullptr)
            paintHeading(*painter, option.rect, index);
        else
            paintKind(*painter, option, *kind);
        painter->restore();
    }

private:
    static void paintHeading(QPainter &painter, const QRect &rect, const QModelIndex &index)
    {
        QFont font = uiFont(metrics::kTextHint, QFont::DemiBold);
        font.setCapitalization(QFont::AllUppercase);
        font.setLetterSpacing(QFont::AbsoluteSpacing, 0.4);
        painter.setFont(font);
        painter.setPen(theme().textSecondary);
        painter.drawText(rect.adjusted(metrics::kSpaceXs, 0, 0, -6),
                         Qt::AlignLeft | Qt::AlignBottom,
                         index.data().toString());
    }

    static void
    paintKind(QPainter &painter, const QStyleOptionViewItem &option, const NodeDescriptor &kind)
    {
        const Theme &now = theme();
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF row = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
        const bool selected = option.state & QStyle::State_Selected;
        const bool focused = option.state & QStyle::State_HasFocus;
        if (selected || option.state & QStyle::State_MouseOver) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(selected && focused ? now.selection : now.hover);
            painter.drawRoundedRect(row, metrics::kRadiusField, metrics::kRadiusField);
        }
        const QRectF tile(row.left() + 6, row.center().y() - kTileSize / 2.0, kTileSize, kTileSize);
        paintTile(painter, tile, iconOf(kind), kind.role, kTileIcon);
        painter.setFont(uiFont(metrics::kTextBody));
        painter.setPen(now.text);
        const QRectF text = row.adjusted(6 + kTileSize + metrics::kSpaceS, 0, -6, 0);
        const QString title = painter.fontMetrics().elidedText(
            toQString(kind.title), Qt::ElideRight, int(text.width()));
        painter.drawText(text, Qt::AlignLeft | Qt::AlignVCenter, title);
    }
};

} // namespace

KindList::KindList(const Catalog &catalog, QWidget *parent)
    : QListView(parent)
    , m_model(new KindModel(catalog, this))
{
    setModel(m_model);
    setItemDelegate(new KindDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setDragEnabled(true);
    setDragDropMode(QAbstractItemView::DragOnly);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setAccessibleName(tr("Kinds of nodes"));
    viewport()->setAutoFillBackground(false);
    connect(this, &QListView::doubleClicked, this, &KindList::chooseCurrent);
}

void KindList::setSearch(const QString &text)
{
    m_model->setSearch(text);
}

void KindList::setAccepted(Accepts accepts)
{
    m_model->setAccepted(std::move(accepts));
}

std::vector<std::string> KindList::shownKinds() const
{
    std::vector<std::string> kinds;
    for (int i = 0; i < m_model->rowCount(); ++i) {
        if (const NodeDescriptor *kind = m_model->descriptor(m_model->index(i)))
            kinds.push_back(kind->kind);
    }
    return kinds;
}

void KindList::selectFirst()
{
    setCurrentIndex({});
    step(1);
}

void KindList::selectKind(const std::string &kind)
{
    for (int i = 0; i < m_model->rowCount(); ++i) {
        const NodeDescriptor *descriptor = m_model->descriptor(m_model->index(i));
        if (descriptor != nullptr && descriptor->kind == kind) {
            setCurrentIndex(m_model->index(i));
            scrollTo(currentIndex());
        }
    }
}

void KindList::step(int by)
{
    int row = currentIndex().isValid() ? currentIndex().row() : -1;
    for (row += by; row >= 0 && row < m_model->rowCount(); row += by) {
        if (m_model->descriptor(m_model->index(row)) != nullptr) {
            setCurrentIndex(m_model->index(row));
            scrollTo(currentIndex());
            return;
        }
    }
}

void KindList::chooseCurrent()
{
    if (const NodeDescriptor *kind = m_model->descriptor(currentIndex()))
        Q_EMIT chosen(kind->kind);
}

void KindList::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        chooseCurrent();
    else
        QListView::keyPressEvent(event);
}

void KindList::startDrag(Qt::DropActions actions)
{
    (void)actions;
    const NodeDescriptor *kind = m_model->descriptor(currentIndex());
    if (kind == nullptr)
        return;
    const double ratio = devicePixelRatioF();
    QPixmap picture(QSize(kTileSize + 8, kTileSize + 8) * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    {
        QPainter painter(&picture);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(theme().separator);
        painter.setBrush(theme().panel);
        painter.drawRoundedRect(QRectF(0.5, 0.5, kTileSize + 7, kTileSize + 7), 7, 7);
        paintTile(
            painter, QRectF(4, 4, kTileSize, kTileSize), iconOf(*kind), kind->role, kTileIcon);
    }
    auto *drag = new QDrag(this); // Qt deletes it after the drop
    drag->setMimeData(m_model->mimeData({currentIndex()}));
    drag->setPixmap(picture);
    drag->setHotSpot({(kTileSize + 8) / 2, (kTileSize + 8) / 2});
    drag->exec(Qt::CopyAction);
}

} // namespace sluice
