#include "ui/palette/kind_model.h"

#include "ui/canvas/canvas_widget.h"
#include "ui/document/qt_text.h"
#include "ui/widgets/tile.h"

#include <QMimeData>

#include <algorithm>
#include <array>

namespace sluice {

namespace {

int wordQuality(const NodeDescriptor &descriptor, const QString &word)
{
    const QString title = toQString(descriptor.title);
    if (title.startsWith(word, Qt::CaseInsensitive))
        return 4;
    if (title.contains(word, Qt::CaseInsensitive))
        return 3;
    for (const std::string &keyword : descriptor.keywords) {
        if (toQString(keyword).startsWith(word, Qt::CaseInsensitive))
            return 2;
    }
    const bool mentioned = toQString(descriptor.kind).contains(word, Qt::CaseInsensitive)
                           || toQString(descriptor.summary).contains(word, Qt::CaseInsensitive);
    return mentioned ? 1 : 0;
}

} // namespace

int matchQuality(const NodeDescriptor &descriptor, const QString &search)
{
    const QStringList words = search.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    int quality = 5;
    for (const QString &word : words)
        quality = std::min(quality, wordQuality(descriptor, word));
    return quality;
}

KindModel::KindModel(const Catalog &catalog, QObject *parent)
    : QAbstractListModel(parent)
    , m_catalog(catalog)
{
    rebuild();
}

void KindModel::setSearch(const QString &text)
{
    if (text == m_search)
        return;
    m_search = text;
    rebuild();
}

void KindModel::setAccepted(std::function<bool(const NodeDescriptor &)> accepts)
{
    m_accepts = std::move(accepts);
    rebuild();
}

void KindModel::rebuild()
{
    beginResetModel();
    m_rows.clear();
    const std::array<std::pair<NodeRole, QString>, 3> groups{{
        {NodeRole::Source, tr("Sources")},
        {NodeRole::Transform, tr("Transforms")},
        {NodeRole::Destination, tr("Destinations")},
    }};
    for (const auto &[role, heading] : groups) {
        std::vector<std::pair<int, const NodeDescriptor *>> found;
        for (const NodeDescriptor *descriptor : m_catalog.all()) {
            if (descriptor->role != role || (m_accepts && !m_accepts(*descriptor)))
                continue;
            if (const int quality = matchQuality(*descriptor, m_search); quality > 0)
                found.emplace_back(quality, descriptor);
        }
        std::stable_sort(found.begin(), found.end(), [](const auto &a, const auto &b) {
            return a.first > b.first;
        });
        if (found.empty())
            continue;
        m_rows.push_back({heading, nullptr});
        for (const auto &[quality, descriptor] : found)
            m_rows.push_back({{}, descriptor});
    }
    endResetModel();
}

int KindModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

const NodeDescriptor *KindModel::descriptor(const QModelIndex &index) const
{
    return index.isValid() ? m_rows[std::size_t(index.row())].descriptor : nullptr;
}

QVariant KindModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Row &row = m_rows[std::size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return row.descriptor != nullptr ? toQString(row.descriptor->title) : row.heading;
    case Qt::ToolTipRole:
    case Qt::AccessibleDescriptionRole:
        return row.descriptor != nullptr ? toQString(row.descriptor->summary) : QString();
    case KindRole:
        return row.descriptor != nullptr ? toQString(row.descriptor->kind) : QString();
    default:
        return {};
    }
}

Qt::ItemFlags KindModel::flags(const QModelIndex &index) const
{
    if (descriptor(index) == nullptr)
        return Qt::ItemIsEnabled;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled;
}

QStringList KindModel::mimeTypes() const
{
    return {QLatin1String(kKindMime)};
}

QMimeData *KindModel::mimeData(const QModelIndexList &indexes) const
{
    auto *data = new QMimeData; // QDrag takes it over
    if (!indexes.isEmpty())
        data->setData(QLatin1String(kKindMime), indexes[0].data(KindRole).toString().toUtf8());
    return data;
}

} // namespace sluice
