#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace sluice {

/// Bytes that grow without being cleared first (std::string writes zeros on resize).
/// clear() keeps the memory. Thread: one at a time.
class ByteBuffer
{
public:
    const char *data() const { return m_data.get(); }
    std::size_t size() const { return m_size; }
    bool empty() const { return m_size == 0; }
    std::string_view view() const { return {m_data.get(), m_size}; }
    void clear() { m_size = 0; }

    /// Room for `more` bytes behind the end. @return where they begin
    char *reserveMore(std::size_t more)
    {
        if (m_capacity - m_size < more)
            grow(more);
        return m_data.get() + m_size;
    }
    /// Takes over what was written behind the end.
    void advance(std::size_t written) { m_size += written; }
    void append(std::string_view text)
    {
        if (text.empty())
            return;
        std::memcpy(reserveMore(text.size()), text.data(), text.size());
        m_size += text.size();
    }
    void append(char c)
    {
        *reserveMore(1) = c;
        ++m_size;
    }

private:
    void grow(std::size_t more)
    {
        std::size_t capacity = m_capacity < 256 ? 512 : m_capacity * 2;
        while (capacity - m_size < more)
            capacity *= 2;
        std::unique_ptr<char[]> bigger(new char[capacity]); // NOLINT(modernize-avoid-c-arrays)
        if (m_size != 0)
            std::memcpy(bigger.get(), m_data.get(), m_size);
        m_data = std::move(bigger);
        m_capacity = capacity;
    }

    std::unique_ptr<char[]> m_data; // NOLINT(modernize-avoid-c-arrays): raw bytes
    std::size_t m_size = 0;
    std::size_t m_capacity = 0;
};

} // namespace sluice
