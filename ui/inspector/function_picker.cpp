#include "ui/inspector/function_picker.h"

#include "ui/theme/fonts.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/themed_label.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QScreen>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace sluice {

namespace {

constexpr QSize kSize{440, 420};
constexpr int kAboutHeight = 104;
constexpr int kEntryRole = Qt::UserRole + 1;
constexpr qsizetype kShownSignatures = 2;

QString codeSpan(const QString &text)
{
    return QStringLiteral("<span style=\"font-family:'%1'\">%2</span>")
        .arg(codeFont().family(), text.toHtmlEscaped());
}

} // namespace

FunctionPicker::FunctionPicker(bool aggregates, QWidget *parent)
    : QFrame(parent, Qt::Popup)
    , m_search(new QLineEdit(this))
    , m_tree(new QTreeWidget(this))
    , m_about(new ThemedLabel(TextRole::Secondary, this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setObjectName(QStringLiteral("functionPicker"));
    setAccessibleName(tr("Functions"));
    m_search->setPlaceholderText(tr("Search functions"));
    m_search->setAccessibleName(tr("Search functions"));
    m_search->setClearButtonEnabled(true);
    m_search->installEventFilter(this);
    m_tree->setColumnCount(2);
    m_tree->setHeaderHidden(true);
    m_tree->setRootIsDecorated(false);
    m_tree->setIndentation(metrics::kSpaceM);
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setFocusPolicy(Qt::NoFocus); // keys go to the search, which moves the choice
    m_tree->setAccessibleName(tr("Functions"));
    m_tree->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_tree->header()->setStretchLastSection(true);
    m_about->setTextFormat(Qt::RichText);
    m_about->setWordWrap(true);
    m_about->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_about->setFixedHeight(kAboutHeight);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(
        metrics::kSpaceS, metrics::kSpaceS, metrics::kSpaceS, metrics::kSpaceS);
    layout->setSpacing(metrics::kSpaceXs);
    layout->addWidget(m_search);
    layout->addWidget(m_tree, 1);
    layout->addWidget(m_about);
    if (aggregates) {
        for (const FunctionEntry &entry : aggregateEntries())
            m_entries.push_back(&entry);
    }
    for (const FunctionEntry &entry : functionEntries())
        m_entries.push_back(&entry);
    fill();
    connect(m_search, &QLineEdit::textChanged, this, &FunctionPicker::filter);
    connect(m_tree, &QTreeWidget::currentItemChanged, this, &FunctionPicker::showEntry);
    connect(m_tree, &QTreeWidget::itemActivated, this, &FunctionPicker::choose);
    connect(m_tree, &QTreeWidget::itemDoubleClicked, this, &FunctionPicker::choose);
    filter();
}

void FunctionPicker::fill()
{
    QTreeWidgetItem *category = nullptr;
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const FunctionEntry &entry = *m_entries[i];
        if (category == nullptr || category->text(0) != entry.category) {
            category = new QTreeWidgetItem(m_tree, {entry.category});
            category->setFont(0, uiFont(metrics::kTextLabel, QFont::DemiBold));
            category->setFlags(Qt::ItemIsEnabled);
            category->setFirstColumnSpanned(true);
        }
        auto *item = new QTreeWidgetItem(category, {entry.name, entry.help});
        item->setData(0, kEntryRole, int(i));
        item->setFont(0, codeFont());
        item->setForeground(1, theme().textSecondary);
        item->setToolTip(1, entry.help.toHtmlEscaped());
    }
    m_tree->expandAll();
}

const FunctionEntry *FunctionPicker::entryOf(const QTreeWidgetItem *item) const
{
    if (item == nullptr || item->parent() == nullptr)
        return nullptr;
    return m_entries[std::size_t(item->data(0, kEntryRole).toInt())];
}

