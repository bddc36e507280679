// Threads: one loop waits for connections and for those who hang up; each connection has a thread
// that reads the question, runs it and writes the answer. The loop never holds a database, so a
// query that outlives the run lets go of the file in its own thread, which nobody there joins.
#include "core/storage/query_server.h"

#include "core/storage/local_socket.h"
#include "core/storage/query_wire.h"

#include <algorithm>
#include <atomic>
#include <list>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>

namespace sluice {

namespace {

constexpr std::size_t kMostClients = 8;
constexpr std::size_t kMostRows = 10'000'000;
constexpr long kPatienceSeconds = 10; // for a question, and for each part of an answer to be taken
constexpr std::size_t kSplitBytes = 64U << 20U;

void setPatience(int socket)
{
    const timeval time{kPatienceSeconds, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

Result<void> sendBatch(int socket, const Batch &batch, std::size_t first, std::size_t rows)
{
    std::size_t bytes = 0;
    for (const ColumnPtr &column : batch.columns) {
        for (std::size_t row = first; column->storage() == Storage::Text && row < first + rows;
             ++row)
            bytes += column->texts[row].size();
    }
    if (bytes > kSplitBytes && rows > 1) {
        TRY(sendBatch(socket, batch, first, rows / 2));
        return sendBatch(socket, batch, first + rows / 2, rows - rows / 2);
    }
    return sendMessage(socket, kBatchMessage, batchBytes(batch, first, rows));
}

Result<void> sendAnswer(int socket, const QueryAnswer &answer)
{
    TRY(sendMessage(socket, kHeadMessage, headText(answer)));
    for (const Batch &batch : answer.batches)
        TRY(sendBatch(socket, batch, 0, batch.rows));
    return sendMessage(socket, kEndMessage, {});
}

} // namespace

class QueryServer::Service : public DatabaseObserver
{
public:
    Service()
        : m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
        , m_loop([this](const std::stop_token &stop) { run(stop); })
    {}

    void opened(const std::shared_ptr<Database> &database) override
    {
        const std::string place = querySocketPath(database->path());
        auto listener = listenLocally(place);
        if (!listener)
            return; // a folder without sockets: the file is this process's alone, as before
        {
            const std::scoped_lock lock(m_mutex);
            m_offers.push_back({database->path(), place, database, std::move(*listener)});
        }
        wake();
    }

    void closing(const std::string &path) override
    {
        {
            const std::scoped_lock lock(m_mutex);
            std::erase_if(m_offers, [&path](const Offer &offer) {
                if (offer.path != path)
                    return false;
                unlink(offer.place.c_str());
                return true;
            });
        }
        wake();
    }

    void stop()
    {
        m_loop.request_stop();
        wake();
        if (m_loop.joinable())
            m_loop.join();
        std::list<Client> clients;
        {
            const std::scoped_lock lock(m_mutex);
            for (const Offer &offer : m_offers)
                unlink(offer.place.c_str());
            m_offers.clear();
            clients.swap(m_clients);
        }
        for (Client &client : clients) {
            client.stop.request_stop();
            shutdown(client.socket.number(), SHUT_RDWR);
        }
        for (Client &client : clients)
            client.thread.join();
    }

private:
    struct Offer
    {
        std::string path;
        std::string place; // of the socket
        std::weak_ptr<Database> database;
        Descriptor listener;
    };
    struct Client
    {
        Descriptor socket;
        std::stop_source stop;
        bool gone = false;              // hung up; the loop's own
        std::atomic<bool> done = false; // its thread is about to end
        std::thread thread;
    };

    void wake()
    {
        const std::uint64_t one = 1;
        (void)!write(m_wake.number(), &one, sizeof one);
    }

    void run(const std::stop_token &stop)
    {
        while (!stop.stop_requested()) {
            std::vector<pollfd> waiting{{m_wake.number(), POLLIN, 0}};
            {
                const std::scoped_lock lock(m_mutex);
                for (const Offer &offer : m_offers)
                    waiting.push_back({offer.listener.number(), POLLIN, 0});
                for (const Client &client : m_clients) {
                    if (!client.gone && !client.done)
                        waiting.push_back({client.socket.number(), POLLRDHUP, 0});
                }
            }
            if (poll(waiting.data(), waiting.size(), -1) < 0)
                continue;
            std::uint64_t count = 0;
            (void)!read(m_wake.number(), &count, sizeof count);
            look(waiting);
        }
    }

    void look(const std::vector<pollfd> &waiting)
    {
        const auto happened = [&waiting](int descriptor) {
            return std::any_of(waiting.begin(), waiting.end(), [descriptor](const pollfd &one) {
                return one.fd == descriptor && one.revents != 0;
            });
        };
        std::list<Client> ended;
        {
            const std::scoped_lock lock(m_mutex);
            for (auto client = m_clients.begin(); client != m_clients.end();) {
                const auto next = std::next(client);
                if (client->done) {
                    ended.splice(ended.end(), m_clients, client);
                } else if (!client->gone && happened(client->socket.number())) {
                    client->gone = true;
                    client->stop.request_stop();
                }
                client = next;
            }
            for (const Offer &offer : m_offers) {
                if (happened(offer.listener.number()))
                    take(offer);
            }
        }
        for (Client &client : ended)
            client.thread.join();
    }

    /// Under the mutex.
    void take(const Offer &offer)
    {
        Descriptor connection = acceptLocal(offer.listener.number());
        if (!connection.isOpen())
            return;
        setPatience(connection.number());
        if (m_clients.size() >= kMostClients) {
            const auto busy =
                fail(ErrorCode::RequestRefused, "{} queries run there already", kMostClients)
                    .hint("Try again when one of them has ended.")
                    .take();
            (void)sendMessage(connection.number(), kErrorMessage, failureText(busy));
            return;
        }
        Client &client = m_clients.emplace_back();
        client.socket = std::move(connection);
        client.thread = std::thread([this, &client, database = offer.database] {
            serve(client.socket.number(), database, client.stop.get_token());
            shutdown(client.socket.number(), SHUT_RDWR);
            client.done = true;
            wake();
        });
    }

    static void
    serve(int socket, const std::weak_ptr<Database> &offered, const std::stop_token &stop)
    {
        const auto answer = [&]() -> Result<QueryAnswer> {
            TRY_ASSIGN(const LocalMessage message, receiveMessage(socket, kMostQuestionBytes));
            if (message.kind != kQuestionMessage)
                return fail(ErrorCode::UnusableAnswer, "this is no question");
            TRY_ASSIGN(QueryRequest request, questionFrom(message.bytes));
            request.rowLimit = std::min(request.rowLimit, kMostRows);
            const auto database = offered.lock();
            if (!database) // it has just been closed: who asks can open it now
                return fail(ErrorCode::ConnectionFailed, "the database was closed");
            return answerQuery(*database, request, stop);
        }();
        if (stop.stop_requested())
            return;
        if (answer)
            (void)sendAnswer(socket, *answer);
        else
            (void)sendMessage(socket, kErrorMessage, failureText(answer.error()));
    }

    Descriptor m_wake;
    std::mutex m_mutex;
    std::list<Offer> m_offers;   // GUARDED_BY(m_mutex)
    std::list<Client> m_clients; // GUARDED_BY(m_mutex)
    std::jthread m_loop;         // last: it uses the rest
};

QueryServer::QueryServer(DatabaseRegistry &registry)
    : m_service(std::make_shared<Service>())
{
    registry.setObserver(m_service);
}

QueryServer::~QueryServer()
{
    m_service->stop();
}

} // namespace sluice
