#include "core/event/json_decoder.h"

#include "core/event/field_writer.h"
#include "core/event/json_text.h"

#include <simdjson.h>

#include <algorithm>

namespace sluice {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

BadRecord badRecord(std::size_t row, simdjson::error_code error)
{
    if (error == simdjson::DEPTH_ERROR)
        return {row, ErrorCode::TooDeep, "nested deeper than 1024 levels"};
    if (error == simdjson::EMPTY)
        return {row, ErrorCode::NotAnObject, "the record is empty"};
    return {row, ErrorCode::MalformedJson, simdjson::error_message(error)};
}

} // namespace

class JsonDecoder::Impl
{
public:
    Impl(std::vector<DecodeField> fields, std::size_t recordLimit)
        : m_fields(std::move(fields))
        , m_recordLimit(recordLimit)
        , m_seen(m_fields.size())
    {}

    void decode(const RawRecords &raw, DecodedRecords &out)
    {
        if (!decodeTogether(raw, out))
            decodeOneByOne(raw, out);
    }

    void decodeOneByOne(const RawRecords &raw, DecodedRecords &out)
    {
        start(raw, out);
        auto good = takeSelection();
        for (std::size_t row = 0; row < raw.records.size(); ++row) {
            if (decodeRecord(raw, row, out))
                good->push_back(static_cast<std::uint16_t>(row));
        }
        publish(out);
        out.good = good->size() == raw.records.size() ? Selection(good->size())
                                                      : Selection(std::move(good));
    }

private:
    /// Empties the result and takes a column for each field.
    void start(const RawRecords &raw, DecodedRecords &out)
    {
        out.columns.clear();
        out.bad.clear();
        out.conversionErrors = 0;
        m_columns.clear();
        m_writers.clear();
        for (const DecodeField &field : m_fields) {
            m_columns.push_back(takeColumn(field.type, raw.records.size()));
            if (field.token)
                m_columns.back()->tokens.resize(raw.records.size());
            m_writers.emplace_back(field, *m_columns.back());
        }
    }

    void publish(DecodedRecords &out)
    {
        m_writers.clear();
        for (auto &column : m_columns)
            out.columns.push_back(std::move(column));
        m_columns.clear();
    }

    bool parseIndexes(const char *data, std::size_t size, simdjson::error_code &error)
    {
        if (m_capacity < size) {
            m_capacity = std::max<std::size_t>(size * 2, 512U * 1024U);
            error = m_parser.allocate(m_capacity);
            if (!error)
                error = m_parser.doc.allocate(m_capacity);
            if (error)
                return false;
        }
        error = m_parser.implementation->stage1(
            reinterpret_cast<const std::uint8_t *>(data), size, simdjson::stage1_mode::regular);
        return !error;
    }

    /// All records in one go; false when anything is not as it should be.
    bool decodeTogether(const RawRecords &raw, DecodedRecords &out)
    {
        if (raw.records.empty() || raw.used == 0) {
            start(raw, out);
            publish(out);
            out.good = Selection(0);
            return raw.records.empty();
        }
        for (const RecordSlice &record : raw.records) {
            if (record.size > m_recordLimit)
                return false;
        }
        const std::size_t begin = raw.records.front().begin;
        const RecordSlice &last = raw.records.back();
        simdjson::error_code error{};
        const char *data = raw.bytes.data() + begin;
        if (!parseIndexes(data, last.begin + last.size - begin, error))
            return false;
        start(raw, out);
        auto &parser = *m_parser.implementation;
        const std::uint32_t *indexes = parser.structural_indexes.get();
        for (std::size_t row = 0; row < raw.records.size(); ++row) {
            const std::size_t recordBegin = raw.records[row].begin - begin;
            const std::size_t recordEnd = recordBegin + raw.records[row].size;
            const std::uint32_t first = parser.next_structural_index;
            if (first >= parser.n_structural_indexes || indexes[first] < recordBegin
                || indexes[first] >= recordEnd || data[indexes[first]] != '{')
                return false;
            if (parser.stage2_next(m_parser.doc) != simdjson::SUCCESS)
                return false;
            if (indexes[parser.next_structural_index - 1] >= recordEnd)
                return false;
            extract(data, first, row, out);
        }
        if (parser.next_structural_index != parser.n_structural_indexes)
            return false;
        publish(out);
        out.good = Selection(raw.records.size());
        return true;
    }

