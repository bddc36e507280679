#include "core/base/value_place.h"
#include "core/network/http_client.h"
#include "core/node/node_descriptor.h"
#include "core/operators/passed_columns.h"
#include "core/operators/score_line.h"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {

namespace {

constexpr std::string_view kUrl = "url";
constexpr std::string_view kMethod = "method";
constexpr std::string_view kHeaders = "headers";
constexpr std::string_view kBatch = "batch";
constexpr std::string_view kRequest = "request";
constexpr std::string_view kResponse = "response";
constexpr std::string_view kFields = "fields";
constexpr std::string_view kTimeout = "timeout";
constexpr std::string_view kConcurrency = "concurrency";
constexpr std::string_view kRetry = "retry";
constexpr std::string_view kOnError = "on_error";

/// What the config says, bound to an input.
struct Layout
{
    Schema output;
    std::vector<std::pair<std::string, std::size_t>> sent; // names and columns of the input
    std::vector<AnswerField> added;
    std::optional<JsonPath> items;
    std::optional<ScoreRequest> request;
    std::vector<SchemaProblem> problems;
};

class Shaper
{
public:
    Shaper(const Config &config, const Schema &input)
        : m_config(config)
        , m_input(input)
    {
        m_layout.output = input;
        m_layout.output.whole = false;
    }

    Layout run()
    {
        bindSent();
        bindAnswer();
        const Config request = m_config.group(kRequest);
        auto body =
            ScoreRequest::create(request.text("body"), request.value("template"), m_layout.sent);
        if (body)
            m_layout.request = std::move(*body);
        else
            add(kRequest, std::move(body).error());
        return std::move(m_layout);
    }

private:
    void add(std::string_view field, Error error)
    {
        m_layout.problems.push_back({std::string(field), std::move(error)});
    }

    void bindSent()
    {
        const Config request = m_config.group(kRequest);
        if (!request.has(kFields)) {
            for (std::size_t i = 0; i < m_input.columns.size(); ++i) {
                if (!m_input.columns[i].system)
                    m_layout.sent.emplace_back(m_input.columns[i].name, i);
            }
            return;
        }
        std::vector<std::string> names;
        for (const SchemaColumn &column : m_input.columns)
            names.push_back(column.name);
        std::size_t index = 0;
        for (const std::string &name : request.texts(kFields)) {
            const std::string place = placeOf({kFields, std::to_string(index++)});
            if (const auto column = m_input.find(name)) {
                m_layout.sent.emplace_back(name, *column);
                continue;
            }
            if (m_input.open) { // a column that nobody has listed yet
                m_layout.sent.emplace_back(name, m_input.columns.size());
                continue;
            }
            const auto near = nearestName(name, names);
            SchemaProblem problem;
            problem.field = kRequest;
            problem.error = {ErrorCode::UnknownColumn,
                             fmt::format("there is no column '{}' to send", name),
                             near ? fmt::format("Did you mean '{}'?", *near) : std::string(),
                             {},
                             {}};
            if (near) {
                problem.suggestion = Value(*near);
                problem.suggestionLabel = fmt::format("Use '{}'", *near);
                problem.suggestionPlace = place;
            }
            m_layout.problems.push_back(std::move(problem));
        }
    }

    void bindAnswer()
    {
        const Config response = m_config.group(kResponse);
        auto items = JsonPath::parse(response.text("items"));
        if (items)
            m_layout.items = std::move(*items);
        else
            add(kResponse, std::move(items).error());
        for (const Config &row : response.rows(kFields)) {
            const std::string name = row.text("name");
            const std::string path = row.has("path") ? row.text("path") : name;
            auto parsed = JsonPath::parse(path == "." ? std::string() : path);
            if (!parsed) {
                add(kResponse, std::move(parsed).error());
                continue;
            }
            if (m_layout.output.find(name)) {
                add(kResponse,
                    {ErrorCode::DuplicateId,
                     fmt::format("there is a column '{}' already", name),
                     "Choose another name for what the model adds.",
                     {},
                     {}});
                continue;
            }
            const ColumnType type = typeFromName(row.text("type")).value_or(ColumnType::Dynamic);
            m_layout.output.columns.push_back({name, type});
            m_layout.added.push_back({{name, type}, std::move(*parsed)});
        }
    }

