#include "core/runtime/checkpoint_shelf.h"
#include "tests/core/runtime/run_bed.h"

using namespace sluice;
using namespace sluice::test;

namespace {

std::unique_ptr<Workspace> workspaceOf(const RunBed &bed)
{
    auto workspace = Workspace::open(bed.path("test.sluice.json"), "", realFileSystem());
    REQUIRE(workspace);
    return std::move(*workspace);
}

Progress at(std::uint64_t epoch)
{
    Progress progress;
    progress.epoch = epoch;
    progress.lineage = "line";
    progress.exactlyOnce = true;
    progress.positions = {{"in", std::to_string(epoch)}};
    return progress;
}

} // namespace

TEST_CASE("checkpoints are listed newest first, a damaged one says so")
{
    const RunBed bed;
    const auto workspace = workspaceOf(bed);
    for (std::uint64_t epoch = 1; epoch <= 4; ++epoch)
        REQUIRE(workspace->saveProgress(at(epoch)));
    const std::string name = workspace->folder() + "/checkpoint-00000000000000000003";
    REQUIRE(realFileSystem().replaceAtomically(name, "nonsense"));
    const auto entries = listCheckpoints(workspace->folder(), realFileSystem());
    REQUIRE(entries);
    REQUIRE(entries->size() == 3); // the oldest is not kept
    CHECK(entries->at(0).epoch == 4);
    CHECK(entries->at(0).progress->positions.at("in") == "4");
    CHECK_FALSE(entries->at(1).progress);
    CHECK(entries->at(1).damage.find("damaged") != std::string::npos);
    CHECK(entries->at(2).epoch == 2);
}

TEST_CASE("going back to an older checkpoint makes it the newest, in a line of its own")
{
    const RunBed bed;
    const auto workspace = workspaceOf(bed);
    for (std::uint64_t epoch = 1; epoch <= 3; ++epoch)
        REQUIRE(workspace->saveProgress(at(epoch)));
    REQUIRE(restoreCheckpoint(*workspace, 2, realFileSystem()));
    const auto now = workspace->loadProgress();
    REQUIRE(now);
    REQUIRE(*now);
    CHECK((*now)->epoch == 4);
    CHECK((*now)->positions.at("in") == "2");
    CHECK((*now)->lineage != "line");
    const auto gone = restoreCheckpoint(*workspace, 77, realFileSystem());
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == ErrorCode::CheckpointMissing);
}

TEST_CASE("what a person says of output on its way is kept for each destination that has some")
{
    const RunBed bed;
    const auto workspace = workspaceOf(bed);
    Progress progress = at(5);
    progress.outboxes["topic"] = {"topic", "group", 4, {{5, "outbox-topic-5", 10, 1, 2}}};
    progress.outboxes["quiet"] = {"table", "", 4, {{5, "", 0, 0, 0}}};
    REQUIRE(workspace->saveProgress(progress));
    for (const bool applied : {false, true}) {
        const auto told = settlePending(*workspace, applied, realFileSystem());
        REQUIRE(told);
        CHECK(*told == std::vector<std::string>{"topic"});
        const auto now = workspace->loadProgress();
        REQUIRE((now && *now));
        CHECK((*now)->outboxes.at("topic").said
              == (applied ? PendingOutput::Applied : PendingOutput::NotApplied));
        CHECK((*now)->outboxes.at("topic").pending.size() == 1);
        CHECK((*now)->outboxes.at("quiet").said == PendingOutput::Unknown);
    }
}

TEST_CASE("one checkpoint is dropped, or all")
{
    const RunBed bed;
    const auto workspace = workspaceOf(bed);
    for (std::uint64_t epoch = 1; epoch <= 3; ++epoch)
        REQUIRE(workspace->saveProgress(at(epoch)));
    REQUIRE(dropCheckpoints(*workspace, 3, realFileSystem()));
    CHECK_FALSE(dropCheckpoints(*workspace, 3, realFileSystem()));
    CHECK(listCheckpoints(workspace->folder(), realFileSystem())->size() == 2);
    REQUIRE(dropCheckpoints(*workspace, std::nullopt, realFileSystem()));
    CHECK(listCheckpoints(workspace->folder(), realFileSystem())->empty());
}
