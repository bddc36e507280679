#include "ui/bridge/secret_keeper.h"

#include "ui/document/qt_text.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <qt6keychain/keychain.h>

namespace sluice {

namespace {

const QString kService = QStringLiteral("sluice");

/// What a keychain answers when there is none on this desktop.
bool hasNoKeychain(QKeychain::Error error)
{
    return error == QKeychain::NoBackendAvailable || error == QKeychain::NotImplemented
           || error == QKeychain::OtherError;
}

QJsonObject readStore(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                          : QJsonObject();
}

/// @return why it failed; empty on success
QString writeStore(const QString &path, const QJsonObject &secrets)
{
    QDir().mkpath(QFileInfo(path).absolutePath());
    QSaveFile file(path);
    const bool opened = file.open(QIODevice::WriteOnly);
    // Before a byte of a secret is written.
    if (!opened || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
        return file.errorString();
    file.write(QJsonDocument(secrets).toJson());
    return file.commit() ? QString() : file.errorString();
}

} // namespace

SecretKeeper::SecretKeeper(QString file, Store store, QObject *parent)
    : QObject(parent)
    , m_file(std::move(file))
    , m_store(store)
{}

QString SecretKeeper::place() const
{
    return m_store == Store::Keychain ? tr("the desktop's keychain")
                                      : QDir::toNativeSeparators(m_file);
}

void SecretKeeper::remember(const QString &name, const QString &value)
{
    const std::lock_guard lock(m_mutex);
    m_known[toStdString(name)] = toStdString(value);
}

std::optional<std::string> SecretKeeper::lookup(const std::string &name) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_known.find(name);
    return found != m_known.end() ? std::optional(found->second) : std::nullopt;
}

void SecretKeeper::keep(const QString &name, const QString &value)
{
    remember(name, value);
    if (m_store == Store::File) {
        keepInFile(name, value);
        return;
    }
    auto *job = new QKeychain::WritePasswordJob(kService, this); // deletes itself
    job->setKey(name);
    job->setTextData(value);
    connect(job, &QKeychain::Job::finished, this, [this, name, value](QKeychain::Job *done) {
        if (done->error() == QKeychain::NoError) {
            Q_EMIT kept(name, place());
        } else if (hasNoKeychain(done->error())) {
            m_store = Store::File;
            keepInFile(name, value);
        } else {
            Q_EMIT keepingFailed(name,
                                 tr("The keychain refused the secret: %1. It counts until "
                                    "the program ends.")
                                     .arg(done->errorString()));
        }
    });
    job->start();
}

void SecretKeeper::keepInFile(const QString &name, const QString &value)
{
    QJsonObject secrets = readStore(m_file);
    secrets.insert(name, value);
    const QString problem = writeStore(m_file, secrets);
    if (problem.isEmpty())
        Q_EMIT kept(name, place());
    else
        Q_EMIT keepingFailed(name,
                             tr("Cannot write %1: %2. The secret counts until the program ends.")
                                 .arg(m_file, problem));
}

void SecretKeeper::load(const QStringList &names)
{
    for (const QString &name : names) {
        if (lookup(toStdString(name)) || m_asked.contains(name))
            continue;
        m_asked.insert(name);
        if (m_store == Store::File) {
            readFromFile(name);
            continue;
        }
        auto *job = new QKeychain::ReadPasswordJob(kService, this); // deletes itself
        job->setKey(name);
        connect(job, &QKeychain::Job::finished, this, [this, name](QKeychain::Job *done) {
            if (done->error() == QKeychain::NoError) {
                remember(name, static_cast<QKeychain::ReadPasswordJob *>(done)->textData());
                answered(name);
                return;
            }
            if (hasNoKeychain(done->error()))
                m_store = Store::File;
            readFromFile(name); // kept there before there was a keychain
        });
        job->start();
    }
    if (m_asked.isEmpty())
        Q_EMIT loaded();
}

void SecretKeeper::readFromFile(const QString &name)
{
    const QJsonValue value = readStore(m_file).value(name);
    if (value.isString())
        remember(name, value.toString());
    answered(name);
}

void SecretKeeper::answered(const QString &name)
{
    m_asked.remove(name);
    if (m_asked.isEmpty())
        Q_EMIT loaded();
}

} // namespace sluice