    bool decodeRecord(const RawRecords &raw, std::size_t row, DecodedRecords &out)
    {
        const std::string_view record = raw.record(row);
        if (record.size() > m_recordLimit) {
            out.bad.push_back({row,
                               ErrorCode::RecordTooLong,
                               fmt::format("the record is longer than {} bytes", m_recordLimit)});
            return false;
        }
        simdjson::error_code error{};
        if (record.empty() || std::all_of(record.begin(), record.end(), isSpace))
            error = simdjson::EMPTY;
        else
            parseIndexes(record.data(), record.size(), error);
        auto &parser = *m_parser.implementation;
        if (!error)
            error = parser.stage2_next(m_parser.doc);
        if (error) {
            out.bad.push_back(badRecord(row, error));
            return false;
        }
        if (parser.next_structural_index != parser.n_structural_indexes) {
            out.bad.push_back(
                {row, ErrorCode::MalformedJson, "more text behind the end of the JSON value"});
            return false;
        }
        if (record[parser.structural_indexes[0]] != '{') {
            out.bad.push_back({row, ErrorCode::NotAnObject, "the record is not a JSON object"});
            return false;
        }
        extract(record.data(), 0, row, out);
        return true;
    }

    /// Finds the wanted keys of one object by its structural indexes, starting at its brace.
    void extract(const char *data, std::uint32_t at, std::size_t row, DecodedRecords &out)
    {
        if (m_fields.empty())
            return;
        std::fill(m_seen.begin(), m_seen.end(), std::uint8_t{0});
        const std::uint32_t *indexes = m_parser.implementation->structural_indexes.get();
        ++at;
        std::size_t ordinal = 0;
        while (data[indexes[at]] == '"') {
            const std::size_t keyBegin = indexes[at] + 1;
            const std::size_t keyEnd = endOfToken(data, indexes[at + 1]) - 1;
            const int field = findField({data + keyBegin, keyEnd - keyBegin}, ordinal++);
            const std::uint32_t value = at + 2;
            const std::uint32_t next = behindValue(data, indexes, value);
            if (field >= 0) {
                const auto index = static_cast<std::size_t>(field);
                if (m_seen[index] != 0) {
                    ++out.conversionErrors; // a duplicate key: the first counts
                } else {
                    m_seen[index] = 1;
                    const std::size_t begin = indexes[value];
                    const std::size_t end = endOfToken(data, indexes[next]);
                    if (!m_writers[index].write(row, {data + begin, end - begin}))
                        ++out.conversionErrors;
                }
            }
            at = next + (data[indexes[next]] == ',' ? 1U : 0U);
            if (data[indexes[next]] == '}')
                break;
        }
    }

    /// Index position of the comma or brace behind a value.
    static std::uint32_t
    behindValue(const char *data, const std::uint32_t *indexes, std::uint32_t at)
    {
        const char opening = data[indexes[at]];
        if (opening != '{' && opening != '[')
            return at + 1;
        int depth = 1;
        while (depth > 0) {
            ++at;
            const char c = data[indexes[at]];
            if (c == '{' || c == '[')
                ++depth;
            else if (c == '}' || c == ']')
                --depth;
        }
        return at + 1;
    }

    static std::size_t endOfToken(const char *data, std::size_t behind)
    {
        while (isSpace(data[behind - 1]))
            --behind;
        return behind;
    }

    /// Which wanted field a key is; -1: none. Keys mostly come in the order of the event before.
    int findField(std::string_view key, std::size_t ordinal)
    {
        if (ordinal < m_guesses.size()) {
            const Guess &guess = m_guesses[ordinal];
            if (guess.key == key)
                return guess.field;
        }
        const int field = lookUp(key);
        constexpr std::size_t kGuesses = 256;
        if (ordinal < kGuesses) {
            if (m_guesses.size() <= ordinal)
                m_guesses.resize(ordinal + 1);
            m_guesses[ordinal] = {std::string(key), field};
        }
        return field;
    }

    int lookUp(std::string_view key)
    {
        std::string_view plain = key;
        if (key.find('\\') != std::string_view::npos) {
            m_scratch.clear();
            plain = unescapeJsonString({key.data() - 1, key.size() + 2}, m_scratch);
        }
        for (std::size_t i = 0; i < m_fields.size(); ++i) {
            if (m_fields[i].name == plain)
                return static_cast<int>(i);
        }
        return -1;
    }

    struct Guess
    {
        std::string key;
        int field = -1;
    };

    std::vector<DecodeField> m_fields;
    std::size_t m_recordLimit;
    simdjson::dom::parser m_parser;
    std::size_t m_capacity = 0;
    std::vector<std::shared_ptr<Column>> m_columns;
    std::vector<FieldWriter> m_writers;
    std::vector<std::uint8_t> m_seen;
    std::vector<Guess> m_guesses;
    Arena m_scratch;
};

JsonDecoder::JsonDecoder(std::vector<DecodeField> fields, std::size_t recordLimit)
    : m_impl(std::make_unique<Impl>(std::move(fields), recordLimit))
{}

JsonDecoder::~JsonDecoder() = default;

void JsonDecoder::decode(const RawRecords &raw, DecodedRecords &out)
{
    m_impl->decode(raw, out);
}

void JsonDecoder::decodeOneByOne(const RawRecords &raw, DecodedRecords &out)
{
    m_impl->decodeOneByOne(raw, out);
}

} // namespace sluice
