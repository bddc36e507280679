#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

/// A descriptor that is closed with its owner.
class Descriptor
{
public:
    Descriptor() = default;
    explicit Descriptor(int number)
        : m_number(number)
    {}
    Descriptor(Descriptor &&other) noexcept;
    Descriptor &operator=(Descriptor &&other) noexcept;
    ~Descriptor();
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;

    int number() const { return m_number; }
    bool isOpen() const { return m_number >= 0; }
    void close();

private:
    int m_number = -1;
};

/// Unix sockets of this user alone: mode 0600, and who connects is asked for by the kernel's word.
/// A path may be longer than the 107 bytes that an address holds.
/// Errors: ConnectionFailed

/// What lies at `path` already is a socket that nobody listens to, and goes.
Result<Descriptor> listenLocally(const std::string &path);
Result<Descriptor> connectLocally(const std::string &path);
/// The next one that waits; none when its owner is another user. Never waits.
Descriptor acceptLocal(int listener);

/// A message: a letter that says what it is, and bytes.
struct LocalMessage
{
    char kind = 0;
    std::string bytes;
};
Result<void> sendMessage(int socket, char kind, std::string_view bytes);
/// @param mostBytes  a longer one is refused
Result<LocalMessage> receiveMessage(int socket, std::size_t mostBytes);

} // namespace sluice
