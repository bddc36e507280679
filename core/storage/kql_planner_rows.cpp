// Steps that join, expand and take texts apart.
#include "core/kql/element_value.h"
#include "core/kql/key_value_pattern.h"
#include "core/kql/text_pattern.h"
#include "core/storage/kql_chunk.h"
#include "core/storage/kql_planner.h"

#include <algorithm>
#include <numeric>

namespace sluice {

// join

Result<std::string>
KqlPlanner::joinSql(const kql::Join &join, const KqlRelation &left, const KqlRelation &right) const
{
    using Kind = kql::JoinKind;
    std::string on;
    std::string keys;
    for (const kql::JoinKey &key : join.keys) {
        const std::string l = column(left.schema->find(key.left).value_or(0));
        const std::string r = column(right.schema->find(key.right).value_or(0));
        on += fmt::format("{}l.{} IS NOT DISTINCT FROM r.{}", on.empty() ? "" : " AND ", l, r);
        keys += (keys.empty() ? "" : ", ") + l;
    }
    const bool leftMay = join.kind == Kind::RightOuter || join.kind == Kind::FullOuter;
    const bool rightMay = join.kind == Kind::LeftOuter || join.kind == Kind::FullOuter;
    std::string select;
    for (std::size_t i = 0; i < join.columns.size(); ++i) {
        const kql::JoinColumn &one = join.columns[i];
        const kql::SchemaPtr &schema = one.fromRight ? right.schema : left.schema;
        const std::size_t place = schema->find(one.column).value_or(0);
        std::string value = (one.fromRight ? "r." : "l.") + column(place);
        // A string that is not there is "".
        if (schema->columns[place].type == ColumnType::String
            && (one.fromRight ? rightMay : leftMay))
            value = "coalesce(" + value + ", '')";
        select += (i == 0 ? "" : ", ") + value + " AS " + column(i);
    }
    const std::string l = nameOf(left.table);
    const std::string r = nameOf(right.table);
    const auto joined = [&](std::string_view how) {
        return fmt::format("SELECT {} FROM {} l {} JOIN {} r ON {}", select, l, how, r, on);
    };
    switch (join.kind) {
    case Kind::Inner:
        return joined("INNER");
    case Kind::LeftOuter:
        return joined("LEFT");
    case Kind::RightOuter:
        return joined("RIGHT");
    case Kind::FullOuter:
        return joined("FULL");
    case Kind::InnerUnique:
        return fmt::format(
            "SELECT {} FROM (SELECT * FROM {} QUALIFY row_number() OVER (PARTITION BY {}{}) = 1) l "
            "INNER JOIN {} r ON {}",
            select,
            l,
            keys,
            left.ordered ? R"( ORDER BY "$o")" : "",
            r,
            on);
    case Kind::LeftSemi:
    case Kind::LeftAnti:
        return fmt::format("SELECT {} FROM {} l WHERE {}EXISTS (SELECT 1 FROM {} r WHERE {})",
                           select,
                           l,
                           join.kind == Kind::LeftAnti ? "NOT " : "",
                           r,
                           on);
    case Kind::RightSemi:
    case Kind::RightAnti:
        break;
    }
    return fmt::format("SELECT {} FROM {} r WHERE {}EXISTS (SELECT 1 FROM {} l WHERE {})",
                       select,
                       r,
                       join.kind == Kind::RightAnti ? "NOT " : "",
                       l,
                       on);
}

Result<KqlRelation>
KqlPlanner::step(const kql::Join &join, const kql::Step &step, const KqlRelation &in)
{
    if (in.parted)
        return fail(ErrorCode::NotSupported,
                    "{} inside of a partition is not supported",
                    join.lookup ? "lookup" : "join");
    TRY_ASSIGN(const KqlRelation right, planQuery(*join.right, nullptr));
    TRY_ASSIGN(std::string sql, joinSql(join, in, right));
    return add(std::move(sql), {in.table, right.table}, step.schema, false, false);
}

// mv-expand

namespace {

class ElementsProgram : public ListProgram
{
public:
    explicit ElementsProgram(bool bagsAsArrays)
        : m_bagsAsArrays(bagsAsArrays)
    {}

