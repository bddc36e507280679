#include "core/base/random.h"
#include "core/sources/followed_file.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>

using namespace sluice;

namespace {

class Scene
{
public:
    Scene()
        : m_folder(std::filesystem::temp_directory_path() / ("sluice-file-" + randomId()))
    {
        std::filesystem::create_directories(m_folder);
    }
    ~Scene() { std::filesystem::remove_all(m_folder); }
    Scene(const Scene &) = delete;
    Scene &operator=(const Scene &) = delete;

    std::string path(const std::string &name = "in.ndjson") const
    {
        return (m_folder / name).string();
    }
    void write(const std::string &text, WriteMode mode = WriteMode::Replace) const
    {
        const auto file = realFileSystem().openWrite(path(), mode);
        REQUIRE(file);
        REQUIRE((*file)->write(text));
    }
    void append(const std::string &text) const { write(text, WriteMode::Append); }
    void rename(const std::string &to) const { REQUIRE(realFileSystem().rename(path(), path(to))); }

    FollowedFile file(bool strict = false)
    {
        return FollowedFile({path(), 1 << 20, strict, &realFileSystem(), [this](const auto &line) {
                                 log += line + "\n";
                             }});
    }

    std::string log;

private:
    std::filesystem::path m_folder;
};

/// All lines there are, moving on to newer files, as a follower sees them.
std::string readAll(FollowedFile &file)
{
    std::string text;
    while (true) {
        const auto records = takeRawRecords();
        REQUIRE(file.read(*records, kBatchRows, -1, false));
        for (std::size_t row = 0; row < records->records.size(); ++row)
            text += std::string(records->record(row)) + "\n";
        if (!records->records.empty())
            continue;
        const auto moved = file.moveOn();
        REQUIRE(moved);
        if (!*moved)
            return text;
    }
}

} // namespace

TEST_CASE("a file is read on from a place")
{
    Scene scene;
    scene.write("1\n2\n");
    auto first = scene.file();
    REQUIRE(first.open(""));
    CHECK(readAll(first) == "1\n2\n");
    scene.append("3\n");
    auto second = scene.file();
    REQUIRE(second.open(first.position()));
    CHECK(readAll(second) == "3\n");
}

TEST_CASE("a half-written last line is held until it is whole")
{
    Scene scene;
    scene.write("1\n2");
    auto file = scene.file();
    REQUIRE(file.open(""));
    CHECK(readAll(file) == "1\n");
    scene.append("3\n");
    CHECK(readAll(file) == "23\n");
}

TEST_CASE("a file that was rotated is read to its end before the new one, a hundred times")
{
    Scene scene;
    scene.write("");
    auto file = scene.file();
    REQUIRE(file.open(""));
    std::string written;
    std::string seen;
    for (int i = 0; i < 100; ++i) {
        const std::string early = fmt::format("a{}\n", i);
        scene.append(early);
        if (i % 3 == 0)
            seen += readAll(file);
        const std::string late = fmt::format("b{}\n", i);
        scene.append(late);
        scene.rename(fmt::format("in.ndjson.{}", i));
        if (i % 5 == 0)
            seen += readAll(file); // nothing has the name at the moment
        scene.write("");
        seen += readAll(file);
        written += early + late;
    }
    CHECK(seen == written);
}

TEST_CASE("a file that was rotated while nobody read it is found under its new name")
{
    Scene scene;
    scene.write("1\n2\n");
    auto first = scene.file();
    REQUIRE(first.open(""));
    const auto records = takeRawRecords();
    REQUIRE(first.read(*records, 1, -1, false));
    const std::string place = first.position();
    scene.append("3\n");
    scene.rename("in.ndjson.1");
    scene.write("4\n");
    auto second = scene.file(true);
    REQUIRE(second.open(place));
    CHECK(second.isRotated());
    CHECK(readAll(second) == "2\n3\n4\n");
}

TEST_CASE("a file with other content before the place was rewritten, whatever its id")
{
    Scene scene;
    scene.write("1\n2\n");
    auto first = scene.file();
    REQUIRE(first.open(""));
    readAll(first);
    const std::string place = first.position();
    scene.write("8\n9\n0\n"); // the same file, cut and written again
    auto second = scene.file();
    const auto opened = second.open(place);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::FileRewritten);
    CHECK(opened.error().message.find("rewritten since") != std::string::npos);
    CHECK(opened.error().hint.find("--from-start") != std::string::npos);
}

TEST_CASE("a file that is shorter than the place was rewritten")
{
    Scene scene;
    scene.write("1\n2\n");
    auto first = scene.file();
    REQUIRE(first.open(""));
    readAll(first);
    scene.write("1\n");
    auto second = scene.file();
    CHECK_FALSE(second.open(first.position()));
    const auto moved = first.moveOn(); // the same while it is followed
    REQUIRE_FALSE(moved);
    CHECK(moved.error().code == ErrorCode::FileRewritten);
}

TEST_CASE("another file under the name is begun at its start, and refused where that would repeat")
{
    Scene scene;
    scene.write("1\n");
    auto first = scene.file();
    REQUIRE(first.open(""));
    readAll(first);
    const std::string place = first.position();
    scene.rename("elsewhere");
    scene.write("7\n");
    REQUIRE(realFileSystem().remove(scene.path("elsewhere")));
    auto lenient = scene.file();
    REQUIRE(lenient.open(place));
    CHECK(readAll(lenient) == "7\n");
    CHECK(scene.log.find("another file") != std::string::npos);
    auto strict = scene.file(true);
    CHECK_FALSE(strict.open(place));
}

TEST_CASE("a name that is gone is waited for")
{
    Scene scene;
    scene.write("1\n");
    auto file = scene.file();
    REQUIRE(file.open(""));
    CHECK(readAll(file) == "1\n");
    scene.rename("away");
    CHECK(readAll(file).empty());
    CHECK(file.isGone());
    scene.write("2\n");
    CHECK(readAll(file) == "2\n");
    CHECK_FALSE(file.isGone());
}
