#pragma once

#include "core/operators/reference_source.h"
#include "core/operators/reference_table.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// Holds the newest state of a reference table and brings it up to date behind the operators'
/// backs. Shared by the instances of one node (a worker has one each); they take current() once a
/// batch, so that a batch sees one state.
/// Thread: any.
class ReferenceStore
{
public:
    struct Shape
    {
        Schema wanted;                 // columns to read
        std::vector<std::size_t> keys; // positions in `wanted`
        std::optional<std::size_t> version;
    };

    /// The store of this owner and table: the one that is there already, or a new one, read at
    /// once. A table that changes is watched by a thread of the store.
    /// @param owner  what tells stores of equal tables apart: run and node
    /// Errors: as readReference() and ReferenceTable::create()
    static Result<std::shared_ptr<ReferenceStore>> open(const std::string &owner,
                                                        ReferenceSpec spec,
                                                        Shape shape,
                                                        FileSystem &files,
                                                        DatabaseRegistry &databases);
    ~ReferenceStore();
    ReferenceStore(const ReferenceStore &) = delete;
    ReferenceStore &operator=(const ReferenceStore &) = delete;

    std::shared_ptr<const ReferenceTable> current() const;

    /// Looks once. A file that is still being written is left alone until two looks in a row see
    /// the same. @return whether a new state was taken
    /// Errors: what went wrong while reading; the old state stays
    Result<bool> look();

    /// What the watching thread has to say since the last call: "12 rows taken", or why it could
    /// not. Empty most of the time.
    std::vector<std::string> takeNews();

private:
    ReferenceStore(ReferenceSpec spec, Shape shape, FileSystem &files, DatabaseRegistry &databases)
        : m_spec(std::move(spec))
        , m_shape(std::move(shape))
        , m_files(files)
        , m_databases(databases)
    {}
    Result<void> load();
    void watch(const std::stop_token &stop, TickSpan every);

    const ReferenceSpec m_spec;
    const Shape m_shape;
    FileSystem &m_files;
    DatabaseRegistry &m_databases;

    std::mutex m_lookMutex; // one look at a time
    ReferenceStamp m_loaded;
    ReferenceStamp m_seen; // by the last look
    std::string m_trouble; // said already

    mutable std::mutex m_mutex;
    std::shared_ptr<const ReferenceTable> m_table; // GUARDED_BY(m_mutex): shared with batches
    std::vector<std::string> m_news;               // GUARDED_BY(m_mutex)
    std::condition_variable_any m_stopping;
    std::jthread m_watcher;
};

} // namespace sluice
