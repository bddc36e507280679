// The bridge from SQL to KQL's kernels: DuckDB functions that look up a program by its number.
#include "core/storage/kql_functions.h"

#include "core/storage/decimal_text.h"
#include "core/storage/kql_chunk.h"

#include <duckdb.h>

#include <array>
#include <unordered_map>

namespace sluice {

namespace {

struct Program
{
    std::shared_ptr<RowProgram> row; // shared by the query and the bound calls of it
    std::shared_ptr<ListProgram> list;
    std::shared_ptr<const KqlRows> rows;
};

/// All programs of the process; numbers are never used again.
class ProgramTable
{
public:
    std::int64_t add(Program program)
    {
        const std::scoped_lock lock(m_mutex);
        m_programs.emplace(++m_last, std::move(program));
        return m_last;
    }
    void remove(std::int64_t number)
    {
        const std::scoped_lock lock(m_mutex);
        m_programs.erase(number);
    }
    Program find(std::int64_t number)
    {
        const std::scoped_lock lock(m_mutex);
        const auto known = m_programs.find(number);
        return known == m_programs.end() ? Program{} : known->second;
    }

private:
    std::mutex m_mutex;
    std::unordered_map<std::int64_t, Program> m_programs; // GUARDED_BY(m_mutex)
    std::int64_t m_last = 0;                              // GUARDED_BY(m_mutex)
};

ProgramTable &programs()
{
    static ProgramTable table;
    return table;
}

struct LogicalTypeDeleter
{
    void operator()(duckdb_logical_type type) const { duckdb_destroy_logical_type(&type); }
};
using TypeHandle = std::unique_ptr<_duckdb_logical_type, LogicalTypeDeleter>;

TypeHandle makeType(duckdb_type type)
{
    return TypeHandle(duckdb_create_logical_type(type));
}

/// The number that a call names: its first argument, a constant.
std::int64_t numberOf(duckdb_bind_info info)
{
    duckdb_client_context context = nullptr;
    duckdb_scalar_function_get_client_context(info, &context);
    duckdb_expression argument = duckdb_scalar_function_bind_get_argument(info, 0);
    std::int64_t number = 0;
    if (argument != nullptr && duckdb_expression_is_foldable(argument)) {
        duckdb_value value = nullptr;
        duckdb_error_data error = duckdb_expression_fold(context, argument, &value);
        if (value != nullptr) {
            number = duckdb_get_int64(value);
            duckdb_destroy_value(&value);
        }
        duckdb_destroy_error_data(&error);
    }
    duckdb_destroy_expression(&argument);
    duckdb_destroy_client_context(&context);
    return number;
}

duckdb_type argumentType(duckdb_bind_info info, idx_t place)
{
    duckdb_expression argument = duckdb_scalar_function_bind_get_argument(info, place);
    const TypeHandle type(duckdb_expression_return_type(argument));
    duckdb_destroy_expression(&argument);
    return duckdb_get_type_id(type.get());
}

bool fits(duckdb_type have, ColumnType wanted)
{
    const TypeHandle type(makeKqlSqlType(wanted));
    return have == duckdb_get_type_id(type.get());
}

void *copyProgram(void *data)
{
    return new Program(*static_cast<Program *>(data)); // NOLINT: DuckDB calls deleteProgram
}

void deleteProgram(void *data)
{
    delete static_cast<Program *>(data); // NOLINT: made for DuckDB
}

/// Numbers may come from SQL that a user wrote: nothing runs but with the types it was made for.
void bindProgram(duckdb_bind_info info)
{
    Program program = programs().find(numberOf(info));
    const idx_t arguments = duckdb_scalar_function_bind_get_argument_count(info) - 1;
    bool good = false;
    if (program.row) {
        const auto &inputs = program.row->inputs();
        good = arguments == inputs.size();
        for (idx_t i = 0; good && i < arguments; ++i)
            good = fits(argumentType(info, i + 1), inputs[i]);
        const auto *result =
            static_cast<const Storage *>(duckdb_scalar_function_bind_get_extra_info(info));
        good = good && result != nullptr && *result == storageOf(program.row->result());
    } else if (program.list) {
        good = arguments == 1 && argumentType(info, 1) == DUCKDB_TYPE_VARCHAR
               && duckdb_scalar_function_bind_get_extra_info(info) == nullptr;
    }
    if (!good) {
        duckdb_scalar_function_bind_set_error(info, "this function is for queries in KQL only");
        return;
    }
    duckdb_scalar_function_set_bind_data(
        info, new Program(std::move(program)), deleteProgram); // NOLINT: DuckDB owns it
    duckdb_scalar_function_set_bind_data_copy(info, copyProgram);
}

void runProgram(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    const auto *program = static_cast<const Program *>(duckdb_scalar_function_get_bind_data(info));
    const std::size_t rows = duckdb_data_chunk_get_size(input);
    Batch batch;
    batch.rows = rows;
    batch.selection = Selection(rows);
    const auto &inputs = program->row->inputs();
    for (std::size_t i = 0; i < inputs.size(); ++i)
        batch.columns.push_back(columnFromVector(
            duckdb_data_chunk_get_vector(input, i + 1), inputs[i], rows, Texts::View));
    const auto result = program->row->run(batch);
    if (!result) {
        duckdb_scalar_function_set_error(info, result.error().message.c_str());
        return;
    }
    columnToVector(**result, 0, rows, output);
}

void runList(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    const auto *program = static_cast<const Program *>(duckdb_scalar_function_get_bind_data(info));
    const std::size_t rows = duckdb_data_chunk_get_size(input);
    const auto column = columnFromVector(
        duckdb_data_chunk_get_vector(input, 1), ColumnType::Dynamic, rows, Texts::View);
    std::vector<std::string_view> elements;
    Arena arena;
    auto *entries = static_cast<duckdb_list_entry *>(duckdb_vector_get_data(output));
    for (std::size_t row = 0; row < rows; ++row) {
        entries[row].offset = elements.size();
        program->list->elements(*column, row, &elements, &arena);
        entries[row].length = elements.size() - entries[row].offset;
    }
    duckdb_list_vector_reserve(output, elements.size());
    duckdb_list_vector_set_size(output, elements.size());
    duckdb_vector child = duckdb_list_vector_get_child(output);
    duckdb_vector_ensure_validity_writable(child);
    std::uint64_t *validity = duckdb_vector_get_validity(child);
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const bool valid = elements[i].data() != nullptr;
        duckdb_validity_set_row_validity(validity, i, valid);
        if (valid)
            duckdb_vector_assign_string_element_len(
                child, i, elements[i].data(), elements[i].size());
    }
}

constexpr std::array<Storage, 4> kStorages{
    Storage::Byte, Storage::Integer, Storage::Float, Storage::Text};

std::string functionName(Storage storage, bool eachRow)
{
    constexpr std::array<std::string_view, 4> kNames{
        "sluice_bool", "sluice_long", "sluice_real", "sluice_text"};
    return std::string(kNames[static_cast<std::size_t>(storage)]) + (eachRow ? "_each" : "");
}

bool registerProgramFunction(duckdb_connection connection, const Storage *storage, bool eachRow)
{
    duckdb_scalar_function function = duckdb_create_scalar_function();
    const bool list = storage == nullptr;
    const std::string name = list ? "sluice_list" : functionName(*storage, eachRow);
    duckdb_scalar_function_set_name(function, name.c_str());
    duckdb_scalar_function_add_parameter(function, makeType(DUCKDB_TYPE_BIGINT).get());
    duckdb_scalar_function_set_varargs(function, makeType(DUCKDB_TYPE_ANY).get());
    const TypeHandle element = makeType(DUCKDB_TYPE_VARCHAR);
    constexpr std::array<ColumnType, 4> kTypes{
        ColumnType::Bool, ColumnType::Long, ColumnType::Real, ColumnType::String};
    const TypeHandle result(list ? duckdb_create_list_type(element.get())
                                 : makeKqlSqlType(kTypes[static_cast<std::size_t>(*storage)]));
    duckdb_scalar_function_set_return_type(function, result.get());
    duckdb_scalar_function_set_special_handling(function);
    if (eachRow)
        duckdb_scalar_function_set_volatile(function);
    if (!list)
        duckdb_scalar_function_set_extra_info(
            function, const_cast<Storage *>(storage), nullptr); // NOLINT: only read
    duckdb_scalar_function_set_bind(function, bindProgram);
    duckdb_scalar_function_set_function(function, list ? runList : runProgram);
    const bool good = duckdb_register_scalar_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_scalar_function(&function);
    return good;
}

// The table function

struct RowsScan
{
    std::vector<idx_t> columns; // which of the table's are wanted
    std::size_t batch = 0;
};

void bindRows(duckdb_bind_info info)
{
    duckdb_value number = duckdb_bind_get_parameter(info, 0);
    Program program = programs().find(duckdb_get_int64(number));
    duckdb_destroy_value(&number);
    if (!program.rows) {
        duckdb_bind_set_error(info, "this function is for queries in KQL only");
        return;
    }
    idx_t rows = 0;
    for (const Batch &batch : program.rows->batches)
        rows += batch.rows;
    for (const SchemaColumn &column : program.rows->columns) {
        const TypeHandle type(makeKqlSqlType(column.type));
        duckdb_bind_add_result_column(info, column.name.c_str(), type.get());
    }
    duckdb_bind_set_cardinality(info, rows, true);
    duckdb_bind_set_bind_data(
        info, new Program(std::move(program)), deleteProgram); // NOLINT: DuckDB owns it
}

void initRows(duckdb_init_info info)
{
    auto scan = std::make_unique<RowsScan>();
    for (idx_t i = 0; i < duckdb_init_get_column_count(info); ++i)
        scan->columns.push_back(duckdb_init_get_column_index(info, i));
    duckdb_init_set_max_threads(info, 1);
    duckdb_init_set_init_data(info, scan.release(), [](void *data) {
        delete static_cast<RowsScan *>(data); // NOLINT: made for DuckDB
    });
}

void scanRows(duckdb_function_info info, duckdb_data_chunk output)
{
    const auto *program = static_cast<const Program *>(duckdb_function_get_bind_data(info));
    auto *scan = static_cast<RowsScan *>(duckdb_function_get_init_data(info));
    const auto &batches = program->rows->batches;
    while (scan->batch < batches.size() && batches[scan->batch].rows == 0)
        ++scan->batch;
    if (scan->batch == batches.size()) {
        duckdb_data_chunk_set_size(output, 0);
        return;
    }
    const Batch &batch = batches[scan->batch++];
    for (std::size_t i = 0; i < scan->columns.size(); ++i) {
        const idx_t wanted = scan->columns[i];
        if (wanted < batch.columns.size()) // else DuckDB only counts rows
            columnToVector(
                *batch.columns[wanted], 0, batch.rows, duckdb_data_chunk_get_vector(output, i));
    }
    duckdb_data_chunk_set_size(output, batch.rows);
}

bool registerRowsFunction(duckdb_connection connection)
{
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, "sluice_rows");
    duckdb_table_function_add_parameter(function, makeType(DUCKDB_TYPE_BIGINT).get());
    duckdb_table_function_set_bind(function, bindRows);
    duckdb_table_function_set_init(function, initRows);
    duckdb_table_function_set_function(function, scanRows);
    duckdb_table_function_supports_projection_pushdown(function, true);
    const bool good = duckdb_register_table_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_table_function(&function);
    return good;
}

} // namespace

