#include "core/event/gather.h"
#include "core/kql/json_text.h"
#include "core/node/node_descriptor.h"
#include "core/operators/column_path.h"
#include "core/operators/passed_columns.h"

#include <fmt/format.h>

namespace sluice {

namespace {

constexpr std::string_view kField = "field";
constexpr std::string_view kAs = "as";
constexpr std::string_view kIndex = "index";
constexpr std::string_view kKeepEmpty = "keep_empty";
constexpr std::size_t kOut = 0;

/// Where the columns of the output come from.
struct Layout
{
    std::optional<ColumnPath> path;
    Schema output;
    std::size_t element = 0;          // place of the element in the output
    std::optional<std::size_t> index; // place of its number
    std::vector<SchemaProblem> problems;
};

void refuse(
    Layout &layout, std::string_view field, ErrorCode code, std::string message, std::string hint)
{
    layout.problems.push_back(
        {std::string(field), {code, std::move(message), std::move(hint), {}, {}}});
}

/// The element takes the field's place; one from inside another column, or under the name of a
/// further column, takes that column's place or stands at the end.
void placeElement(const Config &config, const Schema &input, Layout &layout)
{
    const ColumnPath &path = *layout.path;
    std::string name = config.text(kAs);
    if (name.empty())
        name = path.lastName();
    const auto taken = input.find(name);
    if (path.column) {
        layout.element = *path.column;
        layout.output.columns[layout.element] = {name, ColumnType::Dynamic};
        if (taken && *taken != *path.column)
            refuse(layout,
                   kAs,
                   ErrorCode::DuplicateId,
                   fmt::format("there is a column '{}' already", name),
                   "Choose another name for the element.");
    } else if (taken) {
        layout.element = *taken;
        layout.output.columns[layout.element] = {name, ColumnType::Dynamic};
    } else {
        layout.element = layout.output.columns.size();
        layout.output.columns.push_back({name, ColumnType::Dynamic});
    }
    const std::string index = config.text(kIndex);
    if (index.empty())
        return;
    if (layout.output.find(index))
        refuse(layout,
               kIndex,
               ErrorCode::DuplicateId,
               fmt::format("there is a column '{}' already", index),
               "Choose another name for the number of the element.");
    layout.index = layout.output.columns.size();
    layout.output.columns.push_back({index, ColumnType::Long});
}

Layout makeLayout(const Config &config, const Schema &input, const ParameterValues &parameters)
{
    Layout layout;
    layout.output = input;
    layout.output.whole = false;
    BoundPath bound = bindColumnPath(kField, config.text(kField), input, parameters);
    layout.problems = std::move(bound.problems);
    if (!bound.path)
        return layout;
    layout.path = std::move(bound.path);
    if (layout.path->type != ColumnType::Dynamic)
        refuse(layout,
               kField,
               ErrorCode::TypeMismatch,
               fmt::format("'{}' is a {}: there is nothing in it to expand",
                           layout.path->text,
                           typeName(layout.path->type)),
               "Declare the column as dynamic, or cast it to dynamic with a manage_fields node.");
    placeElement(config, input, layout);
    return layout;
}

/// Makes a row of each element of an array, and of each member of an object.
class Expand : public Operator
{
public:
    Expand(Layout layout, bool keepEmpty, const NodeContext &context)
        : m_reader(*layout.path, context.inputSchemas.front())
        , m_inputColumns(context.inputSchemas.front().columns.size())
        , m_element(layout.element)
        , m_index(layout.index)
        , m_schema(std::make_shared<Schema>(std::move(layout.output)))
        , m_keepEmpty(keepEmpty)
        , m_clock(context.clock)
    {}

    Result<void> process(std::size_t port, const Batch &batch, OperatorOutput &out) override
    {
        (void)port;
        TRY_ASSIGN(m_source, m_reader.read(batch, m_clock->now()));
        begin();
        std::size_t empty = 0;
        batch.selection.forEach([&](std::size_t row) {
            const bool there = m_source && m_source->valid[row] != 0;
            const std::string_view value =
                there ? kql::jsonTrim(m_source->texts[row]) : std::string_view();
            const bool any = expandValue(batch, row, value, out);
            if (!any && m_keepEmpty)
                add(batch, row, -1, {}, out);
            empty += !any && !m_keepEmpty ? 1 : 0;
        });
        flush(batch, out);
        m_source.reset();
        m_elements.reset();
        m_numbers.reset();
        out.countPassed(batch.selection.size() - empty);
        if (empty != 0)
            out.countFiltered(empty);
        return {};
    }

private:
    void begin()
    {
        m_rows.clear();
        m_elements = takeColumn(ColumnType::Dynamic, kBatchRows);
        if (m_source)
            m_elements->sources.push_back(m_source);
        m_numbers = m_index ? takeColumn(ColumnType::Long, kBatchRows) : nullptr;
    }

    /// @return whether there was an element
    bool
    expandValue(const Batch &batch, std::size_t row, std::string_view value, OperatorOutput &out)
    {
        std::int64_t number = 0;
        switch (kql::jsonKind(value)) {
        case kql::JsonKind::Missing:
        case kql::JsonKind::Null:
            return false;
        case kql::JsonKind::Array: {
            kql::JsonArray array(value);
            for (std::string_view element; array.next(&element);)
                add(batch, row, number++, element, out);
            return number != 0;
        }
        case kql::JsonKind::Object: {
            kql::JsonObject object(value);
            for (std::string_view key, member; object.next(&key, &member);)
                add(batch, row, number++, oneKeyBag(key, member), out);
            return number != 0;
        }
        default: // a value that is no collection is its own only element
            add(batch, row, number, value, out);
            return true;
        }
    }