/// Hides what does not fit and chooses what fits best.
void FunctionPicker::filter()
{
    QTreeWidgetItem *best = nullptr;
    int bestFit = -1;
    for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
        QTreeWidgetItem *category = m_tree->topLevelItem(i);
        bool any = false;
        for (int k = 0; k < category->childCount(); ++k) {
            QTreeWidgetItem *item = category->child(k);
            const int fit = fitOf(*entryOf(item), m_search->text());
            item->setHidden(fit < 0);
            any = any || fit >= 0;
            if (fit >= 0 && (best == nullptr || fit < bestFit)) {
                best = item;
                bestFit = fit;
            }
        }
        category->setHidden(!any);
    }
    m_tree->setCurrentItem(best);
    if (best != nullptr)
        m_tree->scrollToItem(best);
    showEntry(best);
}

void FunctionPicker::showEntry(const QTreeWidgetItem *item)
{
    const FunctionEntry *entry = entryOf(item);
    if (entry == nullptr) {
        m_about->setText(m_tree->currentItem() == nullptr ? tr("No function is called so.")
                                                          : QString());
        return;
    }
    QStringList lines;
    for (const QString &signature : entry->signatures.mid(0, kShownSignatures))
        lines << codeSpan(signature);
    if (lines.isEmpty())
        lines << codeSpan(entry->call);
    lines << entry->help.toHtmlEscaped();
    if (entry->example != entry->signatures.value(0))
        lines << tr("Example: %1").arg(codeSpan(entry->example));
    m_about->setText(lines.join(QStringLiteral("<br>")));
}

void FunctionPicker::choose(const QTreeWidgetItem *item)
{
    const FunctionEntry *entry = entryOf(item);
    if (entry == nullptr)
        return;
    const FunctionEntry copy = *entry;
    close();
    Q_EMIT chosen(copy);
}

/// The next function that is shown, over the heads of categories.
void FunctionPicker::step(int by)
{
    QTreeWidgetItem *item = m_tree->currentItem();
    for (int left = std::abs(by); left > 0 && item != nullptr;) {
        QTreeWidgetItem *next = by > 0 ? m_tree->itemBelow(item) : m_tree->itemAbove(item);
        if (next == nullptr)
            break;
        item = next;
        if (entryOf(item) != nullptr)
            --left;
    }
    if (entryOf(item) == nullptr)
        return;
    m_tree->setCurrentItem(item);
    m_tree->scrollToItem(item);
}

bool FunctionPicker::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_search || event->type() != QEvent::KeyPress)
        return QFrame::eventFilter(watched, event);
    constexpr int kPage = 8;
    switch (static_cast<QKeyEvent *>(event)->key()) {
    case Qt::Key_Down:
        step(1);
        return true;
    case Qt::Key_Up:
        step(-1);
        return true;
    case Qt::Key_PageDown:
        step(kPage);
        return true;
    case Qt::Key_PageUp:
        step(-kPage);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Tab:
        choose(m_tree->currentItem());
        return true;
    case Qt::Key_Escape:
        close();
        return true;
    default:
        return false;
    }
}

void FunctionPicker::paintEvent(QPaintEvent *event)
{
    (void)event;
    QPainter painter(this);
    painter.fillRect(rect(), theme().panel);
    painter.setPen(theme().separator);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void FunctionPicker::openAt(const QWidget *anchor)
{
    resize(kSize);
    const QRect screen = anchor->screen()->availableGeometry();
    const QRect place(anchor->mapToGlobal(QPoint(0, 0)), anchor->size());
    int top = place.bottom() + metrics::kSpaceXs;
    if (top + height() > screen.bottom())
        top = std::max(screen.top(), place.top() - height() - metrics::kSpaceXs);
    const int left = std::clamp(place.right() - width(), screen.left(), screen.right() - width());
    move(left, top);
    show();
    m_search->setFocus();
}

QStringList FunctionPicker::listed() const
{
    QStringList names;
    for (int i = 0; i < m_tree->topLevelItemCount(); ++i) {
        const QTreeWidgetItem *category = m_tree->topLevelItem(i);
        for (int k = 0; k < category->childCount(); ++k) {
            if (!category->child(k)->isHidden())
                names << category->child(k)->text(0);
        }
    }
    return names;
}

} // namespace sluice
