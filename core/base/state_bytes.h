#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace sluice {

/// Appends the state of an operator to a checkpoint's bytes. Numbers as they lie in memory: a
/// checkpoint is read on the machine that wrote it.
class StateWriter
{
public:
    template<typename T>
    requires std::is_trivially_copyable_v<T>
    void put(const T &value)
    {
        char bytes[sizeof(T)]; // NOLINT(modernize-avoid-c-arrays): raw bytes
        std::memcpy(bytes, &value, sizeof(T));
        m_bytes.append(bytes, sizeof(T));
    }
    void putText(std::string_view text)
    {
        put(static_cast<std::uint64_t>(text.size()));
        m_bytes.append(text);
    }
    const std::string &bytes() const { return m_bytes; }
    std::string take() { return std::move(m_bytes); }

private:
    std::string m_bytes;
};

/// Reads what StateWriter wrote. Behind the end, or after a misfit, everything reads as 0 or "" and
/// ok() is false.
class StateReader
{
public:
    explicit StateReader(std::string_view bytes)
        : m_rest(bytes)
    {}
    template<typename T>
    requires std::is_trivially_copyable_v<T> T get()
    {
        T value{};
        if (m_rest.size() < sizeof(T)) {
            fail();
            return value;
        }
        if constexpr (std::is_same_v<T, bool>)
            value = m_rest.front() != 0; // whatever a damaged byte is
        else
            std::memcpy(&value, m_rest.data(), sizeof(T));
        m_rest.remove_prefix(sizeof(T));
        return value;
    }
    /// A view into the bytes that are read.
    std::string_view getText() { return getBytes(get<std::uint64_t>()); }
    /// So many bytes as they are; nothing when they are not there.
    std::string_view getBytes(std::size_t size)
    {
        if (m_rest.size() < size) {
            fail();
            return {};
        }
        const std::string_view bytes = m_rest.substr(0, size);
        m_rest.remove_prefix(size);
        return bytes;
    }
    /// A count of things that take at least `least` bytes each; 0 when so many cannot follow.
    std::size_t getCount(std::size_t least)
    {
        const auto count = get<std::uint64_t>();
        if (least != 0 && count > m_rest.size() / least) {
            fail();
            return 0;
        }
        return count;
    }
    void fail()
    {
        m_ok = false;
        m_rest = {};
    }
    std::size_t left() const { return m_rest.size(); }
    bool ok() const { return m_ok; }
    bool atEnd() const { return m_rest.empty(); }

private:
    std::string_view m_rest;
    bool m_ok = true;
};

} // namespace sluice
