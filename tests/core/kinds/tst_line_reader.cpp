#include "core/base/random.h"
#include "core/sources/line_reader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

using namespace sluice;

namespace {

/// A file in memory that gives at most `portion` bytes a read.
class MemoryFile : public File
{
public:
    explicit MemoryFile(std::string text, std::size_t portion = 1U << 20U)
        : m_text(std::move(text))
        , m_portion(portion)
    {}
    Result<std::size_t> readAt(std::int64_t offset, char *data, std::size_t size) override
    {
        const auto begin = std::min(static_cast<std::size_t>(offset), m_text.size());
        const std::size_t n = std::min({size, m_portion, m_text.size() - begin});
        std::memcpy(data, m_text.data() + begin, n);
        return n;
    }
    Result<void> write(std::string_view data) override
    {
        m_text += data;
        return {};
    }
    Result<void> sync() override { return {}; }
    Result<void> truncate(std::int64_t size) override
    {
        m_text.resize(static_cast<std::size_t>(size));
        return {};
    }
    Result<FileInfo> info() override
    {
        return FileInfo{{}, static_cast<std::int64_t>(m_text.size())};
    }

private:
    std::string m_text;
    std::size_t m_portion;
};

struct Line
{
    std::string text;
    std::int64_t offset = 0;
    friend bool operator==(const Line &, const Line &) = default;
};

std::vector<Line> readAll(LineReader &reader, std::size_t rows, bool lastLine)
{
    std::vector<Line> lines;
    while (true) {
        const auto raw = takeRawRecords();
        REQUIRE(reader.read(*raw, rows, -1, lastLine));
        if (raw->records.empty())
            return lines;
        CHECK(raw->records.size() <= rows);
        for (std::size_t i = 0; i < raw->records.size(); ++i)
            lines.push_back({std::string(raw->record(i)), raw->records[i].offset});
    }
}

} // namespace

TEST_CASE("lines keep their place in the file; blank ones, CR and BOM are taken off")
{
    MemoryFile file("\xEF\xBB\xBF{\"a\":1}\r\n\n  \r\n{\"a\":2}\n{\"a\":3}");
    LineReader reader(file, 0, 1000);
    const std::vector<Line> expected{{"{\"a\":1}", 3}, {"{\"a\":2}", 17}, {"{\"a\":3}", 25}};
    CHECK(readAll(reader, 10, true) == expected);
    CHECK(reader.position() == 32);
}

TEST_CASE("a last line without its end is held back while the file is followed")
{
    MemoryFile file("one\ntw");
    LineReader reader(file, 0, 1000);
    CHECK(readAll(reader, 10, false) == std::vector<Line>{{"one", 0}});
    CHECK(reader.position() == 4);
    REQUIRE(file.write("o\nthree\n"));
    CHECK(readAll(reader, 10, false) == std::vector<Line>{{"two", 4}, {"three", 8}});
}

TEST_CASE("a line over the limit is delivered cut, and its neighbours are whole")
{
    const std::string huge(200'000, 'x');
    MemoryFile file("a\n" + huge + "\nb\n");
    LineReader reader(file, 0, 100);
    const auto lines = readAll(reader, 10, true);
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == Line{"a", 0});
    CHECK(lines[1].text.size() == 101);
    CHECK(lines[2] == Line{"b", static_cast<std::int64_t>(huge.size()) + 3});
}

TEST_CASE("any cut of the reads gives the same lines")
{
    Random random(3);
    std::string text;
    std::vector<Line> expected;
    for (int i = 0; i < 2000; ++i) {
        const std::string line(1 + random.below(300), static_cast<char>('a' + i % 26));
        expected.push_back({line, static_cast<std::int64_t>(text.size())});
        text += line + "\n";
    }
    for (const std::size_t rows : {1U, 7U, 500U, 2048U}) {
        for (const std::size_t portion : {13U, 4096U, 1U << 20U}) {
            MemoryFile file(text, portion);
            LineReader reader(file, 0, 1000);
            CHECK(readAll(reader, rows, true) == expected);
            MemoryFile again(text, portion);
            LineReader behind(again, expected[100].offset, 1000);
            CHECK(readAll(behind, rows, true).front() == expected[100]);
        }
    }
}
