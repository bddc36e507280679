#include "app/sluice/answer_text.h"
#include "app/sluice/commands.h"
#include "app/sluice/output.h"
#include "core/storage/parquet_file.h"
#include "core/storage/query_server.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

namespace sluice {

namespace {

/// Ctrl-C stops the query, whichever process runs it. Another one ends the program at once.
class InterruptWatch
{
public:
    InterruptWatch()
    {
        sigemptyset(&m_set);
        for (const int number : {SIGINT, SIGTERM, SIGUSR1})
            sigaddset(&m_set, number);
        pthread_sigmask(SIG_BLOCK, &m_set, &m_before);
        m_thread = std::thread([this] { wait(); });
    }
    ~InterruptWatch()
    {
        pthread_kill(m_thread.native_handle(), SIGUSR1);
        m_thread.join();
        pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    }
    InterruptWatch(const InterruptWatch &) = delete;
    InterruptWatch &operator=(const InterruptWatch &) = delete;

    std::stop_token token() const { return m_stop.get_token(); }

private:
    void wait()
    {
        int number = 0;
        if (sigwait(&m_set, &number) != 0 || number == SIGUSR1)
            return;
        m_stop.request_stop();
        if (sigwait(&m_set, &number) == 0 && number != SIGUSR1)
            _exit(128 + number);
    }

    sigset_t m_set{};
    sigset_t m_before{};
    std::stop_source m_stop;
    std::thread m_thread;
};

Result<QueryAnswer> ask(const QueryArguments &arguments)
{
    DatabaseSettings settings;
    settings.threads = 0; // nothing else runs in this process
    DatabaseRegistry registry(settings);
    QueryRequest request;
    request.text = arguments.query;
    request.language = arguments.sql ? QueryLanguage::Sql : QueryLanguage::Kql;
    request.rowLimit = arguments.rowLimit;
    request.timeLimit = arguments.timeLimit;
    const InterruptWatch watch;
    return askDatabase(registry, arguments.database, request, watch.token());
}

void write(const QueryAnswer &answer, QueryFormat format, const TextSink &sink)
{
    if (format == QueryFormat::Csv)
        writeCsv(answer, sink);
    else if (format == QueryFormat::Ndjson)
        writeNdjson(answer, sink);
    else
        writeTable(answer, sink);
}

/// Whole or not at all: a file that is there stays until the new one is complete.
Result<void> writeFile(const QueryAnswer &answer, QueryFormat format, const std::string &path)
{
    if (format == QueryFormat::Parquet)
        return writeParquet(answer, path);
    const std::string beside = path + ".partial";
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    write(answer, format, [&file](std::string_view text) {
        file.write(text.data(), static_cast<std::streamsize>(text.size()));
    });
    file.close();
    if (file && realFileSystem().rename(beside, path))
        return {};
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    return fail(ErrorCode::FileUnwritable, "cannot write '{}'", path)
        .hint("Choose another folder, or free some space.");
}

int exitCode(const Error &error)
{
    return static_cast<int>(error.code) >= 5000 ? kExitUsage : kExitFailed;
}

} // namespace

int queryDatabase(QueryArguments arguments)
{
    if (!arguments.file.empty()) {
        std::ifstream file(arguments.file, std::ios::binary);
        std::ostringstream text;
        text << file.rdbuf();
        if (!file) {
            complain(fmt::format("cannot read '{}'", arguments.file));
            return kExitUsage;
        }
        arguments.query = text.str();
    }
    const auto answer = ask(arguments);
    if (!answer) {
        complain(answer.error());
        return exitCode(answer.error());
    }
    if (arguments.output.empty()) {
        write(*answer, arguments.format, print);
    } else if (const auto written = writeFile(*answer, arguments.format, arguments.output);
               !written) {
        complain(written.error());
        return exitCode(written.error());
    }
    if (answer->truncated)
        complain(fmt::format("only the first {} rows are given; --limit takes more",
                             arguments.rowLimit));
    return kExitOk;
}

} // namespace sluice
