#pragma once

#include <memory>
#include <mutex>
#include <vector>

namespace sluice {

/// A free list of objects that keep their memory. Handles return to it by themselves.
/// Thread: any; one short lock for each take and each return, that is once a batch, not an event.
template<typename T>
class Pool : public std::enable_shared_from_this<Pool<T>>
{
public:
    explicit Pool(std::size_t keep = 256)
        : m_keep(keep)
    {}

    std::shared_ptr<T> take()
    {
        std::unique_ptr<T> object;
        {
            const std::scoped_lock lock(m_mutex);
            if (!m_free.empty()) {
                object = std::move(m_free.back());
                m_free.pop_back();
            }
        }
        if (!object)
            object = std::make_unique<T>();
        return std::shared_ptr<T>(object.release(), [pool = this->shared_from_this()](T *returned) {
            pool->put(std::unique_ptr<T>(returned));
        });
    }

private:
    void put(std::unique_ptr<T> object)
    {
        if constexpr (requires { object->recycle(); })
            object->recycle(); // lets go of what it shares, keeps its own memory
        const std::scoped_lock lock(m_mutex);
        if (m_free.size() < m_keep)
            m_free.push_back(std::move(object));
    }

    std::size_t m_keep;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<T>> m_free; // GUARDED_BY(m_mutex)
};

} // namespace sluice