    const Config &m_config;
    const Schema &m_input;
    Layout m_layout;
};

CallFailure failureOf(const std::string &word)
{
    if (word == "skip")
        return CallFailure::Skip;
    if (word == "null")
        return CallFailure::Null;
    return word == "stop" ? CallFailure::Stop : CallFailure::DeadLetter;
}

ScoreCalls callsOf(const Config &config)
{
    ScoreCalls calls;
    calls.method = config.text(kMethod);
    calls.url = config.text(kUrl);
    bool typed = false;
    for (const Config &header : config.rows(kHeaders)) {
        const std::string name = header.text("name");
        typed = typed || name == "Content-Type" || name == "content-type";
        calls.headers.emplace_back(name, header.text("value"));
    }
    if (!typed)
        calls.headers.emplace_back("Content-Type", "application/json");
    const Config batch = config.group(kBatch);
    calls.events = static_cast<std::size_t>(batch.integer("events"));
    calls.delay = batch.duration("delay");
    calls.timeout = config.duration(kTimeout);
    calls.concurrency = static_cast<std::size_t>(config.integer(kConcurrency));
    const Config retry = config.group(kRetry);
    calls.retries = static_cast<int>(retry.integer("count"));
    calls.retryDelay = retry.duration("delay");
    calls.exponential = retry.text("backoff") != "constant";
    calls.onFailure = failureOf(config.text(kOnError));
    return calls;
}

/// Holds events back until the model has answered; nothing of it outlives a barrier.
class Score : public StatefulOperator
{
public:
    explicit Score(std::unique_ptr<ScoreLine> line)
        : m_line(std::move(line))
    {}