ExpressionProgram::ExpressionProgram(kql::ExpressionPtr expression, Ticks now)
    : RowProgram(expression->columnTypes(), expression->type())
    , m_expression(std::move(expression))
    , m_now(now)
{}

Result<ColumnPtr> ExpressionProgram::run(const Batch &batch)
{
    std::unique_lock lock(m_mutex);
    if (m_idle.empty()) {
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < inputs().size(); ++i)
            places.push_back(i);
        m_idle.emplace_back(m_expression, std::move(places));
    }
    kql::Evaluator evaluator = std::move(m_idle.back());
    m_idle.pop_back();
    lock.unlock();
    auto result = evaluator.evaluate(batch, m_now);
    lock.lock();
    m_idle.push_back(std::move(evaluator));
    return result;
}

KqlPrograms::~KqlPrograms()
{
    for (const std::int64_t number : m_numbers)
        programs().remove(number);
}

std::int64_t KqlPrograms::add(std::shared_ptr<RowProgram> program)
{
    m_numbers.push_back(programs().add({std::move(program), nullptr, nullptr}));
    return m_numbers.back();
}

std::int64_t KqlPrograms::add(std::shared_ptr<ListProgram> program)
{
    m_numbers.push_back(programs().add({nullptr, std::move(program), nullptr}));
    return m_numbers.back();
}

std::int64_t KqlPrograms::add(std::shared_ptr<const KqlRows> rows)
{
    m_numbers.push_back(programs().add({nullptr, nullptr, std::move(rows)}));
    return m_numbers.back();
}

std::string
programCall(ColumnType type, std::int64_t number, std::string_view arguments, bool eachRow)
{
    return fmt::format("{}({}{}{})",
                       functionName(storageOf(type), eachRow),
                       number,
                       arguments.empty() ? "" : ", ",
                       arguments);
}

Result<void> ensureKqlFunctions(Connection &connection)
{
    Database &database = connection.database();
    const std::scoped_lock lock(database.schemaMutex());
    if (database.hasKqlFunctions())
        return {};
    bool good = registerRowsFunction(connection.handle())
                && registerDecimalText(connection.handle())
                && registerProgramFunction(connection.handle(), nullptr, false);
    for (const Storage &storage : kStorages)
        good = good && registerProgramFunction(connection.handle(), &storage, false)
               && registerProgramFunction(connection.handle(), &storage, true);
    if (!good)
        return fail(ErrorCode::DatabaseFailed, "DuckDB does not take the functions of KQL");
    database.setHasKqlFunctions();
    return {};
}

} // namespace sluice
