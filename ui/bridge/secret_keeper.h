#pragma once

#include "core/pipeline/secrets.h"

#include <QObject>
#include <QSet>
#include <QString>
#include <QStringList>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace sluice {

/// Keeps secrets outside the pipeline file: in the desktop's keychain, or where there is none in
/// a file that only its owner can read. What was read or kept is held in memory until the end.
/// Thread: the window's, but lookup(), which any thread may call.
class SecretKeeper : public QObject
{
    Q_OBJECT

public:
    enum class Store { Keychain, File };

    /// @param file  what keeps them where there is no keychain
    explicit SecretKeeper(std::unique_ptr<SecretStore> file,
                          Store store = Store::Keychain,
                          QObject *parent = nullptr);
    ~SecretKeeper() override;

    /// Keeps a value; kept() or keepingFailed() follows.
    void keep(const QString &name, const QString &value);
    /// Fetches the secrets that are not known yet; loaded() follows, at once when there is none.
    void load(const QStringList &names);
    bool isLoading() const { return !m_asked.isEmpty(); }
    /// Where a secret is kept, or would be, in words: "the desktop's keychain".
    QString place() const;
    /// Thread: any.
    std::optional<std::string> lookup(const std::string &name) const;

signals:
    void kept(const QString &name, const QString &place);
    void keepingFailed(const QString &name, const QString &reason);
    void loaded();

private:
    void keepInFile(const QString &name, const QString &value);
    void readFromFile(const QString &name);
    void answered(const QString &name);
    void remember(const QString &name, const QString &value);

    std::unique_ptr<SecretStore> m_file;
    Store m_store;
    QSet<QString> m_asked;
    mutable std::mutex m_mutex;
    std::map<std::string, std::string> m_known; // GUARDED_BY(m_mutex)
};

} // namespace sluice