    /// {"key":value}, as mv-expand gives the members of a bag.
    std::string_view oneKeyBag(std::string_view rawKey, std::string_view value)
    {
        m_bag.clear();
        m_bag.append("{\"");
        m_bag.append(rawKey);
        m_bag.append("\":");
        m_bag.append(value);
        m_bag.append("}");
        return m_elements->arena.copy(m_bag);
    }

    void add(const Batch &batch,
             std::size_t row,
             std::int64_t number,
             std::string_view element,
             OperatorOutput &out)
    {
        const std::size_t at = m_rows.size();
        m_rows.push_back(static_cast<std::uint32_t>(row));
        if (!element.empty() && element != "null") {
            m_elements->texts[at] = element;
            m_elements->valid[at] = 1;
        }
        if (m_numbers && number >= 0) {
            m_numbers->integers[at] = number;
            m_numbers->valid[at] = 1;
        }
        if (m_rows.size() == kBatchRows) {
            flush(batch, out);
            begin();
        }
    }

    void flush(const Batch &batch, OperatorOutput &out)
    {
        if (m_rows.empty())
            return;
        Batch result = derivedBatch(batch, m_schema, m_rows);
        result.columns.resize(m_schema->columns.size());
        for (std::size_t i = 0; i < m_inputColumns && i < batch.columns.size(); ++i) {
            if (i != m_element)
                result.columns[i] = gather(batch.columns[i], m_rows);
        }
        result.columns[m_element] = std::move(m_elements);
        if (m_index)
            result.columns[*m_index] = std::move(m_numbers);
        out.emitRows(kOut, std::move(result));
    }

    PathReader m_reader;
    std::size_t m_inputColumns;
    std::size_t m_element;
    std::optional<std::size_t> m_index;
    std::shared_ptr<const Schema> m_schema; // shared by the batches it goes out with
    bool m_keepEmpty;
    const Clock *m_clock;

    // Of the batch at hand.
    ColumnPtr m_source;
    std::vector<std::uint32_t> m_rows; // input row of each output row
    std::shared_ptr<Column> m_elements;
    std::shared_ptr<Column> m_numbers;
    std::string m_bag;
};

SchemaFlow
outputSchemas(const Config &config, const std::vector<Schema> &inputs, const NodeContext &context)
{
    Layout layout = makeLayout(config, inputs.front(), context.parameters);
    SchemaFlow flow;
    flow.outputs = {std::move(layout.output)};
    flow.problems = std::move(layout.problems);
    return flow;
}

std::vector<ColumnNeeds> columnNeeds(const Config &config,
                                     const std::vector<Schema> &inputs,
                                     const std::vector<ColumnNeeds> &outputNeeds,
                                     const NodeContext &context)
{
    const Schema &input = inputs.front();
    const Layout layout = makeLayout(config, input, context.parameters);
    ColumnNeeds needs;
    if (!layout.path)
        return {needs};
    for (const std::string &name : layout.path->columns(input)) // also where nobody reads it: the
        needs.typed.push_back(name);                            // rows depend on it
    for (std::size_t i = 0; i < input.columns.size(); ++i) {
        if (i != layout.element)
            passNeed(outputNeeds.front(), input.columns[i].name, input.columns[i], needs);
    }
    passUnlisted(outputNeeds.front(), layout.output, input, needs);
    return {needs};
}

std::string describeConfig(const ValueMap &config)
{
    const Config fields(config);
    const std::string field = fields.text(kField);
    const std::string as = fields.text(kAs);
    return as.empty() || as == field ? field : fmt::format("{} → {}", field, as);
}

} // namespace

const NodeDescriptor &expandDescriptor()
{
    static const NodeDescriptor descriptor{
        .kind = "expand",
        .role = NodeRole::Transform,
        .title = "Expand",
        .summary = "Makes a row of each element of an array or bag.",
        .icon = "expand",
        .keywords = {"array", "unnest", "explode", "flatten", "mv-expand", "bag"},
        .inputs = {{.id = "in"}},
        .outputs = {{.id = "out"}},
        .fields =
            {
                columnField(kField)
                    .label("Array or bag")
                    .must()
                    .example("items")
                    .help("A dynamic column, or a path inside one such as order.items."),
                textField(kAs)
                    .label("Name of the element")
                    .example("item")
                    .help("Without a name the element is called as the field is."),
                textField(kIndex)
                    .label("Name of its number")
                    .example("position")
                    .help("A further column that counts the elements from 0."),
                booleanField(kKeepEmpty)
                    .label("Keep empty ones")
                    .help("An event without elements stays, with null as its element.")
                    .defaultTo(false),
            },
        .help = "Each element of an array becomes an event of its own with the other fields "
                "beside it; a bag gives one with a single key for each of its keys. A value that "
                "is neither stays as it is.",
        .exampleConfig = R"({"field": "items", "as": "item", "index": "position"})",
        .describe = describeConfig,
        .outputSchemas = outputSchemas,
        .columnNeeds = columnNeeds,
        .createOperator = [](const Config &config,
                             const NodeContext &context) -> Result<std::unique_ptr<Operator>> {
            Layout layout = makeLayout(config, context.inputSchemas.front(), context.parameters);
            if (!layout.problems.empty())
                return fail(layout.problems.front().error);
            return std::unique_ptr<Operator>(
                std::make_unique<Expand>(std::move(layout), config.boolean(kKeepEmpty), context));
        },
    };
    return descriptor;
}

} // namespace sluice
