#include "core/network/http_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <curl/curl.h>
#include <map>
#include <mutex>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sluice {

namespace {

constexpr long kConnectSeconds = 5;

struct EasyDeleter
{
    void operator()(CURL *handle) const { curl_easy_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

struct ListDeleter
{
    void operator()(curl_slist *list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListDeleter>;

void initOnce()
{
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

bool startsWith(std::string_view text, std::string_view start)
{
    return text.substr(0, start.size()) == start;
}

bool isForbidden(std::uint32_t v4)
{
    const std::uint32_t first = v4 >> 24U;
    return first == 0 || (v4 >> 16U) == 0xA9FEU // 0.0.0.0/8, 169.254.0.0/16
           || first >= 224;                     // multicast, reserved, broadcast
}

bool isForbidden(const in6_addr &address)
{
    const std::uint8_t *bytes = address.s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
        std::uint32_t v4 = 0;
        std::memcpy(&v4, bytes + 12, sizeof v4);
        return isForbidden(ntohl(v4));
    }
    static constexpr std::uint8_t kMetadata[16] = // fd00:ec2::254
        {0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54};
    return bytes[0] == 0xFF || IN6_IS_ADDR_UNSPECIFIED(&address)
           || (bytes[0] == 0xFE && (bytes[1] & 0xC0U) == 0x80U)
           || std::memcmp(bytes, kMetadata, sizeof kMetadata) == 0;
}

struct Transfer
{
    std::size_t id = 0;
    HttpRequest request;
    HttpAnswer answer;
    Easy handle;
    List headers;
    bool tooLong = false;
    bool forbidden = false;
    char message[CURL_ERROR_SIZE] = {}; // NOLINT(modernize-avoid-c-arrays): curl writes to it
};

/// Looks at the address itself: names, octal numbers and the like have become one by now.
curl_socket_t openSocket(void *data, curlsocktype /*purpose*/, curl_sockaddr *address)
{
    auto &transfer = *static_cast<Transfer *>(data);
    bool forbidden = false;
    if (address->family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address->addr, sizeof v4);
        forbidden = isForbidden(ntohl(v4.sin_addr.s_addr));
    } else if (address->family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address->addr, std::min<std::size_t>(sizeof v6, address->addrlen));
        forbidden = isForbidden(v6.sin6_addr);
    } else {
        forbidden = true;
    }
    transfer.forbidden = transfer.forbidden || forbidden;
    if (forbidden)
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t takeBody(char *data, std::size_t size, std::size_t count, void *target)
{
    auto &transfer = *static_cast<Transfer *>(target);
    const std::size_t bytes = size * count;
    if (transfer.answer.body.size() + bytes > transfer.request.answerLimit) {
        transfer.tooLong = true;
        return 0;
    }
    transfer.answer.body.append(data, bytes);
    return bytes;
}

Result<HttpAnswer> answerOf(Transfer &transfer, CURLcode code)
{
    const std::string &url = transfer.request.url;
    if (transfer.forbidden)
        return fail(ErrorCode::ConnectionFailed, "'{}' leads to an address that is not called", url)
            .hint("Link-local addresses, metadata services and multicast are closed to pipelines.");
    if (transfer.tooLong)
        return fail(ErrorCode::UnusableAnswer,
                    "the answer of '{}' is longer than {} bytes",
                    url,
                    transfer.request.answerLimit);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return fail(ErrorCode::ConnectionFailed,
                    "'{}' did not answer within {} ms",
                    url,
                    transfer.request.timeout / kTicksPerMillisecond);
    if (code != CURLE_OK) {
        const char *words =
            transfer.message[0] != '\0' ? transfer.message : curl_easy_strerror(code);
        return fail(ErrorCode::ConnectionFailed, "cannot reach '{}': {}", url, words);
    }
    CURL *handle = transfer.handle.get();
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &transfer.answer.status);
    curl_off_t seconds = 0;
    if (curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
        transfer.answer.retryAfter = std::min<curl_off_t>(seconds, 3600) * kTicksPerSecond;
    return std::move(transfer.answer);
}

} // namespace

struct HttpClient::State
{
    CURLM *multi = nullptr;
    std::map<CURL *, std::unique_ptr<Transfer>> transfers;
    std::vector<Easy> idle; // ready for the next requests
};

HttpClient::HttpClient()
    : m_state(std::make_unique<State>())
{
    initOnce();
    m_state->multi = curl_multi_init();
}

HttpClient::~HttpClient()
{
    for (auto &[handle, transfer] : m_state->transfers)
        curl_multi_remove_handle(m_state->multi, handle);
    m_state->transfers.clear();
    m_state->idle.clear();
    curl_multi_cleanup(m_state->multi);
}

std::size_t HttpClient::running() const
{
    return m_state->transfers.size();
}

Result<void> HttpClient::start(std::size_t id, HttpRequest request)
{
    if (auto error = checkHttpUrl(request.url))
        return fail(std::move(*error));
    auto transfer = std::make_unique<Transfer>();
    transfer->id = id;
    transfer->request = std::move(request);
    for (const auto &[name, value] : transfer->request.headers) {
        const std::string line = value.empty() ? name + ";" : name + ": " + value;
        if (line.find_first_of("\r\n") != std::string::npos || name.empty())
            return fail(ErrorCode::InvalidValue, "the header '{}' cannot be sent", name)
                .hint("A header's name and value are one line.");
        transfer->headers.reset(curl_slist_append(transfer->headers.release(), line.c_str()));
    }
    // Without this curl waits for a "100 Continue" before it sends a longer body.
    transfer->headers.reset(curl_slist_append(transfer->headers.release(), "Expect:"));
    if (m_state->idle.empty()) {
        transfer->handle.reset(curl_easy_init());
    } else {
        transfer->handle = std::move(m_state->idle.back());
        m_state->idle.pop_back();
        curl_easy_reset(transfer->handle.get());
    }
    CURL *handle = transfer->handle.get();
    const HttpRequest &sent = transfer->request;
    curl_easy_setopt(handle, CURLOPT_URL, sent.url.c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_PROXY, ""); // the check of addresses would see the proxy's
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(
        handle, CURLOPT_TIMEOUT_MS, static_cast<long>(sent.timeout / kTicksPerMillisecond));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, transfer->headers.get());
    curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, sent.method.c_str());
    if (sent.method == "GET") {
        curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    } else {
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, sent.body.data());
        curl_easy_setopt(
            handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(sent.body.size()));
    }
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, takeBody);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer.get());
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, openSocket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, transfer.get());
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, transfer->message);
    curl_multi_add_handle(m_state->multi, handle);
    m_state->transfers.emplace(handle, std::move(transfer));
    return {};
}