    void elements(const Column &column,
                  std::size_t row,
                  std::vector<std::string_view> *out,
                  Arena *arena) const override
    {
        const std::string_view json =
            column.valid[row] != 0 ? column.texts[row] : std::string_view();
        kql::appendElements(json, m_bagsAsArrays, out, arena);
    }

private:
    bool m_bagsAsArrays;
};

/// An element of an array as a typed value; one of another kind is null.
class ElementCast : public RowProgram
{
public:
    explicit ElementCast(ColumnType type)
        : RowProgram({ColumnType::Dynamic}, type)
    {}

    Result<ColumnPtr> run(const Batch &batch) override
    {
        auto column = takeColumn(result(), batch.rows);
        const Column &elements = *batch.columns.front();
        for (std::size_t row = 0; row < batch.rows; ++row)
            kql::putElement(
                *column, row, elements.valid[row] != 0 ? elements.texts[row] : std::string_view());
        return ColumnPtr(std::move(column));
    }
};

/// One column of what a pattern takes out of a text; the last one says whether it matched.
class PatternColumn : public RowProgram
{
public:
    using Take = std::function<bool(std::string_view, std::span<Column *const>, std::size_t)>;

    PatternColumn(Take take, std::vector<SchemaColumn> columns, std::size_t wanted)
        : RowProgram({ColumnType::String},
                     wanted < columns.size() ? columns[wanted].type : ColumnType::Bool)
        , m_take(std::move(take))
        , m_columns(std::move(columns))
        , m_wanted(wanted)
    {}

