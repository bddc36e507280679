#include "core/storage/local_socket.h"

#include "core/base/file_system.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

constexpr int kBacklog = 16;

Failure socketFailure(std::string_view what, const std::string &path)
{
    return fail(
        ErrorCode::ConnectionFailed, "cannot {} '{}': {}", what, path, std::strerror(errno));
}

/// An address by way of an open folder, so that no path is too long.
class Address
{
public:
    explicit Address(const std::string &path)
        : m_folder(::open(directoryOf(path).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC))
    {
        m_address.sun_family = AF_UNIX;
        const std::string place =
            fmt::format("/proc/self/fd/{}/{}", m_folder.number(), fileNameOf(path));
        m_fits = m_folder.isOpen() && place.size() < sizeof m_address.sun_path;
        if (m_fits)
            std::memcpy(m_address.sun_path, place.c_str(), place.size() + 1);
        else if (m_folder.isOpen())
            errno = ENAMETOOLONG;
    }
    bool fits() const { return m_fits; }
    const sockaddr *get() const
    {
        return reinterpret_cast<const sockaddr *>(&m_address); // NOLINT: what bind() takes
    }
    static socklen_t size() { return sizeof(sockaddr_un); }

private:
    Descriptor m_folder;
    sockaddr_un m_address{};
    bool m_fits = false;
};

bool isOurs(int socket)
{
    ucred other{};
    socklen_t size = sizeof other;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &other, &size) == 0
           && (other.uid == geteuid() || other.uid == 0);
}

Result<void> sendAll(int socket, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return fail(ErrorCode::ConnectionFailed, "the connection was lost");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

Result<void> receiveAll(int socket, char *bytes, std::size_t size)
{
    while (size > 0) {
        const ssize_t got = recv(socket, bytes, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail(ErrorCode::ConnectionFailed, "the connection was lost");
        bytes += got;
        size -= static_cast<std::size_t>(got);
    }
    return {};
}

} // namespace

Descriptor::Descriptor(Descriptor &&other) noexcept
    : m_number(std::exchange(other.m_number, -1))
{}

Descriptor &Descriptor::operator=(Descriptor &&other) noexcept
{
    std::swap(m_number, other.m_number);
    return *this;
}

Descriptor::~Descriptor()
{
    close();
}

void Descriptor::close()
{
    if (m_number >= 0)
        ::close(m_number);
    m_number = -1;
}

Result<Descriptor> listenLocally(const std::string &path)
{
    const Address address(path);
    if (!address.fits())
        return socketFailure("listen at", path);
    Descriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // Before it has a name: the name then never has other rights.
    if (!listener.isOpen() || fchmod(listener.number(), S_IRUSR | S_IWUSR) != 0)
        return socketFailure("listen at", path);
    struct stat there
    {};
    if (lstat(path.c_str(), &there) == 0 && S_ISSOCK(there.st_mode))
        unlink(path.c_str());
    if (bind(listener.number(), address.get(), Address::size()) != 0
        || chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || listen(listener.number(), kBacklog) != 0)
        return socketFailure("listen at", path);
    return listener;
}

Result<Descriptor> connectLocally(const std::string &path)
{
    const Address address(path);
    Descriptor connection(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!address.fits() || !connection.isOpen()
        || connect(connection.number(), address.get(), Address::size()) != 0)
        return socketFailure("connect to", path);
    if (!isOurs(connection.number()))
        return fail(ErrorCode::ConnectionFailed, "'{}' belongs to another user", path);
    return connection;
}

Descriptor acceptLocal(int listener)
{
    Descriptor connection(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    return connection.isOpen() && isOurs(connection.number()) ? std::move(connection)
                                                              : Descriptor();
}

Result<void> sendMessage(int socket, char kind, std::string_view bytes)
{
    std::array<char, 1 + sizeof(std::uint32_t)> head{kind};
    const auto size = static_cast<std::uint32_t>(bytes.size());
    std::memcpy(head.data() + 1, &size, sizeof size);
    TRY(sendAll(socket, {head.data(), head.size()}));
    return sendAll(socket, bytes);
}

Result<LocalMessage> receiveMessage(int socket, std::size_t mostBytes)
{
    std::array<char, 1 + sizeof(std::uint32_t)> head{};
    TRY(receiveAll(socket, head.data(), head.size()));
    std::uint32_t size = 0;
    std::memcpy(&size, head.data() + 1, sizeof size);
    if (size > mostBytes)
        return fail(ErrorCode::ConnectionFailed, "a message of {} bytes is too long", size);
    LocalMessage message{head[0], std::string(size, '\0')};
    TRY(receiveAll(socket, message.bytes.data(), size));
    return message;
}

} // namespace sluice
