#include "ui/palette/palette.h"

#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/themed_label.h"

#include <QAction>
#include <QKeyEvent>
#include <QVBoxLayout>

namespace sluice {

KindSearch::KindSearch(KindList &list, QWidget *parent)
    : QLineEdit(parent)
    , m_list(list)
{
    setPlaceholderText(tr("Find a node…"));
    setAccessibleName(tr("Find a node"));
    addAction(icon(QStringLiteral("search"), theme().textHint), QLineEdit::LeadingPosition);
    connect(this, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_list.setSearch(text);
        if (!text.isEmpty())
            m_list.selectFirst();
    });
}

void KindSearch::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Down:
        m_list.step(1);
        return;
    case Qt::Key_Up:
        m_list.step(-1);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        m_list.chooseCurrent();
        return;
    case Qt::Key_Escape:
        if (!text().isEmpty())
            clear();
        else
            Q_EMIT escaped();
        return;
    default:
        QLineEdit::keyPressEvent(event);
    }
}

PalettePanel::PalettePanel(const Catalog &catalog, QWidget *parent)
    : QWidget(parent)
    , m_list(new KindList(catalog, this))
    , m_search(new KindSearch(*m_list, this))
    , m_empty(new ThemedLabel(TextRole::Secondary, this))
{
    m_search->setPlaceholderText(tr("Find a node…"));
    m_search->setToolTip(tr("Find a kind of node (Ctrl+K)"));
    m_empty->setWordWrap(true);
    m_empty->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(
        metrics::kSpaceS, metrics::kSpaceS, metrics::kSpaceS, metrics::kSpaceS);
    layout->setSpacing(metrics::kSpaceXs);
    layout->addWidget(m_search);
    layout->addWidget(m_empty);
    layout->addWidget(m_list, 1);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        const bool none = m_list->shownKinds().empty();
        m_empty->setVisible(none);
        m_empty->setText(tr("No kind is called “%1”. Clear the search to see all.").arg(text));
    });
    connect(m_list, &KindList::chosen, this, &PalettePanel::kindChosen);
    setFocusProxy(m_search);
}

void PalettePanel::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

} // namespace sluice