    Result<void> process(const TimedBatch &input, OperatorOutput &out) override
    {
        return m_line->add(input.batch, out);
    }
    Result<void> settle(OperatorOutput &out) override { return m_line->settle(out); }
    Result<void> idle(OperatorOutput &out) override { return m_line->pump(0, out); }
    std::optional<Ticks> nextIdle() const override { return m_line->nextDue(); }
    /// What is held back may be older than what the inputs have reached.
    Ticks outputWatermark(Ticks watermark) const override
    {
        if (m_line->held() == 0)
            m_cleared = watermark;
        return m_cleared;
    }
    Result<std::string> snapshot() const override { return std::string(); }
    Result<void> restore(const std::string & /*state*/) override { return {}; }
    Result<void> finish(OperatorOutput &out) override { return m_line->settle(out); }

private:
    std::unique_ptr<ScoreLine> m_line;
    mutable Ticks m_cleared = kNoTicks; // watermark when last nothing was held back
};

SchemaFlow outputSchemas(const Config &config,
                         const std::vector<Schema> &inputs,
                         const NodeContext & /*context*/)
{
    Layout layout = Shaper(config, inputs.front()).run();
    SchemaFlow flow;
    flow.outputs = {std::move(layout.output), errorsSchema(inputs.front())};
    flow.problems = std::move(layout.problems);
    return flow;
}

std::vector<ColumnNeeds> columnNeeds(const Config &config,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &outputNeeds,
                                     const NodeContext & /*context*/)
{
    const Schema &input = inputs.front();
    const Layout layout = Shaper(config, input).run();
    ColumnNeeds needs = outputNeeds.at(1); // events that failed leave as they came
    ColumnNeeds own;
    own.raw = outputNeeds.front().raw;
    for (const auto &[name, column] : layout.sent)
        own.tokens.push_back(name);
    for (const SchemaColumn &column : input.columns)
        passNeed(outputNeeds.front(), column.name, column, own);
    passUnlisted(outputNeeds.front(), layout.output, input, own);
    needs.add(own);
    return {needs};
}

std::vector<SchemaProblem> validateConfig(const Config &config)
{
    if (auto error = checkHttpUrl(config.text(kUrl)))
        return {{std::string(kUrl), std::move(*error)}};
    return {};
}

std::string describeConfig(const ValueMap &config)
{
    const std::string url = Config(config).text(kUrl);
    const std::size_t host = url.find("://");
    if (host == std::string::npos)
        return "model";
    return url.substr(host + 3, url.find('?') - host - 3);
}

Result<std::unique_ptr<StatefulOperator>> create(const Config &config, const NodeContext &context)
{
    Layout layout = Shaper(config, context.inputSchemas.front()).run();
    if (!layout.problems.empty())
        return fail(layout.problems.front().error);
    auto line =
        std::make_unique<ScoreLine>(callsOf(config),
                                    std::move(*layout.request),
                                    ScoreAnswer(std::move(*layout.items), std::move(layout.added)),
                                    std::make_shared<Schema>(std::move(layout.output)),
                                    *context.clock);
    return std::unique_ptr<StatefulOperator>(std::make_unique<Score>(std::move(line)));
}

std::vector<FieldSpec> fields()
{
    FieldBuilder type = choiceField("type");
    for (int i = 0; i <= static_cast<int>(ColumnType::Dynamic); ++i) {
        const std::string name(typeName(static_cast<ColumnType>(i)));
        (void)std::move(type).choice(name, name);
    }
    return {
        textField(kUrl)
            .label("Address of the model")
            .must()
            .example("http://127.0.0.1:8000/score")
            .help("http or https; redirects are not followed."),
        choiceField(kMethod)
            .label("Method")
            .choice("POST", "POST")
            .choice("PUT", "PUT")
            .defaultTo("POST"),
        rowsField(kHeaders)
            .label("Headers")
            .help("A token belongs into a secret.")
            .member(textField("name").label("Name").must().example("Authorization"))
            .member(textField("value").label("Value")),
        groupField(kBatch)
            .label("Events of a call")
            .defaultTo(Value(ValueMap{}))
            .member(integerField("events")
                        .label("At most")
                        .defaultTo(100)
                        .atLeast(1)
                        .atMost(10'000)
                        .unit("events"))
            .member(durationField("delay")
                        .label("Wait for more")
                        .defaultTo("20ms")
                        .atLeast(0)
                        .atMost(60 * static_cast<double>(kTicksPerSecond))),
        groupField(kRequest)
            .label("What is sent")
            .defaultTo(Value(ValueMap{}))
            .member(choiceField("body")
                        .label("Body")
                        .choice("batch", "a list of events")
                        .choice("event", "one event")
                        .choice("template", "a JSON template")
                        .defaultTo("batch"))
            .member(field(kFields, FieldType::ColumnNames)
                        .label("Fields")
                        .help("Left out: all of them."))
            .member(field("template", FieldType::Json)
                        .label("Template")
                        .must()
                        .example(R"({"inputs": "$events"})")
                        .help("\"$events\" becomes a list of objects, \"$rows\" a list of lists, "
                              "\"$columns\" the names, \"$event\" one object.")
                        .visibleWhen("body", {"template"})),
        groupField(kResponse)
            .label("What the answer adds")
            .must()
            .member(textField("items")
                        .label("List of results")
                        .example("scores")
                        .help("Where in the answer it is; left out: the answer is the list."))
            .member(rowsField(kFields)
                        .label("Fields")
                        .must()
                        .example(R"([{"name": "risk", "path": "risk", "type": "real"}])")
                        .member(textField("name").label("Name").must().example("risk"))
                        .member(textField("path")
                                    .label("Place in a result")
                                    .example("risk")
                                    .help("Left out: the name; a dot: the result itself."))
                        .member(std::move(type).label("Type").defaultTo("dynamic"))),
        durationField(kTimeout)
            .label("Time-out")
            .defaultTo("30s")
            .atLeast(10 * static_cast<double>(kTicksPerMillisecond))
            .atMost(600 * static_cast<double>(kTicksPerSecond)),
        integerField(kConcurrency).label("Calls at once").defaultTo(4).atLeast(1).atMost(64),
        groupField(kRetry)
            .label("Try again")
            .help("When the model is away, overloaded or too slow.")
            .defaultTo(Value(ValueMap{}))
            .member(integerField("count").label("Times").defaultTo(3).atLeast(0).atMost(100))
            .member(durationField("delay").label("After").defaultTo("1s").atLeast(0))
            .member(choiceField("backoff")
                        .label("Pauses")
                        .choice("exponential", "double each time")
                        .choice("constant", "stay the same")
                        .defaultTo("exponential")),
        choiceField(kOnError)
            .label("When a call has failed")
            .choice("dead_letter", "give its events up")
            .choice("skip", "leave its events out")
            .choice("null", "let them pass without a score")
            .choice("stop", "stop the pipeline")
            .defaultTo("dead_letter"),
    };
}

} // namespace

const NodeDescriptor &scoreDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "score",
        .role = NodeRole::Transform,
        .title = "Score",
        .summary = "Sends events to a model behind HTTP and adds its answers as fields.",
        .icon = "http",
        .keywords = {"model", "machine learning", "predict", "rest", "http", "enrich", "ai"},
        .inputs = {{.id = "in"}},
        .outputs = {{.id = "out"}, errorsPort()},
        .fields = fields(),
        .exampleConfig =
            R"({"url": "http://127.0.0.1:8000/score", "request": {"fields": ["amount", "country"]}, "response": {"items": "scores", "fields": [{"name": "risk", "type": "real"}]}})",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .validate = validateConfig,
        .createStateful = create,
        .callsOutside = true,
    };
    return descriptor;
}

} // namespace sluice
