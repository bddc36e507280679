#include "core/runtime/engine.h"

#include "core/pipeline/ports.h"
#include "core/runtime/run.h"

#include <mutex>

namespace sluice {

std::string wireKey(const Wire &wire)
{
    const auto text = [](const WireEnd &end) {
        return end.port.empty() ? end.node : end.node + "." + end.port;
    };
    return text(wire.from) + ">" + text(wire.to);
}

class Engine::Impl
{
public:
    explicit Impl(const Catalog &catalog)
        : m_catalog(catalog)
    {}

    Result<void> start(const Pipeline &pipeline, RunOptions options)
    {
        m_state = RunState::Starting;
        auto run = Run::create(pipeline, m_catalog, std::move(options));
        const std::scoped_lock lock(m_mutex);
        if (!run) {
            m_state = RunState::Failed;
            m_startFailure = run.error();
            return fail(std::move(run).error());
        }
        m_run = std::move(*run);
        m_run->start();
        for (const auto &[end, capacity] : m_wantedTaps)
            openTap(end, capacity);
        return {};
    }

    std::shared_ptr<Run> run() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_run;
    }

    RunState state() const
    {
        const auto current = run();
        return current ? current->state() : m_state.load();
    }

    std::optional<Error> failure() const
    {
        if (const auto current = run())
            return current->failure();
        const std::scoped_lock lock(m_mutex);
        return m_startFailure;
    }

    /// Remembers taps that are wanted before the run has started.
    void want(const WireEnd &end, std::size_t capacity)
    {
        const std::scoped_lock lock(m_mutex);
        if (m_run)
            openTap(end, capacity);
        else
            m_wantedTaps.emplace_back(end, capacity);
    }

    template<typename Function>
    void atPort(const WireEnd &end, Function &&function) const
    {
        const auto current = run();
        if (!current)
            return;
        std::size_t port = 0;
        const std::size_t node = current->plan().indexOf(end.node);
        if (node < current->plan().nodes.size() && findPort(*current, node, end, port))
            function(current->taps(), node, port);
    }

private:
    static bool findPort(Run &run, std::size_t node, const WireEnd &end, std::size_t &port)
    {
        const auto index = portIndex(run.plan().nodes[node].resolved.outputPorts, end.port);
        port = index.value_or(0);
        return index.has_value();
    }

    void openTap(const WireEnd &end, std::size_t capacity)
    {
        std::size_t port = 0;
        const std::size_t node = m_run->plan().indexOf(end.node);
        if (node < m_run->plan().nodes.size() && findPort(*m_run, node, end, port))
            m_run->taps().open(node, port, capacity);
    }

    const Catalog &m_catalog;
    mutable std::mutex m_mutex;
    std::shared_ptr<Run> m_run; // GUARDED_BY(m_mutex); shared with calls that are under way
    std::vector<std::pair<WireEnd, std::size_t>> m_wantedTaps; // GUARDED_BY(m_mutex)
    std::optional<Error> m_startFailure;                       // GUARDED_BY(m_mutex)
    std::atomic<RunState> m_state = RunState::Stopped;
};

Engine::Engine(const Catalog &catalog)
    : m_impl(std::make_unique<Impl>(catalog))
{}

Engine::~Engine() = default;

Result<void> Engine::start(const Pipeline &pipeline, RunOptions options)
{
    return m_impl->start(pipeline, std::move(options));
}

void Engine::pause()
{
    if (const auto run = m_impl->run())
        run->pause();
}

void Engine::resume()
{
    if (const auto run = m_impl->run())
        run->resume();
}

void Engine::requestStop()
{
    if (const auto run = m_impl->run())
        run->requestStop();
}

bool Engine::wait(TickSpan timeout)
{
    const auto run = m_impl->run();
    return !run || run->wait(timeout);
}

RunState Engine::state() const
{
    return m_impl->state();
}

std::optional<Error> Engine::failure() const
{
    return m_impl->failure();
}

RunSnapshot Engine::snapshot() const
{
    if (const auto run = m_impl->run())
        return run->snapshot();
    RunSnapshot snapshot;
    snapshot.state = m_impl->state();
    return snapshot;
}

std::map<std::string, Schema> Engine::inferredSchemas() const
{
    const auto run = m_impl->run();
    return run ? run->inferred() : std::map<std::string, Schema>();
}

void Engine::openTap(const WireEnd &port, std::size_t capacity)
{
    m_impl->want(port, capacity);
}

void Engine::closeTap(const WireEnd &port)
{
    m_impl->atPort(
        port, [](TapBoard &taps, std::size_t node, std::size_t index) { taps.close(node, index); });
}

TapContent Engine::tapContent(const WireEnd &port) const
{
    TapContent content;
    m_impl->atPort(port, [&](TapBoard &taps, std::size_t node, std::size_t index) {
        content = taps.content(node, index);
    });
    return content;
}

} // namespace sluice
