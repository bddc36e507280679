// make_list, make_set, make_bag and their forms
#include "core/kql/aggregate_cells.h"
#include "core/kql/json_text.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <xxhash.h>

namespace sluice::kql {

namespace {

constexpr std::int64_t kMostElements = 1'048'576;

struct TextHash
{
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(std::string_view text) const
    {
        return XXH3_64bits(text.data(), text.size());
    }
};

template<typename T>
using TextMap = boost::unordered_flat_map<std::string, T, TextHash, std::equal_to<>>;

/// Calls `take` with the JSON text of what a value adds: the elements of an array, else itself.
template<typename F>
void forEachElement(
    const Vector &value, std::size_t row, bool keepNull, std::string *text, F &&take)
{
    if (value.column->type == ColumnType::String) { // never null
        text->clear();
        jsonQuote(value.text(row), text);
        return take(*text);
    }
    if (!value.valid(row)) {
        if (keepNull || value.column->type == ColumnType::Dynamic)
            take("null");
        return;
    }
    if (value.column->type == ColumnType::Dynamic) {
        const std::string_view json = jsonTrim(value.text(row));
        if (jsonKind(json) == JsonKind::Array) {
            JsonArray elements(json);
            for (std::string_view element; elements.next(&element);) {
                text->clear();
                jsonCompact(element, text);
                take(*text);
            }
            return;
        }
    }
    text->clear();
    appendJson(value, row, text);
    take(*text);
}

struct ListGroup
{
    struct Element
    {
        Ticks order = 0;
        std::uint32_t begin = 0;
        std::uint32_t size = 0;
    };
    std::string text;
    std::vector<Element> elements;

    void add(Ticks order, std::string_view element, std::size_t limit)
    {
        if (elements.size() >= limit || text.size() + element.size() > kMostBytes)
            return;
        elements.push_back({order,
                            static_cast<std::uint32_t>(text.size()),
                            static_cast<std::uint32_t>(element.size())});
        text += element;
    }
    std::string_view at(const Element &element) const
    {
        return std::string_view(text).substr(element.begin, element.size);
    }
    void merge(const ListGroup &from)
    {
        for (const Element &element : from.elements)
            add(element.order, from.at(element), static_cast<std::size_t>(-1));
    }
    void clear()
    {
        text.clear();
        elements.clear();
    }
    std::size_t bytes() const { return text.capacity() + elements.capacity() * sizeof(Element); }
    void save(StateWriter &out) const
    {
        out.put(static_cast<std::uint64_t>(elements.size()));
        for (const Element &element : elements) {
            out.put(element.order);
            out.putText(at(element));
        }
    }
    void load(StateReader &in)
    {
        for (std::size_t left = in.getCount(2 * sizeof(std::uint64_t)); left > 0; --left) {
            const Ticks order = in.get<Ticks>();
            add(order, in.getText(), static_cast<std::size_t>(-1));
        }
    }
    static constexpr std::size_t kMostBytes = 0x7FFFFFFF; // offsets have 32 bits
};

std::size_t limitOf(const AggregateCall &call)
{
    return static_cast<std::size_t>(call.settingsAs<std::int64_t>());
}

class ListState : public HeapState<ListGroup>
{
public:
    ListState(std::size_t limit, bool keepNulls)
        : m_limit(limit)
        , m_keepNulls(keepNulls)
    {}
    void update(const GroupRows &rows, std::span<const Vector> arguments) override
    {
        forEachGroupRow(rows, [&](std::size_t row, std::uint32_t at) {
            changeGroup(at, [&](ListGroup &list) {
                forEachElement(
                    arguments.front(), row, m_keepNulls, &m_text, [&](std::string_view element) {
                        list.add(rows.orderOf(row), element, m_limit);
                    });
            });
        });
    }
    void finish(std::uint32_t at, std::span<Column *const> results, std::size_t row) const override
    {
        const ListGroup &list = group(at);
        std::vector<ListGroup::Element> elements = list.elements;
        std::stable_sort(elements.begin(), elements.end(), [](const auto &a, const auto &b) {
            return a.order < b.order;
        });
        elements.resize(std::min(elements.size(), m_limit));
        std::string text = "[";
        for (const ListGroup::Element &element : elements) {
            if (text.size() > 1)
                text += ',';
            text += list.at(element);
        }
        text += ']';
        putValue(*results.front(), row, results.front()->arena.copy(text));
    }

private:
    std::size_t m_limit;
    bool m_keepNulls;
    std::string m_text; // scratch
};

/// Members in the order they came in, each with what belongs to it.
struct MemberGroup
{
    struct Member
    {
        std::uint32_t place = 0;
        std::string value; // of a bag's key; empty in a set
    };
    TextMap<Member> members;
    std::size_t textBytes = 0;