    Result<ColumnPtr> run(const Batch &batch) override
    {
        std::vector<std::shared_ptr<Column>> columns;
        std::vector<Column *> places;
        for (const SchemaColumn &column : m_columns) {
            columns.push_back(takeColumn(column.type, batch.rows));
            places.push_back(columns.back().get());
        }
        auto matched = takeColumn(ColumnType::Bool, batch.rows);
        const Column &texts = *batch.columns.front();
        for (std::size_t row = 0; row < batch.rows; ++row) {
            const std::string_view text =
                texts.valid[row] != 0 ? texts.texts[row] : std::string_view();
            matched->valid[row] = 1;
            matched->bytes[row] = m_take(text, places, row) ? 1 : 0;
        }
        return ColumnPtr(m_wanted < columns.size() ? columns[m_wanted] : matched);
    }

private:
    Take m_take;
    std::vector<SchemaColumn> m_columns;
    std::size_t m_wanted;
};

} // namespace

Result<KqlRelation>
KqlPlanner::expand(const kql::MvExpand &expand, const kql::SchemaPtr &schema, const KqlRelation &in)
{
    // The lists, their elements beside each other, then the columns.
    std::string lists;
    std::string elements;
    std::string longest;
    const auto program = m_programs.add(std::make_shared<ElementsProgram>(expand.bagsAsArrays));
    for (std::size_t i = 0; i < expand.items.size(); ++i) {
        TRY_ASSIGN(const std::string value, scalar(expand.items[i].value, in));
        std::string list = fmt::format("sluice_list({}, {})", program, value);
        if (expand.limit)
            list = fmt::format("list_slice({}, 1, {})", list, *expand.limit);
        lists += fmt::format(", {} AS l{}", list, i);
        elements += fmt::format(", unnest(l{0}) AS u{0}", i);
        longest += fmt::format("{}len(l{})", longest.empty() ? "" : ", ", i);
    }
    const KqlRelation listed = add("SELECT " + everything(in) + lists + " FROM " + nameOf(in.table),
                                   {in.table},
                                   in.schema,
                                   in.ordered,
                                   in.parted);
    const KqlRelation unnested =
        add(fmt::format(R"(SELECT {}{}, unnest(range(greatest({}))) AS "$i" FROM {})",
                        everything(listed),
                        elements,
                        longest,
                        nameOf(listed.table)),
            {listed.table},
            in.schema,
            in.ordered,
            in.parted);
    std::string select;
    for (std::size_t i = 0; i < schema->columns.size(); ++i) {
        const std::string &name = schema->columns[i].name;
        const auto item = std::find_if(expand.items.begin(),
                                       expand.items.end(),
                                       [&](const auto &one) { return one.name == name; });
        std::string value;
        if (name == expand.indexColumn) {
            value = R"("$i")";
        } else if (item == expand.items.end()) {
            value = column(in.schema->find(name).value_or(0));
        } else {
            const auto place = item - expand.items.begin();
            value = fmt::format("u{}", place);
            if (item->type != ColumnType::Dynamic)
                value = programCall(item->type,
                                    m_programs.add(std::make_shared<ElementCast>(item->type)),
                                    value,
                                    false);
        }
        select += (i == 0 ? "" : ", ") + value + " AS " + column(i);
    }
    if (in.ordered)
        select += R"(, row_number() OVER (ORDER BY "$o", "$i") AS "$o")";
    if (in.parted)
        select += R"(, "$p")";
    return add("SELECT " + select + " FROM " + nameOf(unnested.table),
               {unnested.table},
               schema,
               in.ordered,
               in.parted);
}

Result<KqlRelation>
KqlPlanner::step(const kql::MvExpand &expand, const kql::Step &step, const KqlRelation &in)
{
    return this->expand(expand, step.schema, in);
}

/// The sub-query runs over the expansions of all rows at once, kept apart by "$p".
Result<KqlRelation>
KqlPlanner::step(const kql::MvApply &apply, const kql::Step &step, const KqlRelation &in)
{
    KqlRelation plain = in;
    plain.ordered = false;
    plain.parted = false;
    const KqlRelation numbered =
        add(fmt::format(R"(SELECT {}{}{}, row_number() OVER ({}) AS "$p" FROM {})",
                        everything(plain),
                        in.ordered ? R"(, "$o")" : "",
                        in.parted ? R"(, "$p" AS "$q")" : "",
                        in.ordered ? R"(ORDER BY "$o")" : "",
                        nameOf(in.table)),
            {in.table},
            in.schema,
            in.ordered,
            true);
    // Inside, the rows of one part are in the order of their elements.
    KqlRelation rows = numbered;
    rows.ordered = false;
    rows = add(
        fmt::format(R"(SELECT {}, "$p" AS "$o" FROM {})", everything(rows), nameOf(numbered.table)),
        {numbered.table},
        in.schema,
        true,
        true);
    TRY_ASSIGN(const KqlRelation expanded, expand(apply.expand, apply.expanded, rows));
    TRY_ASSIGN(const KqlRelation result, planQuery(*apply.query, &expanded));
    std::string select;
    for (std::size_t i = 0; i < step.schema->columns.size(); ++i) {
        const std::string &name = step.schema->columns[i].name;
        const bool kept = std::find(apply.kept.begin(), apply.kept.end(), name) != apply.kept.end();
        const kql::SchemaPtr &schema = kept ? in.schema : result.schema;
        select += fmt::format("{}{}.c{} AS c{}",
                              i == 0 ? "" : ", ",
                              kept ? "b" : "s",
                              schema->find(name).value_or(0),
                              i);
    }
    select += fmt::format(R"(, row_number() OVER (ORDER BY b."$p"{}) AS "$o")",
                          result.ordered ? R"(, s."$o")" : "");
    if (in.parted)
        select += R"(, b."$q" AS "$p")";
    return add(fmt::format(R"(SELECT {} FROM {} b JOIN {} s ON b."$p" = s."$p")",
                           select,
                           nameOf(numbered.table),
                           nameOf(result.table)),
               {numbered.table, result.table},
               step.schema,
               true,
               in.parted);
}

Result<KqlRelation>
KqlPlanner::step(const kql::Partition &partition, const kql::Step &step, const KqlRelation &in)
{
    if (in.parted)
        return fail(ErrorCode::NotSupported, "a partition inside of another is not supported");
    std::string keys;
    for (const kql::Output &key : partition.keys) {
        TRY_ASSIGN(const std::string sql, scalar(key.expression, in));
        keys += (keys.empty() ? "" : ", ") + sql;
    }
    const KqlRelation parts =
        add(fmt::format(R"(SELECT {}, dense_rank() OVER (ORDER BY {}) AS "$p" FROM {})",
                        everything(in),
                        keys,
                        nameOf(in.table)),
            {in.table},
            in.schema,
            in.ordered,
            true);
    TRY_ASSIGN(KqlRelation result, planQuery(*partition.query, &parts));
    if (!result.ordered) {
        result.parted = false;
        result.schema = step.schema;
        return result;
    }
    KqlRelation plain = result;
    plain.ordered = false;
    plain.parted = false;
    return add(fmt::format(R"(SELECT {}, row_number() OVER (ORDER BY "$p", "$o") AS "$o" FROM {})",
                           everything(plain),
                           nameOf(result.table)),
               {result.table},
               step.schema,
               true,
               false);
}

// parse

namespace {

/// Columns of the input, and in their places what a pattern gives.
std::string patternSelect(const Schema &schema,
                          const KqlRelation &in,
                          const std::vector<SchemaColumn> &taken,
                          const std::vector<std::string> &values)
{
    std::string select;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
        std::string value;
        for (std::size_t j = 0; j < taken.size(); ++j) {
            if (taken[j].name == schema.columns[i].name)
                value = values[j];
        }
        if (value.empty())
            value = "c" + std::to_string(in.schema->find(schema.columns[i].name).value_or(0));
        select += fmt::format("{}{} AS c{}", i == 0 ? "" : ", ", value, i);
    }
    return select;
}

} // namespace