std::vector<HttpClient::Finished> HttpClient::wait(TickSpan patience)
{
    std::vector<Finished> finished;
    const auto collect = [&] {
        int left = 0;
        while (CURLMsg *message = curl_multi_info_read(m_state->multi, &left)) {
            if (message->msg != CURLMSG_DONE)
                continue;
            CURL *handle = message->easy_handle;
            const CURLcode code = message->data.result;
            curl_multi_remove_handle(m_state->multi, handle);
            const auto it = m_state->transfers.find(handle);
            Transfer &transfer = *it->second;
            finished.push_back({transfer.id, answerOf(transfer, code)});
            m_state->idle.push_back(std::move(transfer.handle));
            m_state->transfers.erase(it);
        }
    };
    int active = 0;
    curl_multi_perform(m_state->multi, &active);
    collect();
    if (!finished.empty())
        return finished;
    curl_multi_poll(m_state->multi,
                    nullptr,
                    0,
                    static_cast<int>(std::max<TickSpan>(patience / kTicksPerMillisecond, 0)),
                    nullptr);
    curl_multi_perform(m_state->multi, &active);
    collect();
    return finished;
}

Result<HttpAnswer> HttpClient::run(HttpRequest request)
{
    TRY(start(0, std::move(request)));
    while (true) {
        for (Finished &finished : wait(kTicksPerSecond))
            return std::move(finished.answer);
    }
}

std::optional<Error> checkHttpUrl(const std::string &url)
{
    const auto refuse = [](std::string message) {
        return Error{
            ErrorCode::InvalidValue, std::move(message), "Write it as https://host/path.", {}, {}};
    };
    const bool known = startsWith(url, "http://") || startsWith(url, "https://");
    if (!known)
        return refuse(fmt::format("'{}' is no http or https address", url));
    if (std::any_of(url.begin(), url.end(), [](char c) {
            return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F;
        }))
        return refuse("the address holds a space or a control character");
    const std::size_t host = url.find("://") + 3;
    const std::size_t end = std::min(url.find_first_of("/?#", host), url.size());
    const std::string authority = url.substr(host, end - host);
    if (authority.empty())
        return refuse(fmt::format("'{}' names no host", url));
    if (authority.find('@') != std::string::npos)
        return Error{ErrorCode::InvalidValue,
                     "a name and password do not stand in an address",
                     "Put them into an Authorization header, from a secret.",
                     {},
                     {}};
    return std::nullopt;
}

} // namespace sluice
