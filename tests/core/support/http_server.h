#pragma once

#include <fmt/format.h>

#include <arpa/inet.h>
#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace sluice::test {

struct ServerRequest
{
    std::string method;
    std::string path;
    std::string head; // request line and headers
    std::string body;
};

struct ServerAnswer
{
    int status = 200;
    std::string body;
    std::string headers; // further ones, each with its line end
    bool hangUp = false; // closes without an answer
};

/// A real HTTP/1.1 server on the loopback: a thread a connection, connections stay open.
class HttpServer
{
public:
    using Handler = std::function<ServerAnswer(const ServerRequest &)>;

    explicit HttpServer(Handler handler)
        : m_handler(std::move(handler))
    {
        m_listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto *generic = reinterpret_cast<sockaddr *>(&address); // NOLINT: the sockets' own idiom
        if (m_listener < 0 || bind(m_listener, generic, size) != 0 || listen(m_listener, 64) != 0
            || getsockname(m_listener, generic, &size) != 0)
            throw std::runtime_error("no port for the test's server");
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this] { acceptAll(); });
    }
    ~HttpServer()
    {
        m_stopping = true;
        shutdown(m_listener, SHUT_RDWR);
        m_thread.join();
        close(m_listener);
        {
            const std::scoped_lock lock(m_mutex);
            for (const int connection : m_connections)
                shutdown(connection, SHUT_RDWR);
        }
        for (std::thread &thread : m_threads)
            thread.join();
    }
    HttpServer(const HttpServer &) = delete;
    HttpServer &operator=(const HttpServer &) = delete;

    std::string url(const std::string &path = "/") const
    {
        return fmt::format("http://127.0.0.1:{}{}", m_port, path);
    }
    int connections() const { return m_accepted; }
    int requests() const { return m_requests; }

private:
    void acceptAll()
    {
        while (!m_stopping) {
            const int connection = accept(m_listener, nullptr, nullptr);
            if (connection < 0)
                return;
            ++m_accepted;
            const std::scoped_lock lock(m_mutex);
            m_connections.push_back(connection);
            m_threads.emplace_back([this, connection] { serve(connection); });
        }
    }

    void serve(int connection)
    {
        std::string buffer;
        while (true) {
            std::size_t end = std::string::npos;
            while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
                if (!readMore(connection, buffer))
                    return finish(connection);
            }
            ServerRequest request;
            request.head = buffer.substr(0, end);
            buffer.erase(0, end + 4);
            request.method = request.head.substr(0, request.head.find(' '));
            const std::size_t begin = request.method.size() + 1;
            request.path = request.head.substr(begin, request.head.find(' ', begin) - begin);
            std::size_t length = 0;
            const std::size_t at = request.head.find("Content-Length: ");
            if (at != std::string::npos)
                length = std::stoul(request.head.substr(at + 16));
            while (buffer.size() < length) {
                if (!readMore(connection, buffer))
                    return finish(connection);
            }
            request.body = buffer.substr(0, length);
            buffer.erase(0, length);
            ++m_requests;
            const ServerAnswer answer = m_handler(request);
            if (answer.hangUp)
                return finish(connection);
            send(connection,
                 fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n{}\r\n",
                             answer.status,
                             answer.body.size(),
                             answer.headers)
                     + answer.body);
        }
    }

    static bool readMore(int connection, std::string &buffer)
    {
        char bytes[16 * 1024]; // NOLINT(modernize-avoid-c-arrays): for recv
        const ssize_t n = recv(connection, bytes, sizeof bytes, 0);
        if (n > 0)
            buffer.append(bytes, static_cast<std::size_t>(n));
        return n > 0;
    }

    static void send(int connection, const std::string &text)
    {
        for (std::size_t sent = 0; sent < text.size();) {
            const ssize_t n =
                ::send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
            if (n <= 0)
                return;
            sent += static_cast<std::size_t>(n);
        }
    }

    void finish(int connection)
    {
        const std::scoped_lock lock(m_mutex);
        m_connections.remove(connection);
        close(connection);
    }

    Handler m_handler;
    int m_listener = -1;
    int m_port = 0;
    std::atomic<bool> m_stopping = false;
    std::atomic<int> m_accepted = 0;
    std::atomic<int> m_requests = 0;
    std::mutex m_mutex;
    std::list<int> m_connections; // GUARDED_BY(m_mutex)
    std::vector<std::thread> m_threads;
    std::thread m_thread;
};

} // namespace sluice::test