Result<KqlRelation>
KqlPlanner::step(const kql::Parse &parse, const kql::Step &step, const KqlRelation &in)
{
    TRY_ASSIGN(const auto pattern, kql::TextPattern::compile(parse));
    TRY_ASSIGN(const std::string text, scalar(parse.source, in));
    const PatternColumn::Take take =
        [pattern](std::string_view value, std::span<Column *const> columns, std::size_t row) {
            return pattern->take(value, columns, row);
        };
    const std::vector<SchemaColumn> &columns = pattern->columns();
    const auto program = [&](std::size_t wanted) {
        auto one = std::make_shared<PatternColumn>(take, columns, wanted);
        const ColumnType type = one->result();
        return programCall(type, m_programs.add(std::move(one)), text, false);
    };
    std::vector<std::string> values;
    for (std::size_t i = 0; i < columns.size(); ++i)
        values.push_back(program(i));
    std::string sql = "SELECT " + patternSelect(*step.schema, in, columns, values) + hidden(in)
                      + " FROM " + nameOf(in.table);
    if (parse.filter)
        sql += " WHERE " + program(columns.size());
    return add(std::move(sql), {in.table}, step.schema, in.ordered, in.parted);
}

Result<KqlRelation>
KqlPlanner::step(const kql::ParseKv &parse, const kql::Step &step, const KqlRelation &in)
{
    TRY_ASSIGN(const auto pattern, kql::KeyValuePattern::compile(parse));
    TRY_ASSIGN(const std::string text, scalar(parse.source, in));
    const PatternColumn::Take take =
        [pattern](std::string_view value, std::span<Column *const> columns, std::size_t row) {
            pattern->take(value, columns, row);
            return true;
        };
    std::vector<std::string> values;
    for (std::size_t i = 0; i < parse.columns.size(); ++i) {
        auto one = std::make_shared<PatternColumn>(take, parse.columns, i);
        const ColumnType type = one->result();
        values.push_back(programCall(type, m_programs.add(std::move(one)), text, false));
    }
    return add("SELECT " + patternSelect(*step.schema, in, parse.columns, values) + hidden(in)
                   + " FROM " + nameOf(in.table),
               {in.table},
               step.schema,
               in.ordered,
               in.parted);
}

} // namespace sluice
