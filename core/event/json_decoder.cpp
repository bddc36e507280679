#include "core/event/json_decoder.h"

#include "core/event/field_writer.h"
#include "core/event/json_text.h"
#include "core/event/json_tokens.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>

namespace sluice {

namespace {

BadRecord badRecord(std::size_t row, simdjson::error_code error)
{
    if (error == simdjson::DEPTH_ERROR)
        return {row, ErrorCode::TooDeep, "nested deeper than 1024 levels"};
    if (error == simdjson::EMPTY)
        return {row, ErrorCode::NotAnObject, "the record is empty"};
    return {row, ErrorCode::MalformedJson, simdjson::error_message(error)};
}

/// memcmp() costs more than the few bytes of a key.
bool sameBytes(const char *a, const char *b, std::size_t size)
{
    for (; size >= sizeof(std::uint64_t); size -= sizeof(std::uint64_t)) {
        std::uint64_t one = 0;
        std::uint64_t other = 0;
        std::memcpy(&one, a, sizeof(one));
        std::memcpy(&other, b, sizeof(other));
        if (one != other)
            return false;
        a += sizeof(one);
        b += sizeof(other);
    }
    for (; size > 0; --size) {
        if (*a++ != *b++)
            return false;
    }
    return true;
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
    struct Parser
    {
        simdjson::dom::parser dom;
        std::size_t capacity = 0;
    };

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

    /// simdjson's first stage: finds where tokens begin, checks UTF-8 and control characters.
    static bool
    findTokens(Parser &parser, const char *data, std::size_t size, simdjson::error_code &error)
    {
        if (parser.capacity < size) {
            parser.capacity = std::max<std::size_t>(size * 2, 512U * 1024U);
            error = parser.dom.allocate(parser.capacity);
            if (!error)
                error = parser.dom.doc.allocate(parser.capacity);
            if (error)
                return false;
        }
        error = parser.dom.implementation->stage1(
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
        const std::size_t size = last.begin + last.size - begin;
        simdjson::error_code error{};
        const char *data = raw.bytes.data() + begin;
        if (!findTokens(m_batch, data, size, error))
            return false;
        start(raw, out);
        const auto &stage = *m_batch.dom.implementation;
        const JsonIndexes json{
            data, stage.structural_indexes.get(), std::memchr(data, '\\', size) != nullptr};
        std::uint32_t index = 0;
        for (std::size_t row = 0; row < raw.records.size(); ++row) {
            const std::size_t from = raw.records[row].begin - begin;
            if (!decodeNext(json, index, from, raw, row, out))
                return false;
        }
        if (index != stage.n_structural_indexes)
            return false;
        publish(out);
        out.good = Selection(raw.records.size());
        return true;
    }

    /// The record whose first token must be the one at `index`; moves behind it.
    /// @param from  place of the record in the text of `json`
    bool decodeNext(const JsonIndexes &json,
                    std::uint32_t &index,
                    std::size_t from,
                    const RawRecords &raw,
                    std::size_t row,
                    DecodedRecords &out)
    {
        const std::size_t limit = from + raw.records[row].size;
        if (json.places[index] < from || json.places[index] >= limit || json.at(index) != '{')
            return false;
        const std::uint64_t conversionErrors = out.conversionErrors;
        const TokenCheck check = walk<true>(json, index, limit, row, out);
        if (check == TokenCheck::Valid)
            return true;
        if (check == TokenCheck::Invalid)
            return false;
        // The whole parser decides, and reads the record's fields once more.
        out.conversionErrors = conversionErrors;
        if (!decodeRecord(raw, row, out))
            return false;
        while (json.places[index] < limit
               && index < m_batch.dom.implementation->n_structural_indexes)
            ++index;
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
        if (record.empty() || std::all_of(record.begin(), record.end(), isJsonSpace))
            error = simdjson::EMPTY;
        else
            findTokens(m_single, record.data(), record.size(), error);
        auto &stage = *m_single.dom.implementation;
        if (!error)
            error = stage.stage2_next(m_single.dom.doc);
        if (error) {
            out.bad.push_back(badRecord(row, error));
            return false;
        }
        if (stage.next_structural_index != stage.n_structural_indexes) {
            out.bad.push_back(
                {row, ErrorCode::MalformedJson, "more text behind the end of the JSON value"});
            return false;
        }
        const JsonIndexes json{record.data(), stage.structural_indexes.get(), true};
        if (json.at(0) != '{') {
            out.bad.push_back({row, ErrorCode::NotAnObject, "the record is not a JSON object"});
            return false;
        }
        std::uint32_t index = 0;
        walk<false>(json, index, record.size(), row, out);
        return true;
    }

    /// Finds the wanted keys of the object at `index` and moves behind it.
    /// @tparam kCheck  false: the text is known to be valid
    template<bool kCheck>
    TokenCheck walk(const JsonIndexes &json,
                    std::uint32_t &index,
                    std::size_t limit,
                    std::size_t row,
                    DecodedRecords &out)
    {
        std::fill(m_seen.begin(), m_seen.end(), std::uint8_t{0});
        std::uint32_t at = index + 1;
        if (json.at(at) == '}' && json.places[at] < limit) {
            index = at + 1;
            return TokenCheck::Valid;
        }
        for (std::size_t ordinal = 0;; ++ordinal) {
            if (kCheck && (json.places[at] >= limit || json.at(at) != '"'))
                return TokenCheck::Invalid;
            const char *key = json.place(at);
            const char *keyEnd = json.endBefore(at + 1);
            if constexpr (kCheck) {
                const TokenCheck check = checkJsonString(key, keyEnd, json.mayEscape);
                if (check != TokenCheck::Valid)
                    return check;
                if (json.places[at + 1] >= limit || json.at(at + 1) != ':')
                    return TokenCheck::Invalid;
            }
            const std::uint32_t value = at + 2;
            std::uint32_t next = value;
            if constexpr (kCheck) {
                const TokenCheck check = checkJsonValue(json, next, limit);
                if (check != TokenCheck::Valid)
                    return check;
            } else {
                next = behindValue(json, value);
            }
            const int field =
                findField({key + 1, static_cast<std::size_t>(keyEnd - key) - 2}, ordinal);
            if (field >= 0)
                writeField(static_cast<std::size_t>(field), json, value, next, row, out);
            if (kCheck && json.places[next] >= limit)
                return TokenCheck::Invalid;
            const char separator = json.at(next);
            at = next + 1;
            if (separator == '}') {
                index = at;
                return TokenCheck::Valid;
            }
            if (kCheck && separator != ',')
                return TokenCheck::Invalid;
        }
    }

    void writeField(std::size_t field,
                    const JsonIndexes &json,
                    std::uint32_t value,
                    std::uint32_t next,
                    std::size_t row,
                    DecodedRecords &out)
    {
        if (m_seen[field] != 0) {
            ++out.conversionErrors; // a duplicate key: the first counts
            return;
        }
        m_seen[field] = 1;
        const char *begin = json.place(value);
        const char *end = json.endBefore(next);
        if (!m_writers[field].write(row, {begin, static_cast<std::size_t>(end - begin)}))
            ++out.conversionErrors;
    }

    /// Index behind a value that is known to be valid.
    static std::uint32_t behindValue(const JsonIndexes &json, std::uint32_t at)
    {
        if (json.at(at) != '{' && json.at(at) != '[')
            return at + 1;
        int depth = 1;
        while (depth > 0) {
            const char c = json.at(++at);
            if (c == '{' || c == '[')
                ++depth;
            else if (c == '}' || c == ']')
                --depth;
        }
        return at + 1;
    }

    /// Which wanted field a key is; -1: none. Keys mostly come in the order of the event before.
    int findField(std::string_view key, std::size_t ordinal)
    {
        if (ordinal < m_guesses.size()) {
            const Guess &guess = m_guesses[ordinal];
            if (guess.key.size() == key.size()
                && sameBytes(guess.key.data(), key.data(), key.size()))
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
    Parser m_batch;  // tokens of all records of a batch
    Parser m_single; // of one record that is looked at alone
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
