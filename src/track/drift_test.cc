#include "track/drift.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "model/withheld.h"
#include "track/fold.h"

namespace statewire {
namespace {

using std::chrono::minutes;

constexpr Time kDriftStart{std::chrono::seconds(1'770'000'000)};
constexpr std::string_view kBucket = "arn:aws:s3:::logs";

std::string group_text(std::string_view inventory, std::string_view tool,
                       std::initializer_list<std::string_view> addresses,
                       std::string_view via = {}) {
  std::string packed;
  append_header({.inventory = inventory, .tool = tool, .stack = "base", .via = via, .items = {}},
                packed);
  bool is_part = false;
  for (const std::string_view address : addresses) {
    append_item({.is_part = is_part, .address = address, .file = "s3.tf", .line = "12"}, packed);
    is_part = true;
  }
  return packed;
}

// Observations of one bucket, `at` so long after the start.
class Maker {
 public:
  Observation observation(Duration at, Effect effect) {
    Observation made;
    made.key.set_time(kDriftStart + at);
    made.key.event_id = {hash128("test", {std::to_string(++made_)})};
    made.effect = effect;
    made.resource.id = kBucket;
    made.resource.type = "AWS::S3::Bucket";
    return made;
  }
  Observation state(Duration at, Phase phase, Cause cause) {
    Observation made = observation(at, Effect::state);
    made.phase = phase;
    made.value = phase == Phase::gone ? "DeleteBucket" : "CreateBucket";
    made.cause = cause;
    if (cause.kind == CauseKind::human || cause.kind == CauseKind::deployment) {
      made.cause.call = made.value;
    }
    return made;
  }
  // The resource comes into `phase`, and only a call says why.
  Observation asked(Duration at, std::string_view call, PhaseSet toward, Cause cause) {
    Observation made = observation(at, Effect::cause);
    made.origin.type = call;
    made.toward = toward;
    made.cause = cause;
    made.cause.call = call;
    return made;
  }
  Observation reached(Duration at, Phase phase) {
    Observation made = state(at, phase, {});
    made.key.stage = 1;
    made.value = name_of(phase);
    return made;
  }
  Observation call(Duration at, std::string_view name, Cause cause) {
    Observation made = observation(at, Effect::configure);
    made.origin.type = name;
    made.cause = cause;
    made.cause.call = name;
    return made;
  }
  Observation declare(Duration at, std::string_view word, std::string_view group) {
    Observation made = observation(at, Effect::declare);
    made.value = word;
    made.declared = group;
    return made;
  }

 private:
  size_t made_ = 0;
};

Cause bob() {
  return {.kind = CauseKind::human,
          .confidence = Confidence::certain,
          .actor = "bob",
          .tool = "console",
          .evidence = "event-of-bob"};
}
Cause by_terraform() {
  return {.kind = CauseKind::deployment,
          .confidence = Confidence::likely,
          .actor = "ci",
          .tool = "terraform",
          .evidence = "event-of-ci"};
}
Cause by_cloudformation() {
  return {.kind = CauseKind::deployment,
          .confidence = Confidence::certain,
          .actor = "shop",
          .tool = "cloudformation",
          .via = "cloudformation.amazonaws.com",
          .evidence = "event-of-stack"};
}
Cause of_kind(CauseKind kind) {
  return {.kind = kind, .confidence = Confidence::certain, .evidence = "event"};
}

// A journal in memory.
class DriftJournal final : public Views {
 public:
  Result<void> records(std::span<const std::string_view> ids, Arena&,
                       std::vector<std::optional<Record>>& out) override {
    out.clear();
    for (const std::string_view id : ids) {
      const auto found = records_.find(id);
      out.push_back(found == records_.end() ? std::nullopt : std::optional(found->second));
    }
    return {};
  }
  Result<std::string_view> resource_of_alias(std::string_view, Arena&) override {
    return std::string_view();
  }
  Result<Entry> entry(uint64_t sequence, Arena&) override {
    if (sequence == 0 || sequence > entries_.size()) return not_found("no such entry");
    return entries_[sequence - 1];
  }

  // Each in a commit of its own.
  void fold(const Observation& observation) {
    Fold fold(*this);
    fold.begin(entries_.size() + 1, kDriftStart);
    const Result<Folded> folded = fold.take({observation, "test", observation.time()});
    ASSERT_TRUE(folded.ok());
    last_told_ = {};
    if (folded->entry == nullptr) return;
    Entry entry = *folded->entry;
    own_texts(entry.after, arena_);
    entry.observation.resource.id = kBucket;
    last_told_ = entry.told;
    entries_.push_back(entry);
    records_[kBucket] = entry.after;
    records_[kBucket].last_sequence = entry.sequence;
  }
  const Record& record() const { return records_.at(kBucket); }
  const Told& last_told() const { return last_told_; }

 private:
  Arena arena_;
  std::vector<Entry> entries_;
  std::map<std::string_view, Record> records_;
  Told last_told_;
};

class DriftTest : public ::testing::Test {
 protected:
  const std::string shop_ =
      group_text("shop", "terraform", {"aws_s3_bucket.logs", "aws_s3_bucket_policy.logs"});
  const std::string none_ = group_text("shop", "terraform", {});
  Maker make_;
  DriftJournal journal_;

  void declare_bucket() {
    journal_.fold(make_.state(minutes(0), Phase::stable, by_terraform()));
    journal_.fold(make_.declare(minutes(1), kDeclaredWord, shop_));
  }
  Drift drift() const { return journal_.record().drift; }
};

TEST_F(DriftTest, what_nobody_has_read_is_unknown) {
  journal_.fold(make_.state(minutes(0), Phase::stable, bob()));
  journal_.fold(make_.call(minutes(1), "PutBucketPolicy", bob()));
  EXPECT_EQ(drift(), Drift::unknown);
}

// The state was read before the call by which its tool had made the bucket arrived.
TEST_F(DriftTest, what_was_read_before_makes_no_event_a_late_one) {
  journal_.fold(make_.declare(minutes(5), kReadWord, shop_));
  journal_.fold(make_.state(minutes(0), Phase::stable, by_terraform()));
  EXPECT_EQ(journal_.last_told().kind, NotificationKind::transition);
  EXPECT_FALSE(journal_.last_told().late);
  // What lies behind another event of the provider is late, whatever was read.
  journal_.fold(make_.call(minutes(3), "PutBucketPolicy", by_terraform()));
  EXPECT_FALSE(journal_.last_told().late);
  journal_.fold(make_.call(minutes(2), "PutBucketTagging", by_terraform()));
  EXPECT_TRUE(journal_.last_told().late);
}

// What it caused has passed, and the state of now has another cause.
TEST_F(DriftTest, a_late_call_that_takes_it_out_of_its_code_is_told) {
  declare_bucket();
  journal_.fold(make_.state(minutes(10), Phase::deprovisioning, {}));
  journal_.fold(make_.state(minutes(12), Phase::stable, {}));
  ASSERT_EQ(drift(), Drift::none);
  Observation call = make_.observation(minutes(9), Effect::cause);
  call.toward = static_cast<PhaseSet>(phase_bit(Phase::deprovisioning));
  call.cause = bob();
  journal_.fold(call);
  EXPECT_EQ(drift(), Drift::out_of_band);
  EXPECT_EQ(journal_.last_told().kind, NotificationKind::amended);
}

// It had settled before somebody moved it on: what seemed to be the same state was another one.
TEST_F(DriftTest, a_late_settling_that_says_who_took_it_out_of_its_code_is_told) {
  declare_bucket();
  Observation stop = make_.state(minutes(10), Phase::changing, {});
  stop.settles_after = minutes(1);
  journal_.fold(stop);
  journal_.fold(make_.state(minutes(12), Phase::changing, bob()));
  ASSERT_EQ(drift(), Drift::none);
  Observation settle = make_.state(minutes(11), Phase::stopped, {});
  settle.flags = kSettle;
  journal_.fold(settle);
  EXPECT_EQ(drift(), Drift::out_of_band);
  EXPECT_EQ(journal_.last_told().kind, NotificationKind::amended);
}

// Its end is known already; that its tool ended it, too, takes the verdict back.
TEST_F(DriftTest, a_second_end_by_its_tool_is_told_where_it_was_lost) {
  declare_bucket();
  journal_.fold(make_.state(minutes(10), Phase::gone, bob()));
  ASSERT_EQ(drift(), Drift::lost);
  journal_.fold(make_.state(minutes(11), Phase::gone, by_terraform()));
  EXPECT_EQ(drift(), Drift::none);
  EXPECT_EQ(journal_.last_told().kind, NotificationKind::amended);
  journal_.fold(make_.state(minutes(12), Phase::gone, by_terraform()));
  EXPECT_EQ(journal_.last_told().kind, NotificationKind::none);
}

TEST_F(DriftTest, what_its_tool_does_is_none) {
  declare_bucket();
  journal_.fold(make_.call(minutes(2), "PutBucketPolicy", by_terraform()));
  EXPECT_EQ(drift(), Drift::none);
  EXPECT_EQ(owner_of(journal_.record()).address, "aws_s3_bucket.logs");
}

TEST_F(DriftTest, a_hand_change_names_who_what_and_the_part) {
  declare_bucket();
  journal_.fold(make_.call(minutes(2), "PutBucketPolicy", bob()));
  EXPECT_EQ(drift(), Drift::out_of_band);
  EXPECT_EQ(journal_.record().drift_since, kDriftStart + minutes(2));
  EXPECT_EQ(touch_of(journal_.record().touch).actor, "bob");
  EXPECT_EQ(touch_of(journal_.record().touch).what, "PutBucketPolicy");
  EXPECT_EQ(owner_of(journal_.record()).part, "aws_s3_bucket_policy.logs");
}

TEST_F(DriftTest, it_ends_when_its_tool_changes_the_resource) {
  declare_bucket();
  journal_.fold(make_.call(minutes(2), "PutBucketPolicy", bob()));
  journal_.fold(make_.call(minutes(3), "PutBucketPolicy", by_terraform()));
  EXPECT_EQ(drift(), Drift::none);
  EXPECT_TRUE(journal_.record().touch.empty());
}

TEST_F(DriftTest, it_ends_when_its_tool_has_run_and_that_is_told) {
  declare_bucket();
  journal_.fold(make_.call(minutes(2), "PutBucketPolicy", bob()));
  journal_.fold(make_.declare(minutes(9), kDeclaredWord, shop_));
  EXPECT_EQ(drift(), Drift::none);
  EXPECT_EQ(journal_.last_told().kind, NotificationKind::changed);
}

// It asked for the stop, and not for what came after it.
TEST_F(DriftTest, it_does_not_end_by_what_its_tool_did_not_ask_for) {
  declare_bucket();
  Observation stop = make_.observation(minutes(2), Effect::cause);
  stop.toward = phase_bit(Phase::changing) | phase_bit(Phase::stopped);
  stop.cause = by_terraform();
  stop.cause.evidence = "event-of-stop";
  journal_.fold(stop);
  journal_.fold(make_.state(minutes(3), Phase::changing, {}));
  journal_.fold(make_.call(minutes(4), "PutBucketPolicy", bob()));
  journal_.fold(make_.state(minutes(20), Phase::stable, {}));
  EXPECT_EQ(journal_.record().cause.kind, CauseKind::unknown);
  EXPECT_EQ(drift(), Drift::out_of_band);
}

// What its tool asked for long ago, and did not get, is not why it is gone.
TEST_F(DriftTest, an_end_that_its_tool_asked_for_days_before_is_not_its_own) {
  for (const bool is_long_ago : {false, true}) {
    DriftJournal journal;
    journal.fold(make_.state(minutes(0), Phase::stable, by_terraform()));
    journal.fold(make_.declare(minutes(1), kDeclaredWord, shop_));
    Observation end = make_.observation(minutes(2), Effect::cause);
    end.toward = phase_bit(Phase::deprovisioning) | phase_bit(Phase::gone);
    end.cause = by_terraform();
    end.cause.evidence = "event-of-end";
    journal.fold(end);
    journal.fold(make_.state(minutes(is_long_ago ? 2 * 24 * 60 : 5), Phase::gone, bob()));
    EXPECT_EQ(journal.record().drift, is_long_ago ? Drift::lost : Drift::none);
  }
}

TEST_F(DriftTest, it_does_not_end_by_being_read) {
  declare_bucket();
  journal_.fold(make_.call(minutes(2), "PutBucketPolicy", bob()));
  journal_.fold(make_.declare(minutes(9), kReadWord, shop_));
  EXPECT_EQ(drift(), Drift::out_of_band);
  EXPECT_EQ(journal_.last_told().kind, NotificationKind::none);
}

TEST_F(DriftTest, a_change_after_the_run_stays_however_late_the_run_is_read) {
  declare_bucket();
  journal_.fold(make_.call(minutes(5), "PutBucketPolicy", bob()));
  journal_.fold(make_.declare(minutes(4), kDeclaredWord, shop_));
  EXPECT_EQ(drift(), Drift::out_of_band);
}

TEST_F(DriftTest, autoscaling_and_services_are_no_drift) {
  declare_bucket();
  for (const CauseKind kind :
       {CauseKind::autoscaling, CauseKind::service, CauseKind::provider, CauseKind::unknown}) {
    journal_.fold(
        make_.call(minutes(2 + static_cast<int>(kind)), "PutBucketPolicy", of_kind(kind)));
    EXPECT_EQ(drift(), Drift::none) << name_of(kind);
  }
}

TEST_F(DriftTest, autoscaling_and_services_leave_a_drift_as_it_was) {
  declare_bucket();
  journal_.fold(make_.call(minutes(2), "PutBucketPolicy", bob()));
  const std::string touch(journal_.record().touch);
  for (const CauseKind kind :
       {CauseKind::autoscaling, CauseKind::service, CauseKind::provider, CauseKind::unknown}) {
    journal_.fold(
        make_.call(minutes(3 + static_cast<int>(kind)), "PutBucketPolicy", of_kind(kind)));
    EXPECT_EQ(drift(), Drift::out_of_band) << name_of(kind);
    EXPECT_EQ(journal_.record().touch, touch);
    EXPECT_EQ(journal_.record().drift_since, kDriftStart + minutes(2));
  }
}

TEST_F(DriftTest, an_end_by_autoscaling_is_none_and_by_a_service_is_lost) {
  for (const CauseKind kind : {CauseKind::autoscaling, CauseKind::service, CauseKind::provider}) {
    DriftJournal fresh;
    std::swap(journal_, fresh);
    declare_bucket();
    journal_.fold(make_.state(minutes(2), Phase::gone, of_kind(kind)));
    EXPECT_EQ(drift(), kind == CauseKind::autoscaling ? Drift::none : Drift::lost) << name_of(kind);
  }
}

// A transition is ascribed to a call of Bob's, and then Auto Scaling says that it was its own.
TEST_F(DriftTest, a_corrected_cause_withdraws_the_verdict_of_the_one_before) {
  declare_bucket();
  Observation hint = make_.observation(minutes(2), Effect::cause);
  hint.toward = phase_bit(Phase::stopped);
  hint.cause = bob();
  hint.cause.call = "DisableRule";
  Observation stopped = make_.state(minutes(3), Phase::stopped, {});
  stopped.key.stage = 1;
  Observation corrects = make_.observation(minutes(4), Effect::cause);
  corrects.key.stage = 1;
  corrects.toward = phase_bit(Phase::stopped);
  corrects.cause = of_kind(CauseKind::autoscaling);
  corrects.cause.actor = "web";
  journal_.fold(hint);
  journal_.fold(stopped);
  EXPECT_EQ(drift(), Drift::out_of_band);
  journal_.fold(corrects);
  EXPECT_EQ(journal_.record().cause.kind, CauseKind::autoscaling);
  EXPECT_EQ(drift(), Drift::none);
  EXPECT_TRUE(journal_.record().touch.empty());
}

TEST_F(DriftTest, a_corrected_cause_leaves_a_drift_that_began_before) {
  declare_bucket();
  journal_.fold(make_.call(minutes(1) + std::chrono::seconds(30), "PutBucketPolicy", bob()));
  Observation hint = make_.observation(minutes(2), Effect::cause);
  hint.toward = phase_bit(Phase::stopped);
  hint.cause = bob();
  Observation stopped = make_.state(minutes(3), Phase::stopped, {});
  stopped.key.stage = 1;
  Observation corrects = make_.observation(minutes(4), Effect::cause);
  corrects.key.stage = 1;
  corrects.toward = phase_bit(Phase::stopped);
  corrects.cause = of_kind(CauseKind::autoscaling);
  for (const Observation& each : {hint, stopped, corrects}) journal_.fold(each);
  EXPECT_EQ(drift(), Drift::out_of_band);
}

TEST_F(DriftTest, another_tool_is_out_of_band) {
  declare_bucket();
  journal_.fold(make_.call(minutes(2), "PutBucketPolicy", by_cloudformation()));
  EXPECT_EQ(drift(), Drift::out_of_band);
}

TEST_F(DriftTest, a_role_that_the_configuration_says_deploys_is_its_tool) {
  declare_bucket();
  Cause cause = of_kind(CauseKind::deployment);
  cause.actor = "ci-deployer";
  for (const std::string_view tool :
       {"aws-cli", "boto3", "python-requests", "teamcity", "azure-pipelines", "semaphore", ""}) {
    cause.tool = tool;
    journal_.fold(make_.call(minutes(2), "PutBucketPolicy", cause));
    EXPECT_EQ(drift(), Drift::none) << tool;
  }
}

TEST_F(DriftTest, another_tool_in_a_role_that_deploys_is_out_of_band) {
  declare_bucket();
  Cause cause = of_kind(CauseKind::deployment);
  cause.actor = "ci-deployer";
  cause.tool = "pulumi";
  journal_.fold(make_.call(minutes(2), "PutBucketPolicy", cause));
  EXPECT_EQ(drift(), Drift::out_of_band);
}

// Deleting what is deleted says that the code does not want it, whoever was first.
TEST_F(DriftTest, what_a_person_and_its_tool_delete_is_not_lost) {
  for (const bool is_tool_first : {false, true}) {
    DriftJournal fresh;
    std::swap(journal_, fresh);
    declare_bucket();
    Observation by_bob = make_.state(minutes(2), Phase::gone, bob());
    Observation by_tool = make_.state(minutes(3), Phase::gone, by_terraform());
    if (is_tool_first) std::swap(by_bob.key.time_ns, by_tool.key.time_ns);
    for (const Observation& each : {by_bob, by_tool}) journal_.fold(each);
    EXPECT_EQ(drift(), Drift::none) << is_tool_first;
  }
}

TEST_F(DriftTest, an_end_that_its_tool_asked_for_before_a_person_did_is_not_lost) {
  declare_bucket();
  for (const auto& [at, cause] : {std::pair(minutes(2), by_terraform()), {minutes(3), bob()}}) {
    Observation hint = make_.observation(at, Effect::cause);
    hint.toward = phase_bit(Phase::gone);
    hint.cause = cause;
    journal_.fold(hint);
  }
  Observation gone = make_.state(minutes(4), Phase::gone, {});
  gone.key.stage = 1;
  journal_.fold(gone);
  EXPECT_EQ(drift(), Drift::none);
}

TEST_F(DriftTest, what_a_person_deletes_is_lost_and_what_its_tool_deletes_is_not) {
  declare_bucket();
  journal_.fold(make_.state(minutes(2), Phase::gone, bob()));
  EXPECT_EQ(drift(), Drift::lost);
  DriftJournal other;
  std::swap(journal_, other);
  declare_bucket();
  journal_.fold(make_.state(minutes(2), Phase::gone, by_terraform()));
  EXPECT_EQ(drift(), Drift::none);
}

TEST_F(DriftTest, what_nobody_is_known_to_have_deleted_waits_for_an_inventory_that_declares_it) {
  declare_bucket();
  journal_.fold(make_.state(minutes(2), Phase::gone, Cause{}));
  EXPECT_EQ(drift(), Drift::none);
  journal_.fold(make_.declare(minutes(60), kLostWord, shop_));
  EXPECT_EQ(drift(), Drift::lost);
  EXPECT_EQ(journal_.last_told().kind, NotificationKind::changed);
}

TEST_F(DriftTest, what_is_lost_stays_so_whatever_is_called_on_it) {
  declare_bucket();
  journal_.fold(make_.state(minutes(2), Phase::gone, bob()));
  const std::string touch(journal_.record().touch);
  for (const Cause& cause : {bob(), by_terraform(), of_kind(CauseKind::service)}) {
    journal_.fold(make_.call(minutes(3), "PutBucketPolicy", cause));
    EXPECT_EQ(drift(), Drift::lost);
    EXPECT_EQ(journal_.record().touch, touch);
  }
  const Tag tags[] = {{"team", "web"}};
  Observation tagged = make_.observation(minutes(4), Effect::tag);
  tagged.tags = tags;
  tagged.cause = bob();
  journal_.fold(tagged);
  EXPECT_EQ(drift(), Drift::lost);
  journal_.fold(make_.declare(minutes(9), kDeclaredWord, shop_));
  EXPECT_EQ(drift(), Drift::lost);
}

TEST_F(DriftTest, what_its_tool_deleted_is_not_out_of_band_by_what_is_called_on_it) {
  declare_bucket();
  journal_.fold(make_.state(minutes(2), Phase::gone, by_terraform()));
  journal_.fold(make_.call(minutes(3), "PutBucketPolicy", bob()));
  EXPECT_EQ(drift(), Drift::none);
}

TEST_F(DriftTest, an_end_names_the_whole_also_after_a_change_of_a_part) {
  declare_bucket();
  journal_.fold(make_.call(minutes(2), "PutBucketPolicy", bob()));
  journal_.fold(make_.state(minutes(3), Phase::gone, bob()));
  EXPECT_EQ(drift(), Drift::lost);
  EXPECT_EQ(touch_of(journal_.record().touch).part, "");
  EXPECT_EQ(owner_of(journal_.record()).part, "");
  EXPECT_EQ(owner_of(journal_.record()).address, "aws_s3_bucket.logs");
}

TEST_F(DriftTest, what_is_declared_no_more_has_no_owner) {
  declare_bucket();
  journal_.fold(make_.declare(minutes(2), kDroppedWord, none_));
  EXPECT_EQ(drift(), Drift::unknown);
  EXPECT_FALSE(owner_of(journal_.record()).is_known());
}

TEST_F(DriftTest, what_is_withdrawn_has_no_owner_and_its_verdict_comes_back_untold) {
  declare_bucket();
  journal_.fold(make_.call(minutes(2), "PutBucketPolicy", bob()));
  const std::string touch(journal_.record().touch);
  const auto expect_untold = [&](Drift expected) {
    EXPECT_EQ(drift(), expected);
    EXPECT_EQ(journal_.last_told().kind, NotificationKind::none);
  };
  journal_.fold(make_.declare(minutes(3), kWithdrawnWord, none_));
  expect_untold(Drift::unknown);
  EXPECT_FALSE(owner_of(journal_.record()).is_known());
  journal_.fold(make_.declare(minutes(4), kReadWord, shop_));
  expect_untold(Drift::out_of_band);
  EXPECT_EQ(journal_.record().touch, touch);
  EXPECT_EQ(journal_.record().drift_since, kDriftStart + minutes(2));
  const std::string other = group_text("store", "terraform", {"aws_s3_bucket.logs"});
  journal_.fold(make_.declare(minutes(5), kReadWord, other));
  journal_.fold(make_.declare(minutes(6), kWithdrawnWord, none_));
  expect_untold(Drift::out_of_band);
  journal_.fold(make_.declare(minutes(7), kWithdrawnWord, group_text("store", "terraform", {})));
  expect_untold(Drift::unknown);
  journal_.fold(make_.declare(minutes(8), kDeclaredWord, shop_));
  EXPECT_EQ(drift(), Drift::none);
  EXPECT_EQ(journal_.last_told().kind, NotificationKind::changed);
}

TEST_F(DriftTest, a_withheld_unmanaged_ends_where_tags_name_an_owner) {
  journal_.fold(make_.state(minutes(0), Phase::stable, bob()));
  journal_.fold(make_.declare(minutes(90), kUnmanagedWord, {}));
  journal_.fold(make_.declare(minutes(91), kWithdrawnWord, none_));
  ASSERT_EQ(standing_drift(journal_.record()), Drift::unmanaged);
  const Tag tags[] = {{"aws:cloudformation:logical-id", "Logs"},
                      {"aws:cloudformation:stack-name", "shop"}};
  Observation tagged = make_.observation(minutes(92), Effect::tag);
  tagged.tags = tags;
  journal_.fold(tagged);
  EXPECT_EQ(drift(), Drift::none);
}

TEST_F(DriftTest, what_nobody_declares_is_unmanaged_until_somebody_does) {
  journal_.fold(make_.state(minutes(0), Phase::stable, bob()));
  journal_.fold(make_.declare(minutes(90), kUnmanagedWord, {}));
  EXPECT_EQ(drift(), Drift::unmanaged);
  EXPECT_EQ(journal_.last_told().kind, NotificationKind::changed);
  journal_.fold(make_.declare(minutes(91), kReadWord, shop_));
  EXPECT_EQ(drift(), Drift::none);
}

TEST_F(DriftTest, tags_of_a_stack_name_the_owner) {
  const Tag tags[] = {{"aws:cloudformation:logical-id", "Logs"},
                      {"aws:cloudformation:stack-name", "shop"}};
  Observation tagged = make_.state(minutes(0), Phase::stable, by_cloudformation());
  tagged.tags = tags;
  journal_.fold(tagged);
  EXPECT_EQ(drift(), Drift::none);
  EXPECT_EQ(owner_of(journal_.record()).address, "Logs");
  journal_.fold(make_.call(minutes(2), "PutBucketPolicy", bob()));
  EXPECT_EQ(drift(), Drift::out_of_band);
  journal_.fold(make_.call(minutes(3), "PutBucketPolicy", by_cloudformation()));
  EXPECT_EQ(drift(), Drift::none);
}

// Starting and stopping it sets nothing that its code declares.
TEST_F(DriftTest, who_starts_and_stops_it_leaves_the_drift_as_it_was) {
  constexpr PhaseSet kStop = phase_bit(Phase::changing) | phase_bit(Phase::stopped);
  constexpr PhaseSet kStart = phase_bit(Phase::provisioning) | phase_bit(Phase::stable);
  for (const bool is_changed : {false, true}) {
    DriftJournal fresh;
    std::swap(journal_, fresh);
    declare_bucket();
    if (is_changed) journal_.fold(make_.call(minutes(2), "PutBucketPolicy", bob()));
    const Drift before = drift();
    const std::string touch(journal_.record().touch);
    const auto expect_same = [&](std::string_view actor) {
      EXPECT_EQ(drift(), before) << actor;
      EXPECT_EQ(journal_.record().touch, touch) << actor;
      EXPECT_EQ(journal_.record().cause.actor, actor);
    };
    int at = 3;
    for (const Cause& who : {bob(), by_terraform()}) {
      journal_.fold(make_.asked(minutes(at++), "StopInstances", kStop, who));
      journal_.fold(make_.reached(minutes(at++), Phase::changing));
      expect_same(who.actor);
      journal_.fold(make_.reached(minutes(at++), Phase::stopped));
      expect_same(who.actor);
      journal_.fold(make_.asked(minutes(at++), "StartInstances", kStart, who));
      journal_.fold(make_.reached(minutes(at++), Phase::stable));
      expect_same(who.actor);
      journal_.fold(make_.call(minutes(at++), "RebootInstances", who));
      EXPECT_EQ(drift(), before);
    }
  }
}

TEST_F(DriftTest, who_switches_off_what_code_switches_on_takes_it_out_of_its_code) {
  declare_bucket();
  Observation off = make_.state(minutes(2), Phase::stopped, bob());
  off.cause.call = "StopLogging";
  off.resource.type = "AWS::CloudTrail::Trail";
  journal_.fold(off);
  EXPECT_EQ(drift(), Drift::out_of_band);
  EXPECT_EQ(touch_of(journal_.record().touch).what, "StopLogging");
}

// Nobody said that a setting was changed.
TEST_F(DriftTest, a_state_of_which_no_call_is_known_is_no_drift_unless_it_ends) {
  declare_bucket();
  Observation moved = make_.reached(minutes(2), Phase::degraded);
  moved.cause = bob();
  journal_.fold(moved);
  EXPECT_EQ(drift(), Drift::none);
  Observation ends = make_.reached(minutes(3), Phase::deprovisioning);
  ends.cause = bob();
  journal_.fold(ends);
  EXPECT_EQ(drift(), Drift::out_of_band);
}

class EndingTest : public DriftTest {
 protected:
  static constexpr PhaseSet kEnd = phase_bit(Phase::deprovisioning) | phase_bit(Phase::gone);
  void SetUp() override {
    declare_bucket();
    journal_.fold(make_.asked(minutes(2), "TerminateInstances", kEnd, bob()));
    journal_.fold(make_.reached(minutes(3), Phase::deprovisioning));
    ASSERT_EQ(drift(), Drift::out_of_band);
  }
};

TEST_F(EndingTest, a_run_ends_no_drift_of_what_a_person_is_deleting) {
  journal_.fold(make_.declare(minutes(4), kDeclaredWord, shop_));
  EXPECT_EQ(drift(), Drift::out_of_band);
  EXPECT_EQ(journal_.last_told().kind, NotificationKind::none);
  journal_.fold(make_.call(minutes(5), "PutBucketPolicy", by_terraform()));
  EXPECT_EQ(drift(), Drift::out_of_band);
  journal_.fold(make_.reached(minutes(6), Phase::gone));
  EXPECT_EQ(drift(), Drift::lost);
  journal_.fold(make_.declare(minutes(7), kDeclaredWord, shop_));
  EXPECT_EQ(drift(), Drift::lost);
}

TEST_F(EndingTest, what_its_code_lets_go_of_meanwhile_has_no_verdict) {
  journal_.fold(make_.declare(minutes(4), kDroppedWord, none_));
  EXPECT_EQ(drift(), Drift::unknown);
}

// Only a run that came after it can have looked at what it is by now.
TEST_F(EndingTest, what_did_not_end_is_as_declared_after_the_next_run) {
  journal_.fold(make_.declare(minutes(4), kDeclaredWord, shop_));
  journal_.fold(make_.reached(minutes(6), Phase::stable));
  EXPECT_EQ(drift(), Drift::out_of_band);
  EXPECT_EQ(journal_.record().drift_since, kDriftStart + minutes(6));
  journal_.fold(make_.declare(minutes(7), kDeclaredWord, shop_));
  EXPECT_EQ(drift(), Drift::none);
}

TEST_F(EndingTest, it_is_not_withheld_for_longer_than_its_inventory) {
  journal_.fold(make_.declare(minutes(4), kWithdrawnWord, none_));
  EXPECT_EQ(drift(), Drift::unknown);
  journal_.fold(make_.declare(minutes(5), kDeclaredWord, shop_));
  EXPECT_EQ(drift(), Drift::out_of_band);
}

TEST_F(DriftTest, what_its_tool_deletes_is_no_drift_whatever_was_changed_before) {
  declare_bucket();
  journal_.fold(make_.call(minutes(2), "PutBucketPolicy", bob()));
  Observation ends = make_.reached(minutes(3), Phase::deprovisioning);
  ends.cause = by_terraform();
  ends.cause.call = "TerminateInstances";
  journal_.fold(ends);
  EXPECT_EQ(drift(), Drift::none);
}

// Whatever the order of arrival, and however often each comes.
TEST_F(DriftTest, any_order_of_changes_and_snapshots_ends_in_the_same_owner_and_drift) {
  const std::string other = group_text("other", "cloudformation", {"Logs"});
  const std::string moved = group_text("shop", "terraform", {"module.a.aws_s3_bucket.logs"});
  const std::string no_other = group_text("other", "cloudformation", {});
  for (uint32_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto below = [&](size_t end) { return random() % end; };
    const std::string_view groups[] = {shop_, none_, other, moved, no_other};
    std::vector<Observation> all;
    const size_t count = 2 + below(9);
    for (size_t i = 0; i < count; ++i) {
      const Duration at = minutes(below(12)) + std::chrono::seconds(i);
      const Cause causes[] = {bob(),
                              by_terraform(),
                              by_cloudformation(),
                              Cause{},
                              of_kind(CauseKind::autoscaling),
                              of_kind(CauseKind::service)};
      const Cause cause = causes[below(std::size(causes))];
      switch (below(6)) {
        case 5:
          all.push_back(make_.observation(at, Effect::cause));
          all.back().key.stage = static_cast<uint8_t>(below(2));
          all.back().toward = kAllPhases;
          all.back().cause = cause;
          break;
        case 0:
          all.push_back(make_.state(at, below(2) == 0 ? Phase::stable : Phase::gone, cause));
          all.back().flags |= kReusableId;
          break;
        case 1:
          all.push_back(make_.call(at, "PutBucketPolicy", cause));
          break;
        case 2:
          all.push_back(make_.declare(at, kUnmanagedWord, {}));
          break;
        default: {
          const std::string_view group = groups[below(std::size(groups))];
          const bool drops = group == none_ || group == no_other;
          const std::string_view words[] = {kDeclaredWord, kReadWord, kLostWord};
          const std::string_view ends[] = {kDroppedWord, kWithdrawnWord};
          all.push_back(make_.declare(at, drops ? ends[below(2)] : words[below(3)], group));
        }
      }
    }
    std::vector<Observation> in_order = all;
    std::ranges::sort(in_order, {}, &Observation::key);
    DriftJournal first;
    for (const Observation& each : in_order) first.fold(each);
    for (int round = 0; round < 4; ++round) {
      std::vector<Observation> shuffled = all;
      for (size_t repeats = below(4); repeats > 0; --repeats) {
        shuffled.push_back(all[below(all.size())]);
      }
      std::ranges::shuffle(shuffled, random);
      DriftJournal other_order;
      for (const Observation& each : shuffled) other_order.fold(each);
      EXPECT_EQ(other_order.record().declared, first.record().declared);
      EXPECT_EQ(other_order.record().drift, first.record().drift);
      EXPECT_EQ(other_order.record().drift_since, first.record().drift_since);
      EXPECT_EQ(other_order.record().touch, first.record().touch);
      EXPECT_EQ(other_order.record().phase, first.record().phase);
    }
  }
}

}  // namespace
}  // namespace statewire
