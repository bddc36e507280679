#include "core/runtime/outbox.h"
#include "tests/core/runtime/run_bed.h"

using namespace sluice;
using namespace sluice::test;

namespace {

/// A target whose memory of what it got is the test's.
class Target : public ExactlyOnceDestination
{
public:
    std::optional<AppliedMark> mark;
    std::vector<std::string> got;

    Result<void> putAside(Prepared & /*prepared*/) const override { return {}; }
    Result<std::string> identity() const override { return "the target"; }
    Result<std::optional<AppliedMark>> claim(const ProgressKey & /*key*/,
                                             const std::string & /*place*/) override
    {
        return mark;
    }
    Result<void> apply(const std::vector<std::string_view> &records,
                       const AppliedMark &behind) override
    {
        got.insert(got.end(), records.begin(), records.end());
        mark = behind;
        return {};
    }
};

/// Starts behind a checkpoint of epoch 7 whose output, "a" and "b", is on its way.
Result<void> recover(const RunBed &bed, Target &target, PendingOutput said)
{
    OutboxContext context;
    context.key = {"line", "out"};
    context.folder = bed.path(".");
    context.files = &realFileSystem();
    context.target = &target;
    TRY_ASSIGN(
        auto writer,
        OutboxWriter::create(realFileSystem(), context.folder, "outbox-out-7", context.key, 7));
    TRY(writer.add("a"));
    TRY(writer.add("b"));
    TRY_ASSIGN(const OutboxHandle handle, writer.seal());
    const OutboxProgress saved{"the target", "", 5, {{6, "", 0, 0, 0}, handle}, said};
    Outbox outbox(context);
    return outbox.recover(&saved, 7);
}

const std::vector<std::string> kBoth{"a", "b"};

} // namespace

TEST_CASE("output on its way goes to a target that knows it has not got it, once")
{
    const RunBed bed;
    Target target;
    target.mark = AppliedMark{5, 1};
    REQUIRE(recover(bed, target, PendingOutput::Unknown));
    CHECK(target.got == kBoth);
    REQUIRE(recover(bed, target, PendingOutput::Unknown));
    CHECK(target.got == kBoth);
}

TEST_CASE("a target that knows nothing stops the start until a person has said what counts")
{
    const RunBed bed;
    Target target;
    const auto asked = recover(bed, target, PendingOutput::Unknown);
    REQUIRE_FALSE(asked);
    CHECK(asked.error().code == ErrorCode::TargetChanged);
    CHECK(asked.error().hint.find("--applied") != std::string::npos);
    CHECK(target.got.empty());
    REQUIRE(recover(bed, target, PendingOutput::Applied));
    CHECK(target.got.empty());
    // A claim that left its own mark behind and a crash change nothing about that.
    target.mark = AppliedMark{0, 0};
    REQUIRE(recover(bed, target, PendingOutput::Applied));
    CHECK(target.got.empty());
    target.mark.reset();
    REQUIRE(recover(bed, target, PendingOutput::NotApplied));
    CHECK(target.got == kBoth);
}

TEST_CASE("what a person has said does not count where the target knows")
{
    const RunBed bed;
    Target target;
    target.mark = AppliedMark{5, 1};
    REQUIRE(recover(bed, target, PendingOutput::Applied));
    CHECK(target.got == kBoth);
    REQUIRE(recover(bed, target, PendingOutput::NotApplied));
    CHECK(target.got == kBoth);
}

TEST_CASE("a target that is ahead of the newest checkpoint stops the start")
{
    const RunBed bed;
    Target target;
    target.mark = AppliedMark{8, 1};
    const auto refused = recover(bed, target, PendingOutput::Unknown);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::TargetChanged);
}
