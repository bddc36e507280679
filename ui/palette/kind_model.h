#pragma once

#include "core/node/catalog.h"

#include <QAbstractListModel>

#include <functional>
#include <vector>

namespace sluice {

/// Headings and kinds, filtered by a search. A row is a heading (no kind) or a kind.
class KindModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { KindRole = Qt::UserRole, DescriptorRole };

    explicit KindModel(const Catalog &catalog, QObject *parent = nullptr);

    void setSearch(const QString &text);
    void setAccepted(std::function<bool(const NodeDescriptor &)> accepts);
    const NodeDescriptor *descriptor(const QModelIndex &index) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QMimeData *mimeData(const QModelIndexList &indexes) const override;
    QStringList mimeTypes() const override;

private:
    struct Row
    {
        QString heading;
        const NodeDescriptor *descriptor = nullptr;
    };

    void rebuild();

    const Catalog &m_catalog;
    QString m_search;
    std::function<bool(const NodeDescriptor &)> m_accepts;
    std::vector<Row> m_rows;
};

/// How well a kind answers a search: 0 not at all, more is better.
int matchQuality(const NodeDescriptor &descriptor, const QString &search);

} // namespace sluice