    bool add(std::string_view name, std::string_view value, std::size_t limit)
    {
        if (members.size() >= limit || members.find(name) != members.end())
            return false;
        textBytes += name.size() + value.size();
        members.emplace(std::string(name),
                        Member{static_cast<std::uint32_t>(members.size()), std::string(value)});
        return true;
    }
    std::vector<std::pair<std::string_view, const Member *>> inOrder() const
    {
        std::vector<std::pair<std::string_view, const Member *>> list(members.size());
        for (const auto &[name, member] : members)
            list[member.place] = {name, &member};
        return list;
    }
    void merge(const MemberGroup &from)
    {
        for (const auto &[name, member] : from.inOrder())
            add(name, member->value, static_cast<std::size_t>(-1));
    }
    void clear()
    {
        members.clear();
        textBytes = 0;
    }
    std::size_t bytes() const
    {
        return textBytes + members.bucket_count() * (sizeof(std::string) + sizeof(Member));
    }
    void save(StateWriter &out) const
    {
        out.put(static_cast<std::uint64_t>(members.size()));
        for (const auto &[name, member] : inOrder()) {
            out.putText(name);
            out.putText(member->value);
        }
    }
    void load(StateReader &in)
    {
        for (std::size_t left = in.getCount(2 * sizeof(std::uint64_t)); left > 0; --left) {
            const std::string_view name = in.getText();
            add(name, in.getText(), static_cast<std::size_t>(-1));
        }
    }
};

class SetState : public HeapState<MemberGroup>
{
public:
    explicit SetState(std::size_t limit)
        : m_limit(limit)
    {}
    void update(const GroupRows &rows, std::span<const Vector> arguments) override
    {
        forEachGroupRow(rows, [&](std::size_t row, std::uint32_t at) {
            const Vector &value = arguments.front();
            if (value.column->type == ColumnType::Dynamic && !value.valid(row))
                return;
            changeGroup(at, [&](MemberGroup &set) {
                forEachElement(value, row, false, &m_text, [&](std::string_view element) {
                    set.add(element, {}, m_limit);
                });
            });
        });
    }
    void finish(std::uint32_t at, std::span<Column *const> results, std::size_t row) const override
    {
        std::string text = "[";
        std::size_t left = m_limit;
        for (const auto &[element, member] : group(at).inOrder()) {
            if (left-- == 0)
                break;
            if (text.size() > 1)
                text += ',';
            text += element;
        }
        text += ']';
        putValue(*results.front(), row, results.front()->arena.copy(text));
    }

private:
    std::size_t m_limit;
    std::string m_text; // scratch
};

/// Merges bags; the first value of a key stays. What is no bag is left out.
class BagState : public HeapState<MemberGroup>
{
public:
    explicit BagState(std::size_t limit)
        : m_limit(limit)
    {}
    void update(const GroupRows &rows, std::span<const Vector> arguments) override
    {
        forEachGroupRow(rows, [&](std::size_t row, std::uint32_t at) {
            const std::string_view json = jsonTrim(arguments.front().text(row));
            if (jsonKind(json) != JsonKind::Object)
                return;
            changeGroup(at, [&](MemberGroup &bag) {
                JsonObject members(json);
                std::string_view value;
                for (std::string_view key; members.next(&key, &value);) {
                    m_key.clear();
                    jsonUnescape(key, &m_key);
                    m_value.clear();
                    jsonCompact(value, &m_value);
                    bag.add(m_key, m_value, m_limit);
                }
            });
        });
    }
    void finish(std::uint32_t at, std::span<Column *const> results, std::size_t row) const override
    {
        std::string text = "{";
        std::size_t left = m_limit;
        for (const auto &[key, member] : group(at).inOrder()) {
            if (left-- == 0)
                break;
            if (text.size() > 1)
                text += ',';
            jsonQuote(key, &text);
            text += ':';
            text += member->value;
        }
        text += '}';
        putValue(*results.front(), row, results.front()->arena.copy(text));
    }

private:
    std::size_t m_limit;
    std::string m_key; // scratch
    std::string m_value;
};

/// Reads max_size, the last argument.
Result<std::shared_ptr<const void>> prepareLimit(std::span<const NodePtr> arguments)
{
    const NodePtr &limit = arguments.back();
    if (!limit->isConstant() || limit->type != ColumnType::Long || limit->constant->valid[0] == 0
        || limit->constant->integers[0] < 1)
        return fail(ErrorCode::WrongArguments, "the size must be a whole number of at least 1")
            .hint("Write a number, or leave it out.");
    return std::make_shared<const std::int64_t>(
        std::min(limit->constant->integers[0], kMostElements));
}

std::unique_ptr<AggregateState> makeList(const AggregateCall &call)
{
    return std::make_unique<ListState>(limitOf(call), false);
}
std::unique_ptr<AggregateState> makeListWithNulls(const AggregateCall & /*call*/)
{
    return std::make_unique<ListState>(static_cast<std::size_t>(kMostElements), true);
}
std::unique_ptr<AggregateState> makeSet(const AggregateCall &call)
{
    return std::make_unique<SetState>(limitOf(call));
}
std::unique_ptr<AggregateState> makeBag(const AggregateCall &call)
{
    return std::make_unique<BagState>(limitOf(call));
}

Aggregate renamed(Aggregate aggregate, std::string_view name, std::string_view example)
{
    aggregate.aliasOf = aggregate.name;
    aggregate.name = name;
    aggregate.example = example;
    return aggregate;
}

} // namespace

std::vector<Aggregate> listAggregates()
{
    const Aggregate list{.name = "make_list",
                         .help = "An array of the values, without nulls; arrays are joined.",
                         .example = "make_list(temp, 100)",
                         .overloads = {{"value: any, [max_size: long = 1048576] -> dynamic",
                                        makeList,
                                        1,
                                        prepareLimit}},
                         .prefix = "list_"};
    const Aggregate set{.name = "make_set",
                        .help = "An array of the different values.",
                        .example = "make_set(device_id)",
                        .overloads = {{"value: any, [max_size: long = 1048576] -> dynamic",
                                       makeSet,
                                       1,
                                       prepareLimit}},
                        .prefix = "set_"};
    const Aggregate bag{.name = "make_bag",
                        .help = "One bag of all bags; the first value of a key stays.",
                        .example = "make_bag(properties)",
                        .overloads = {{"bag: dynamic, [max_size: long = 1048576] -> dynamic",
                                       makeBag,
                                       1,
                                       prepareLimit}},
                        .prefix = "bag_"};
    return {list,
            conditional(list, "make_list_if", "list_"),
            renamed(list, "makelist", "makelist(temp, 100)"),
            {.name = "make_list_with_nulls",
             .help = "An array of the values, nulls included.",
             .example = "make_list_with_nulls(temp)",
             .overloads = {{"value: any -> dynamic", makeListWithNulls}},
             .prefix = "list_"},
            set,
            conditional(set, "make_set_if", "set_"),
            renamed(set, "makeset", "makeset(device_id)"),
            bag,
            conditional(bag, "make_bag_if", "bag_")};
}

} // namespace sluice::kql
