#pragma once

#include "core/kql/parser.h"
#include "core/kql/query_syntax.h"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::kql {

/// Recursive descent over a whole query. As in Parser the first problem ends it.
class QueryParser : public Parser
{
public:
    using Parser::Parser;

    QuerySyntax query();

private:
    using Read = void (QueryParser::*)(OperatorSyntax &);
    struct Entry;
    static const Entry *findOperator(std::string_view name);

    SyntaxPtr valueOrPipe() override;
    StatementSyntax statement();
    void let(StatementSyntax &statement);
    void declare(StatementSyntax &statement);
    void set(StatementSyntax &statement);
    bool atFunction() const;
    std::shared_ptr<const FunctionSyntax> function();
    ParameterSyntax parameter();
    void columnList(std::vector<ItemSyntax> &columns, bool &open);

    bool atSource() const;
    bool atEndOfPipe() const;
    SyntaxPtr wrap(PipeSyntax pipe);
    PipeSyntax pipeFrom(OperatorSyntax source);
    PipePtr subPipe(); // (where … | top …): over rows that the outer operator gives
    PipePtr table();   // name, call or parenthesis: the other side of a join
    OperatorSyntax source();
    OperatorSyntax operatorHere();
    void refuseOperator(const std::string &name, const Position &place);
    std::string operatorName();

    // The parts of operators.
    bool atName() const;
    bool atWord(std::string_view word) const;
    bool acceptWord(std::string_view word);
    bool expectWord(std::string_view word, std::string_view after);
    std::string name(std::string_view what);
    std::string wildcard();
    std::optional<ColumnType> type();
    void settings(OperatorSyntax &op, std::initializer_list<std::string_view> known);
    ItemSyntax namedItem();
    void namedItems(std::vector<ItemSyntax> &items);
    void orderOf(ItemSyntax &item);
    bool by(OperatorSyntax &op);
    void expansion(OperatorSyntax &op);
    void pattern(OperatorSyntax &op);

    // One for each form that operators have.
    void readNothing(OperatorSyntax &op);
    void readCondition(OperatorSyntax &op);
    void readColumns(OperatorSyntax &op);
    void readPatterns(OperatorSyntax &op);
    void readRenames(OperatorSyntax &op);
    void readReorder(OperatorSyntax &op);
    void readDistinct(OperatorSyntax &op);
    void readSummarize(OperatorSyntax &op);
    void readCount(OperatorSyntax &op);
    void readTop(OperatorSyntax &op);
    void readSort(OperatorSyntax &op);
    void readJoin(OperatorSyntax &op);
    void readUnion(OperatorSyntax &op);
    void readExpand(OperatorSyntax &op);
    void readApply(OperatorSyntax &op);
    void readParse(OperatorSyntax &op);
    void readParseKv(OperatorSyntax &op);
    void readMakeSeries(OperatorSyntax &op);
    void readPartition(OperatorSyntax &op);
    void readTopNested(OperatorSyntax &op);
    void readTopHitters(OperatorSyntax &op);
    void readScan(OperatorSyntax &op);
    void readSearch(OperatorSyntax &op);
    void readEvaluate(OperatorSyntax &op);
    void readInvoke(OperatorSyntax &op);
    void readAs(OperatorSyntax &op);
    void readSerialize(OperatorSyntax &op);
    void readRender(OperatorSyntax &op);
    void readSampleDistinct(OperatorSyntax &op);
    void readPrint(OperatorSyntax &op);
    void readRange(OperatorSyntax &op);
    void readDatatable(OperatorSyntax &op);
    void scanStep(OperatorSyntax &op);
};

/// The tabular operators and sources, sorted: what completion and the language page list.
std::vector<std::string> queryOperatorNames();

} // namespace sluice::kql
