#include "ui/bridge/secret_keeper.h"

#include "ui/document/qt_text.h"

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

} // namespace

SecretKeeper::SecretKeeper(std::unique_ptr<SecretStore> file, Store store, QObject *parent)
    : QObject(parent)
    , m_file(std::move(file))
    , m_store(store)
{}

SecretKeeper::~SecretKeeper() = default;

QString SecretKeeper::place() const
{
    return m_store == Store::Keychain ? tr("the desktop's keychain") : toQString(m_file->place());
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
    const auto written = m_file->set(toStdString(name), toStdString(value));
    if (written)
        Q_EMIT kept(name, place());
    else
        Q_EMIT keepingFailed(name,
                             tr("%1. The secret counts until the program ends.")
                                 .arg(toQString(written.error().message)));
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
    const auto value = m_file->get(toStdString(name));
    if (value && *value)
        remember(name, toQString(**value));
    answered(name);
}

void SecretKeeper::answered(const QString &name)
{
    m_asked.remove(name);
    if (m_asked.isEmpty())
        Q_EMIT loaded();
}

} // namespace sluice
