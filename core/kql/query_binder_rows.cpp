// Operators that make rows out of rows: mv-expand, mv-apply, partition, parse, parse-kv, scan.
#include "core/kql/constant.h"
#include "core/kql/natural_name.h"
#include "core/kql/query_binder.h"
#include "core/kql/regex.h"

#include <algorithm>
#include <functional>

namespace sluice::kql {

namespace {

/// Sets the type of a column of that name, or appends one.
void placeColumn(Schema *schema, const std::string &name, ColumnType type)
{
    if (const auto place = schema->find(name))
        schema->columns[*place].type = type;
    else
        schema->columns.push_back({name, type});
}

bool isExpanded(const MvExpand &expand, const std::string &name)
{
    return std::any_of(expand.items.begin(), expand.items.end(), [&name](const ExpandItem &item) {
        return item.name == name;
    });
}

} // namespace

bool QueryBinder::expansion(Pipe &pipe,
                            const OperatorSyntax &op,
                            MvExpand *expand,
                            SchemaPtr *result)
{
    auto schema = std::make_shared<Schema>(pipe.schema());
    for (const std::string_view name : {"kind", "bagexpansion"}) {
        if (const SettingSyntax *kind = op.setting(name)) {
            if (kind->text != "array" && kind->text != "bag")
                return refuse(kind->at,
                              ErrorCode::WrongArguments,
                              fmt::format("there is no kind '{}' of {}", kind->text, op.name),
                              "It is bag or array.");
            expand->bagsAsArrays = kind->text == "array";
        }
    }
    std::size_t unnamed = 0;
    for (const ItemSyntax &item : op.items) {
        if (!item.value)
            return refuse(item.at, ErrorCode::SyntaxError, "a dynamic value is expected here");
        ExpandItem one;
        one.value = expression(*item.value, pipe, nullptr);
        if (!one.value)
            return false;
        if (one.value->type() != ColumnType::Dynamic)
            return refuse(item.value->at,
                          ErrorCode::WrongType,
                          fmt::format("{} expands dynamic values, and this is {}",
                                      op.name,
                                      typeName(one.value->type())),
                          one.value->type() == ColumnType::String
                              ? "Parse the text first: todynamic(…)."
                              : "");
        one.name = item.names.empty() ? naturalName(*item.value) : item.names.front();
        if (one.name.empty())
            one.name = freeName(*schema, "Column" + std::to_string(++unnamed));
        one.type = item.type.value_or(ColumnType::Dynamic);
        if (isExpanded(*expand, one.name))
            return refuse(item.at,
                          ErrorCode::WrongArguments,
                          fmt::format("{} makes the column '{}' twice", op.name, one.name),
                          "Name one of them: other = …");
        placeColumn(schema.get(), one.name, one.type);
        expand->items.push_back(std::move(one));
    }
    if (const SettingSyntax *index = op.setting("with_itemindex")) {
        if (isExpanded(*expand, index->text))
            return refuse(index->at,
                          ErrorCode::WrongArguments,
                          fmt::format("{} makes the column '{}' twice", op.name, index->text),
                          "Give the index a name of its own.");
        expand->indexColumn = index->text;
        placeColumn(schema.get(), index->text, ColumnType::Long);
    }
    if (op.value) {
        const ExpressionPtr limit =
            constantExpression(*op.value, ColumnType::Long, "a number of rows");
        if (!limit)
            return false;
        const auto value = evaluateConstant(*limit, 0);
        if (!value || (*value)->valid[0] == 0)
            return refuse(op.value->at, ErrorCode::WrongArguments, "the limit is a whole number");
        expand->limit = (*value)->integers[0];
    }
    *result = std::move(schema);
    return true;
}

bool QueryBinder::bindExpand(Pipe &pipe, const OperatorSyntax &op)
{
    MvExpand expand;
    SchemaPtr schema;
    if (!expansion(pipe, op, &expand, &schema))
        return false;
    pipe.push(std::move(expand), std::move(schema), op);
    return true;
}

bool QueryBinder::bindApply(Pipe &pipe, const OperatorSyntax &op)
{
    MvApply apply;
    if (!expansion(pipe, op, &apply.expand, &apply.expanded))
        return false;
    apply.query = bindPipe(*op.pipes.front(), apply.expanded);
    if (!apply.query)
        return false;
    const Schema &inner = apply.query->schema();
    auto schema = std::make_shared<Schema>();
    schema->open = pipe.schema().open;
    // Columns of the row first, where the query has one of that name with its value.
    for (const SchemaColumn &column : pipe.schema().columns) {
        const auto place = inner.find(column.name);
        if (place) {
            schema->columns.push_back(inner.columns[*place]);
        } else if (!isExpanded(apply.expand, column.name)) {
            schema->columns.push_back(column);
            apply.kept.push_back(column.name);
        }
    }
    for (const SchemaColumn &column : inner.columns) {
        if (!schema->find(column.name))
            schema->columns.push_back(column);
    }
    pipe.push(std::move(apply), std::move(schema), op);
    pipe.query.serialized = false;
    return true;
}

bool QueryBinder::bindPartition(Pipe &pipe, const OperatorSyntax &op)
{
    Partition partition;
    if (!keyColumns(pipe, op, &partition.keys, nullptr))
        return false;
    partition.query = bindPipe(*op.pipes.front(), pipe.query.schemaPtr());
    if (!partition.query)
        return false;
    SchemaPtr schema = partition.query->schemaPtr();
    pipe.push(std::move(partition), std::move(schema), op);
    pipe.query.serialized = false;
    return true;
}

bool QueryBinder::bindParse(Pipe &pipe, const OperatorSyntax &op)
{
    Parse parse;
    parse.filter = op.name == "parse-where";
    if (const SettingSyntax *kind = op.setting("kind")) {
        if (kind->text == "regex")
            parse.kind = ParseKind::Regex;
        else if (kind->text == "relaxed")
            parse.kind = ParseKind::Relaxed;
        else if (kind->text != "simple")
            return refuse(kind->at,
                          ErrorCode::WrongArguments,
                          fmt::format("there is no kind '{}' of {}", kind->text, op.name),
                          "It is simple, regex or relaxed.");
    }
    if (const SettingSyntax *flags = op.setting("flags"))
        parse.flags = flags->text;
    parse.source = expression(*op.value, pipe, nullptr, ColumnType::String);
    if (!parse.source)
        return false;
    auto schema = std::make_shared<Schema>(pipe.schema());
    for (const ItemSyntax &item : op.items) {
        ParsePiece piece;
        const bool behindColumn =
            !parse.pieces.empty() && parse.pieces.back().kind == ParsePiece::Kind::Column;
        if (item.value) {
            piece.text = item.value->constant->texts[0];
        } else if (item.pattern == "*") {
            piece.kind = ParsePiece::Kind::Skip;
            if (behindColumn && parse.pieces.back().type == ColumnType::String)
                return refuse(item.at,
                              ErrorCode::SyntaxError,
                              "'*' cannot follow a column of text",
                              "Put a text between them, or leave out the '*'.");
        } else {
            piece.kind = ParsePiece::Kind::Column;
            piece.column = item.names.front();
            piece.type = item.type.value_or(ColumnType::String);
            const bool endless = behindColumn && parse.pieces.back().type == ColumnType::String;
            if (endless || (behindColumn && parse.kind == ParseKind::Regex))
                return refuse(item.at,
                              ErrorCode::SyntaxError,
                              "a column follows a column without a text between them");
            placeColumn(schema.get(), piece.column, piece.type);
        }
        parse.pieces.push_back(std::move(piece));
    }
    if (parse.pieces.empty())
        return refuse(op.at, ErrorCode::SyntaxError, "the pattern is missing");
    pipe.push(std::move(parse), std::move(schema), op);
    return true;
}

bool QueryBinder::bindParseKv(Pipe &pipe, const OperatorSyntax &op)
{
    ParseKv parse;
    parse.source = expression(*op.value, pipe, nullptr, ColumnType::String);
    if (!parse.source)
        return false;
    auto schema = std::make_shared<Schema>(pipe.schema());
    for (const ItemSyntax &item : op.items) {
        parse.columns.push_back({item.names.front(), *item.type});
        placeColumn(schema.get(), item.names.front(), *item.type);
    }
    for (const SettingSyntax &setting : op.settings) {
        if (setting.name == "pair_delimiter") {
            parse.pairDelimiter = setting.text;
        } else if (setting.name == "kv_delimiter") {
            parse.keyDelimiter = setting.text;
        } else if (setting.name == "quote") {
            const std::size_t half = std::max<std::size_t>(1, setting.text.size() / 2);
            if (!setting.text.empty())
                parse.quotes.emplace_back(setting.text.substr(0, half),
                                          setting.text.size() > 1 ? setting.text.substr(half)
                                                                  : setting.text);
        } else if (setting.name == "escape") {
            parse.escape = setting.text;
        } else if (setting.name == "greedy") {
            parse.greedy = setting.text == "true";
        } else if (setting.name == "regex") {
            parse.regex = setting.text;
        }
    }
    if (parse.regex.empty() && (parse.pairDelimiter.empty() || parse.keyDelimiter.empty()))
        return refuse(op.at, ErrorCode::WrongArguments, "a delimiter cannot be empty");
    pipe.push(std::move(parse), std::move(schema), op);
    return true;
}

bool QueryBinder::bindScan(Pipe &pipe, const OperatorSyntax &op)
{
    if (!pipe.query.serialized)
        return refuse(op.at,
                      ErrorCode::NotSupported,
                      "scan needs rows in an order",
                      "Put 'sort by …' or 'serialize' before it.");
    Scan scan;
    auto schema = std::make_shared<Schema>(pipe.schema());
    for (const ItemSyntax &item : op.items) {
        const std::string &name = item.names.front();
        if (schema->find(name))
            return refuse(item.at,
                          ErrorCode::WrongArguments,
                          fmt::format("there are two columns '{}'", name));
        scan.declared.push_back({name, *item.type});
        schema->columns.push_back({name, *item.type});
        ExpressionPtr value;
        if (item.extra) {
            value = constantExpression(*item.extra, *item.type, "the default");
            if (!value)
                return false;
        }
        scan.defaults.push_back(std::move(value));
    }
    if (op.parts.empty())
        return refuse(op.at, ErrorCode::SyntaxError, "scan needs a step");
    // What an expression sees: the row, what is declared, and every column of each step's state.
    Pipe inner;
    auto visible = std::make_shared<Schema>(*schema);
    inner.query.source = OuterSource{};
    for (const OperatorSyntax &part : op.parts) {
        for (const SchemaColumn &column : schema->columns)
            visible->columns.push_back({part.name + "." + column.name, column.type});
    }
    inner.query.sourceSchema = visible;
    const auto resolve = [&](const Syntax &syntax) {
        // s.x is a path to the binder: turn it into the column of that name.
        const std::function<SyntaxPtr(const Syntax &)> copy = [&](const Syntax &from) {
            auto to = std::make_unique<Syntax>();
            to->kind = from.kind;
            to->at = from.at;
            to->name = from.name;
            to->isOperator = from.isOperator;
            to->argumentName = from.argumentName;
            to->constant = from.constant;
            to->pipe = from.pipe;
            const bool state = from.kind == SyntaxKind::Member
                               && from.children[0]->kind == SyntaxKind::Name
                               && visible->find(from.children[0]->name + "." + from.name);
            if (state) {
                to->kind = SyntaxKind::Name;
                to->name = from.children[0]->name + "." + from.name;
                return to;
            }
            for (const SyntaxPtr &child : from.children)
                to->children.push_back(copy(*child));
            return to;
        };
        return copy(syntax);
    };
    for (const OperatorSyntax &part : op.parts) {
        ScanStep step;
        step.name = part.name;
        step.optional = part.open;
        if (const SettingSyntax *emit = part.setting("output"))
            step.emit = emit->text == "none"   ? ScanStep::Emit::None
                        : emit->text == "last" ? ScanStep::Emit::Last
                                               : ScanStep::Emit::All;
        step.condition = expression(*resolve(*part.value), inner, nullptr, ColumnType::Bool);
        if (!step.condition)
            return false;
        for (const ItemSyntax &item : part.items) {
            const auto known = std::find_if(
                scan.declared.begin(), scan.declared.end(), [&](const SchemaColumn &column) {
                    return !item.names.empty() && column.name == item.names.front();
                });
            if (known == scan.declared.end())
                return refuse(item.at,
                              ErrorCode::UnknownName,
                              "a step sets declared columns only",
                              "Declare it: scan declare (name: type = default) with (…)");
            const ExpressionPtr value =
                expression(*resolve(*item.value), inner, nullptr, known->type);
            if (!value)
                return false;
            step.assignments.push_back({known->name, value});
        }
        scan.steps.push_back(std::move(step));
    }
    if (const SettingSyntax *id = op.setting("with_match_id")) {
        scan.matchId = freeName(*schema, id->text);
        schema->columns.push_back({scan.matchId, ColumnType::Long});
    }
    pipe.push(std::move(scan), std::move(schema), op);
    return true;
}

} // namespace sluice::kql
