#include "ingest/inventory_pass.h"

#include <random>
#include <set>

#include "base/limits.h"
#include "ingest/ingest_for_test.h"
#include "inventory/cloudformation_types.h"
#include "model/notification.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Parts = std::vector<std::string>;

constexpr std::string_view kAccount = "123456789012";
constexpr auto kDay = hours(24);

DeclaredResource resource(std::string type, std::string id, std::string address,
                          bool is_part = false) {
  return {.type = std::move(type),
          .id = std::move(id),
          .account = std::string(kAccount),
          .region = "eu-west-1",
          .address = address,
          .block = std::move(address),
          .is_part = is_part,
          .file = "main.tf",
          .line = 5};
}
DeclaredResource queue(const std::string& name, const std::string& address) {
  return resource("", "arn:aws:sqs:eu-west-1:123456789012:" + name, address);
}
DeclaredResource bucket() { return resource("", "arn:aws:s3:::logs", "aws_s3_bucket.logs"); }
DeclaredResource policy(const std::string& address = "aws_s3_bucket_policy.logs") {
  return resource("", "arn:aws:s3:::logs", address, true);
}
DeclaredResource scaling_group() {
  return resource("AWS::AutoScaling::AutoScalingGroup", "web", "aws_autoscaling_group.web");
}
DeclaredStack stack(std::string name, Time written, std::vector<DeclaredResource> resources) {
  return {.name = std::move(name),
          .tool = "terraform",
          .written = written,
          .resources = std::move(resources),
          .unjoined = {}};
}

std::string call_at(Time time, std::string_view source, std::string_view name,
                    std::string_view request) {
  std::string call =
      call_by_alice(source, name, "00:00", std::string(name) + "-" + format_time(time), request);
  const std::string_view kThen = "2026-11-23T00:00:00Z";
  return call.replace(call.find(kThen), kThen.size(), format_time(time));
}

class InventoryPassTest : public IngestTest {
 protected:
  void SetUp() override {
    IngestTest::SetUp();
    pass_ = std::make_unique<InventoryPass>(*store_, *ingest_, clock_);
  }
  void TearDown() override {
    expect_refolds();
    IngestTest::TearDown();
  }

  uint64_t declare(std::string_view inventory, std::vector<DeclaredStack> stacks,
                   bool is_whole = true, bool has_places = true) {
    InventoryReading reading;
    reading.stacks = std::move(stacks);
    reading.is_whole = is_whole;
    reading.has_places = has_places;
    reading.place = place_;
    const Result<InventoryCounts> counts =
        pass_->declare(inventory, reading, *catalog_, reach_, stop_.get_token());
    CHECK(counts.ok());
    return counts->events;
  }
  uint64_t look() {
    const Result<uint64_t> events = pass_->look_at_records(reach_, hours(1), stop_.get_token());
    CHECK(events.ok());
    return *events;
  }
  uint64_t drop_others(std::initializer_list<std::string_view> names) {
    const Result<uint64_t> events = pass_->drop_others(names, stop_.get_token());
    CHECK(events.ok());
    return *events;
  }
  void put_policy(Time time) {
    fates_of(call_at(time, "s3.amazonaws.com", "PutBucketPolicy",
                     R"({"bucketName":"logs","bucketPolicy":{}})"));
  }
  void set_queue(Time time, const std::string& name) {
    fates_of(call_at(time, "sqs.amazonaws.com", "SetQueueAttributes",
                     R"({"queueUrl":"https://sqs.eu-west-1.amazonaws.com/123456789012/)" + name +
                         R"(","attributes":{"DelaySeconds":"5"}})"));
  }
  Record record(const std::string& id) {
    const std::string_view view = id;
    std::vector<std::optional<Record>> records;
    CHECK(store_->records({&view, 1}, arena_, records).ok());
    return records[0].value_or(Record{});
  }
  Record logs() { return record("arn:aws:s3:::logs"); }
  Record queue_record(const std::string& name) {
    return record("arn:aws:sqs:eu-west-1:123456789012:" + name);
  }
  static Parts addresses(const Record& record, std::string_view inventory) {
    Parts all;
    each_group(group_of(record.declared, inventory), [&](const DeclaredGroup& group) {
      each_item(group, [&](const DeclaredItem& item) {
        all.emplace_back(item.address);
        return true;
      });
      return false;
    });
    return all;
  }

  // What inventories have told since then.
  struct Said {
    std::string id;
    Drift drift;
  };
  std::vector<Said> said_since(uint64_t sequence) {
    std::vector<Said> all;
    for (++sequence; sequence <= store_->last_sequence(); ++sequence) {
      const Result<Entry> entry = store_->entry(sequence, arena_);
      CHECK(entry.ok());
      if (entry->observation.effect != Effect::declare) continue;
      if (entry->told.kind == NotificationKind::none) continue;
      all.push_back({std::string(entry->observation.resource.id), entry->after.drift});
    }
    return all;
  }
  void delete_bucket(Time time) {
    fates_of(call_at(time, "s3.amazonaws.com", "DeleteBucket", R"({"bucketName":"logs"})"));
  }
  void create_queue_by_hand(Time time) {
    fates_of(call_at(time, "sqs.amazonaws.com", "CreateQueue", R"({"queueName":"by-hand"})"));
  }

  std::string place_ = "terraform";
  InventoryReach reach_;
  std::stop_source stop_;
  std::unique_ptr<InventoryPass> pass_;
};

TEST_F(InventoryPassTest, what_is_read_twice_makes_no_event) {
  EXPECT_EQ(declare("shop", {stack("base", kNow - hours(3), {bucket(), policy()})}), 1u);
  EXPECT_EQ(logs().drift, Drift::none);
  EXPECT_EQ(addresses(logs(), "shop"), (Parts{"aws_s3_bucket.logs", "aws_s3_bucket_policy.logs"}));
  EXPECT_EQ(declare("shop", {stack("base", kNow - hours(3), {bucket(), policy()})}), 0u);
}

TEST_F(InventoryPassTest, a_run_after_a_change_ends_its_drift_and_one_before_does_not) {
  declare("shop", {stack("base", kNow - hours(3), {bucket()})});
  put_policy(kNow - hours(2));
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  EXPECT_EQ(declare("shop", {stack("base", kNow - hours(3), {bucket()})}), 0u);
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(declare("shop", {stack("base", kNow - hours(1), {bucket()})}), 1u);
  EXPECT_EQ(logs().drift, Drift::none);
}

// The code was written before the change, and read after it.
TEST_F(InventoryPassTest, a_verdict_is_not_older_than_what_it_judges) {
  put_policy(kNow - hours(2));
  declare("shop", {stack("base", kNow - hours(3), {bucket()})});
  const Result<Entry> entry = store_->entry(store_->last_sequence(), arena_);
  ASSERT_TRUE(entry);
  const Notification told = notification_of(*entry, Teller{});
  ASSERT_EQ(told.kind, NotificationKind::changed);
  EXPECT_EQ(told.drift, Drift::out_of_band);
  EXPECT_EQ(told.drift_since, kNow - hours(2));
  EXPECT_EQ(told.time, entry->received);
  EXPECT_FALSE(told.is_late);
}

DeclaredStack state(uint64_t serial, Time written) {
  DeclaredStack made = stack("base", written, {bucket()});
  made.lineage = "3f1c";
  made.serial = serial;
  return made;
}

// A file that is touched, copied or restored was not written by a run of the tool.
TEST_F(InventoryPassTest, a_run_is_told_by_the_serial_and_not_by_the_time_of_the_file) {
  declare("shop", {state(7, kNow - hours(3))});
  put_policy(kNow - hours(2));
  for (const uint64_t serial : {7, 6}) {
    declare("shop", {state(serial, kNow - hours(1))});
    EXPECT_EQ(look(), 0u);
    EXPECT_EQ(logs().drift, Drift::out_of_band) << serial;
  }
  DeclaredStack copy = state(7, kNow - hours(1));
  copy.name = "copy";
  declare("shop", {copy});
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  pass_ = std::make_unique<InventoryPass>(*store_, *ingest_, clock_);  // A new start.
  reach_ = {};
  declare("shop", {state(7, kNow - hours(1))});
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  declare("shop", {state(8, kNow - hours(1))});
  EXPECT_EQ(logs().drift, Drift::none);
}

TEST_F(InventoryPassTest, a_run_of_which_nobody_knows_when_it_was_ends_no_drift) {
  const Time unknown;
  put_policy(kNow - hours(3));
  declare("shop", {state(7, unknown)});
  EXPECT_EQ(logs().drift, Drift::none);
  put_policy(kNow + minutes(1));
  ASSERT_EQ(logs().drift, Drift::out_of_band);
  clock_.advance(hours(1));
  for (const uint64_t serial : {7, 8, 8}) {
    declare("shop", {state(serial, unknown)});
    EXPECT_EQ(look(), 0u);
    EXPECT_EQ(logs().drift, Drift::out_of_band) << serial;
  }
  place_ = "terraform elsewhere";
  DeclaredStack moved = state(8, unknown);
  moved.resources.front().address = "aws_s3_bucket.moved";
  declare("shop", {moved});
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  moved.serial = 9;
  moved.written = kNow + minutes(30);
  declare("shop", {moved});
  EXPECT_EQ(logs().drift, Drift::none);
  // What is known of a run still holds where the place has forgotten it.
  put_policy(kNow + minutes(20));
  moved.written = unknown;
  declare("shop", {moved});
  look();
  EXPECT_EQ(logs().drift, Drift::none);
}

TEST_F(InventoryPassTest, a_state_of_the_future_covers_up_nothing) {
  declare("shop", {state(7, kNow + kDay)});
  clock_.advance(minutes(2));
  put_policy(kNow + minutes(1));
  declare("shop", {state(7, kNow + kDay)});
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(logs().drift, Drift::out_of_band);
}

TEST_F(InventoryPassTest, a_change_that_comes_after_its_run_was_read_is_over_by_the_next_look) {
  declare("shop", {stack("base", kNow - hours(3), {bucket()})});
  declare("shop", {stack("base", kNow - hours(1), {bucket()})});
  put_policy(kNow - hours(2));
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(logs().drift, Drift::none);
}

TEST_F(InventoryPassTest, a_state_ends_no_drift_of_another_with_its_name) {
  const auto read = [&](Time us) {
    return declare("shop", {stack("prod", kNow - hours(3), {queue("eu", "aws_sqs_queue.eu")}),
                            stack("prod", us, {queue("us", "aws_sqs_queue.us")})});
  };
  read(kNow - hours(4));
  set_queue(kNow - hours(2), "eu");
  EXPECT_EQ(queue_record("eu").drift, Drift::out_of_band);
  read(kNow - hours(1));
  look();
  EXPECT_EQ(queue_record("eu").drift, Drift::out_of_band);
}

TEST_F(InventoryPassTest, cloudformation_ends_the_drift_of_what_it_touches_and_of_nothing_else) {
  DeclaredStack shop = stack("base", kNow - hours(5), {bucket(), queue("jobs", "Jobs")});
  shop.tool = "cloudformation";
  shop.is_written_by_parts = true;
  for (DeclaredResource& each : shop.resources) each.written = kNow - hours(5);
  EXPECT_EQ(declare("stacks", {shop}), 2u);
  EXPECT_EQ(declare("stacks", {shop}), 0u);
  put_policy(kNow - hours(3));
  set_queue(kNow - hours(3), "jobs");
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  EXPECT_EQ(queue_record("jobs").drift, Drift::out_of_band);
  shop.written = kNow - hours(1);
  shop.resources[1].written = kNow - hours(1);
  declare("stacks", {shop});
  look();
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  EXPECT_EQ(queue_record("jobs").drift, Drift::none);
  EXPECT_EQ(declare("stacks", {shop}), 0u);
  EXPECT_EQ(look(), 0u);
}

TEST_F(InventoryPassTest, what_parts_in_stacks_are_of_is_known_by_the_catalog) {
  std::set<std::string, std::less<>> known;
  for (const CatalogRow& row : catalog_->rows()) known.insert(row.type);
  for (const CatalogRow& row : catalog_->call_rows()) known.insert(row.type);
  for (const CloudFormationType& row : cloudformation_types()) {
    EXPECT_TRUE(row.type.empty() || known.contains(row.type)) << row.name << " of " << row.type;
  }
}

TEST_F(InventoryPassTest, a_stack_has_one_owner_whether_tags_or_an_inventory_name_it) {
  fates_of(call_at(kNow - hours(5), "sqs.amazonaws.com", "TagQueue",
                   R"({"queueUrl":"https://sqs.eu-west-1.amazonaws.com/123456789012/jobs","tags":)"
                   R"({"aws:cloudformation:stack-name":"base",)"
                   R"("aws:cloudformation:logical-id":"Jobs"}})"));
  EXPECT_EQ(owner_of(queue_record("jobs")).address, "Jobs");
  EXPECT_EQ(owner_of(queue_record("jobs")).inventory, "");
  DeclaredStack shop = stack("base", kNow - hours(4), {queue("jobs", "Jobs")});
  shop.tool = "cloudformation";
  declare("stacks", {shop});
  const Record jobs = queue_record("jobs");
  EXPECT_EQ(owner_of(jobs).tool, "cloudformation");
  EXPECT_EQ(owner_of(jobs).stack, "base");
  EXPECT_EQ(owner_of(jobs).address, "Jobs");
  EXPECT_EQ(owner_of(jobs).inventory, "stacks");
  EXPECT_EQ(jobs.drift, Drift::none);
  set_queue(kNow - hours(2), "jobs");
  EXPECT_EQ(queue_record("jobs").drift, Drift::out_of_band);
}

TEST_F(InventoryPassTest, only_where_an_inventory_was_read_is_looked_for_what_one_has_left) {
  const auto noted = [&] { return *store_->cursor(kInventorySource); };
  EXPECT_EQ(drop_others({}), 0u);
  EXPECT_EQ(noted(), "");
  declare("shop", {stack("base", kNow - hours(4), {bucket()})});
  EXPECT_NE(noted(), "");
  EXPECT_EQ(drop_others({"shop"}), 0u);
  EXPECT_NE(noted(), "");
  clock_.advance(minutes(1));
  EXPECT_EQ(drop_others({}), 1u);
  EXPECT_EQ(noted(), "");
  EXPECT_EQ(drop_others({}), 0u);
}

TEST_F(InventoryPassTest, a_drift_stays_however_old_it_and_its_state_grow) {
  const Time written = kNow - 60 * kDay;
  const Time changed = kNow - 35 * kDay;
  clock_.set(kNow - 40 * kDay);
  declare("shop", {stack("base", written, {bucket()})});
  clock_.set(changed + minutes(1));
  put_policy(changed);
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  clock_.set(kNow);
  reach_ = {};  // As after a restart.
  declare("shop", {stack("base", written, {bucket()})});
  look();
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  EXPECT_EQ(logs().drift_since, changed);
  // Also where the code says otherwise than before.
  declare("shop", {stack("base", written, {bucket(), policy()})});
  EXPECT_EQ(addresses(logs(), "shop").size(), 2u);
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  declare("shop", {stack("base", kNow - hours(1), {bucket(), policy()})});
  EXPECT_EQ(logs().drift, Drift::none);
}

TEST_F(InventoryPassTest, a_child_follows_its_group_to_another_inventory_and_no_look_repeats_it) {
  const std::string child = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1001";
  fates_of(event(1, "running", 0, "e-1"));
  fates_of(call_at(kNow - hours(5), "ec2.amazonaws.com", "CreateTags",
                   R"({"resourcesSet":{"items":[{"resourceId":"i-1001"}]},"tagSet":{"items":[)"
                   R"({"key":"aws:autoscaling:groupName","value":"web"}]}})"));
  for (const auto& [from, to] : {std::pair{"shop", "app"}, std::pair{"app", "shop"}}) {
    declare(to, {stack("base", kNow - hours(4), {bucket()})});
    declare(from, {stack("base", kNow - hours(3), {scaling_group()})});
    EXPECT_EQ(look(), 1u);
    EXPECT_EQ(addresses(record(child), from), Parts{"aws_autoscaling_group.web"});
    clock_.advance(minutes(1));
    declare(from, {stack("base", kNow - hours(2), {})});
    declare(to, {stack("base", kNow - hours(2), {bucket(), scaling_group()})});
    look();
    EXPECT_EQ(addresses(record(child), to), Parts{"aws_autoscaling_group.web"});
    EXPECT_EQ(addresses(record(child), from), Parts{});
    EXPECT_EQ(owner_of(record(child)).inventory, to);
    clock_.advance(minutes(1));
    EXPECT_EQ(look(), 0u);
    declare(to, {stack("base", kNow - hours(1), {})});
    EXPECT_EQ(look(), 1u);
    EXPECT_FALSE(owner_of(record(child)).is_known());
    clock_.advance(minutes(1));
  }
}

// The group may be declared there by now.
TEST_F(InventoryPassTest, a_child_keeps_its_group_while_a_place_is_missing_that_may_declare_it) {
  const std::string child = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1001";
  fates_of(event(1, "running", 0, "e-1"));
  fates_of(call_at(kNow - hours(5), "ec2.amazonaws.com", "CreateTags",
                   R"({"resourcesSet":{"items":[{"resourceId":"i-1001"}]},"tagSet":{"items":[)"
                   R"({"key":"aws:autoscaling:groupName","value":"web"}]}})"));
  declare("shop", {stack("base", kNow - hours(3), {scaling_group()})});
  EXPECT_EQ(look(), 1u);
  clock_.advance(minutes(1));
  declare("shop", {stack("base", kNow - hours(2), {})});
  reach_.missing["far"] = {{.place = {.name = "eu", .region = "eu-west-1"}, .since = kNow}};
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(addresses(record(child), "shop"), Parts{"aws_autoscaling_group.web"});
  reach_.missing["far"].front().place.region = "us-east-1";
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(addresses(record(child), "shop"), Parts{});
}

// A state that is missing may share the name of the one that was written.
TEST_F(InventoryPassTest, no_drift_ends_late_while_its_inventory_is_not_read_whole) {
  declare("shop", {stack("base", kNow - hours(3), {bucket()})});
  declare("shop", {stack("base", kNow - hours(1), {bucket()})});
  put_policy(kNow - hours(2));
  reach_.missing["shop"] = {{.place = {}, .since = kNow}};
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  reach_.missing["shop"].front().place.account = kAccount;
  EXPECT_EQ(look(), 0u);
  reach_.missing["shop"].front().place.account = "210987654321";
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(logs().drift, Drift::none);
}

TEST_F(InventoryPassTest, a_stack_that_declares_is_not_unmanaged_though_nested_ones_are_declared) {
  const std::string root = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1";
  fates_of(R"({"version":"0","id":"s-1","source":"aws.cloudformation","detail-type":)"
           R"("CloudFormation Stack Status Change","account":"123456789012","region":"eu-west-1",)"
           R"("time":")" +
           format_time(kNow - hours(3)) + R"(","resources":[],"detail":{"stack-id":")" + root +
           R"(","status-details":{"status":"CREATE_COMPLETE"}}})");
  ASSERT_EQ(record(root).phase, Phase::stable);
  declare("stacks", {stack("shop", kNow - hours(3),
                           {resource("AWS::CloudFormation::Stack", root + "/nested", "Network")})});
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(record(root).drift, Drift::unknown);
}

// Its code is a template, and nobody reads templates.
TEST_F(InventoryPassTest, what_a_stack_made_is_not_unmanaged_where_no_stacks_are_read) {
  declare("shop", {stack("base", kNow - hours(3), {bucket(), queue("q", "aws_sqs_queue.q")})});
  fates_of(
      R"({"version":"0","id":"r-1","source":"aws.cloudformation","detail-type":)"
      R"("CloudFormation Resource Status Change","account":"123456789012","region":"eu-west-1",)"
      R"("time":")" +
      format_time(kNow - hours(3)) +
      R"(","resources":[],"detail":{"stack-id":"arn:aws:cloudformation:eu-west-1:123456789012:)"
      R"(stack/jobs/1","logical-resource-id":"Jobs","physical-resource-id":)"
      R"("https://sqs.eu-west-1.amazonaws.com/123456789012/jobs","resource-type":"AWS::SQS::Queue",)"
      R"("status-details":{"status":"CREATE_COMPLETE","status-reason":""}}})");
  ASSERT_EQ(queue_record("jobs").cause.tool, "cloudformation");
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(queue_record("jobs").drift, Drift::unknown);
  DeclaredStack other = stack("other", kNow - hours(3), {bucket()});
  other.tool = "cloudformation";
  declare("stacks", {other});
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(queue_record("jobs").drift, Drift::unmanaged);
}

TEST_F(InventoryPassTest, a_reading_that_is_not_whole_drops_no_part) {
  declare("shop",
          {stack("a", kNow - hours(3), {bucket()}), stack("b", kNow - hours(3), {policy()})});
  const Parts both{"aws_s3_bucket.logs", "aws_s3_bucket_policy.logs"};
  EXPECT_EQ(addresses(logs(), "shop"), both);
  put_policy(kNow - hours(2));
  declare("shop", {stack("a", kNow - hours(1), {bucket()})}, false);
  EXPECT_EQ(addresses(logs(), "shop"), both);
  EXPECT_EQ(logs().drift, Drift::none);
  declare("shop", {stack("b", kNow - hours(1), {policy(), policy("aws_s3_bucket_policy.more")})},
          false);
  EXPECT_EQ(addresses(logs(), "shop").size(), 3u);
  EXPECT_EQ(owner_of(logs()).stack, "a");
  clock_.advance(minutes(1));
  declare("shop", {stack("a", kNow - hours(1), {bucket()})});
  EXPECT_EQ(addresses(logs(), "shop"), Parts{"aws_s3_bucket.logs"});
}

TEST_F(InventoryPassTest, an_inventory_that_is_configured_no_more_declares_nothing) {
  declare("shop", {stack("base", kNow - hours(3), {bucket()})});
  declare("app", {stack("base", kNow - hours(3), {bucket(), queue("q", "aws_sqs_queue.q")})});
  put_policy(kNow - hours(2));
  fates_of(
      call_at(kNow - hours(2), "sqs.amazonaws.com", "CreateQueue", R"({"queueName":"by-hand"})"));
  look();
  EXPECT_EQ(queue_record("by-hand").drift, Drift::unmanaged);
  EXPECT_EQ(drop_others({"app", "shop"}), 0u);
  EXPECT_EQ(drop_others({"app"}), 1u);
  EXPECT_EQ(owner_of(logs()).inventory, "app");
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  clock_.advance(minutes(1));
  EXPECT_EQ(drop_others({}), 3u);
  for (const Record& each : {logs(), queue_record("q"), queue_record("by-hand")}) {
    EXPECT_EQ(each.drift, Drift::unknown) << each.resource.id;
    EXPECT_TRUE(each.declared.empty());
  }
  EXPECT_EQ(drop_others({}), 0u);
}

// The tool deletes it and writes its state; the call that tells of it comes minutes later.
TEST_F(InventoryPassTest, what_its_code_lets_go_of_is_unmanaged_only_after_the_grace) {
  fates_of(call_at(kNow - hours(2), "sqs.amazonaws.com", "CreateQueue", R"({"queueName":"jobs"})"));
  const auto read = [&](std::vector<DeclaredResource> resources, Time written) {
    declare("shop", {stack("base", written, std::move(resources))});
  };
  read({bucket(), queue("jobs", "aws_sqs_queue.jobs")}, kNow - hours(2));
  EXPECT_EQ(queue_record("jobs").drift, Drift::none);
  read({bucket()}, kNow);
  EXPECT_EQ(look(), 0u);
  clock_.advance(minutes(59));
  read({bucket()}, kNow);
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(queue_record("jobs").drift, Drift::unknown);
  clock_.advance(minutes(2));
  read({bucket()}, kNow);
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(queue_record("jobs").drift, Drift::unmanaged);
}

// Its tool made it, and has written its state: nobody has read that yet.
TEST_F(InventoryPassTest, nothing_is_unmanaged_before_each_inventory_was_read_after_the_grace) {
  const auto read = [&](std::string_view inventory, bool is_whole = true) {
    declare(inventory, {stack("base", kNow - hours(3), {bucket(), queue("q", "aws_sqs_queue.q")})},
            is_whole);
  };
  read("shop");
  read("app");
  create_queue_by_hand(kNow);
  clock_.advance(hours(2));
  EXPECT_EQ(look(), 0u);
  read("shop");
  EXPECT_EQ(look(), 0u);
  read("app", false);
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(queue_record("by-hand").drift, Drift::unmanaged);
}

// It is said once, and not at each look and reading.
TEST_F(InventoryPassTest, a_run_says_nothing_of_what_a_person_is_deleting) {
  fates_of(event(1, "running", 0, "e-1"));
  const auto read = [&](Time written) {
    return declare("shop", {stack("base", written,
                                  {resource("AWS::EC2::Instance", "i-1001", "aws_instance.web")})});
  };
  read(kNow - hours(6));
  const std::string id = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1001";
  ASSERT_EQ(record(id).drift, Drift::none);
  fates_of(call_at(parse_time("2026-11-23T09:10:00Z").value(), "ec2.amazonaws.com",
                   "TerminateInstances",
                   R"({"instancesSet":{"items":[{"instanceId":"i-1001"}]}})"));
  fates_of(event(1, "shutting-down", 11 * 60, "e-2"));
  ASSERT_EQ(record(id).drift, Drift::out_of_band);
  EXPECT_EQ(read(kNow), 0u);
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(record(id).drift, Drift::out_of_band);
}

TEST_F(InventoryPassTest, what_is_unmanaged_is_so_no_more_where_nothing_is_declared) {
  declare("shop", {stack("base", kNow - hours(3), {bucket()})});
  fates_of(
      call_at(kNow - hours(2), "sqs.amazonaws.com", "CreateQueue", R"({"queueName":"by-hand"})"));
  look();
  EXPECT_EQ(queue_record("by-hand").drift, Drift::unmanaged);
  reach_.accounts.clear();
  clock_.advance(minutes(1));
  reach_.missing["far"] = {{.place = {.name = "far", .account = std::string(kAccount)}}};
  EXPECT_EQ(look(), 0u);
  reach_.missing["far"].front().place.account = "210987654321";
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(queue_record("by-hand").drift, Drift::unknown);
  EXPECT_EQ(look(), 0u);
}

TEST_F(InventoryPassTest, one_that_leaves_and_comes_back_leaves_the_verdicts_and_tells_nothing) {
  const auto read = [&] {
    declare("shop", {stack("base", kNow - hours(3), {bucket(), queue("q", "aws_sqs_queue.q")})});
    look();
  };
  read();
  delete_bucket(kNow - hours(2));
  set_queue(kNow - hours(2), "q");
  create_queue_by_hand(kNow - hours(2));
  look();
  const uint64_t before = store_->last_sequence();
  const Record lost = logs();
  ASSERT_EQ(lost.drift, Drift::lost);
  ASSERT_EQ(queue_record("q").drift, Drift::out_of_band);
  ASSERT_EQ(queue_record("by-hand").drift, Drift::unmanaged);
  clock_.advance(minutes(1));
  drop_others({});
  for (const Record& each : {logs(), queue_record("q"), queue_record("by-hand")}) {
    EXPECT_EQ(each.drift, Drift::unknown) << each.resource.id;
    EXPECT_FALSE(owner_of(each).is_known());
  }
  clock_.advance(minutes(1));
  reach_ = {};
  read();
  EXPECT_EQ(logs().drift, Drift::lost);
  EXPECT_EQ(logs().drift_since, lost.drift_since);
  EXPECT_EQ(touch_of(logs().touch).actor, "alice");
  EXPECT_EQ(queue_record("q").drift, Drift::out_of_band);
  EXPECT_EQ(queue_record("by-hand").drift, Drift::unmanaged);
  for (const Said& said : said_since(before)) {
    ADD_FAILURE() << said.id << " is told to be " << name_of(said.drift);
  }
}

// A state that was read under another name is the same state.
TEST_F(InventoryPassTest, a_new_name_is_no_news_and_no_run_of_the_tool) {
  declare("shop", {state(7, kNow - hours(3))});
  put_policy(kNow - hours(2));
  ASSERT_EQ(logs().drift, Drift::out_of_band);
  const uint64_t before = store_->last_sequence();
  clock_.advance(minutes(1));
  pass_ = std::make_unique<InventoryPass>(*store_, *ingest_, clock_);
  reach_ = {};
  drop_others({"store"});
  declare("store", {state(7, kNow - hours(1))});  // The file was touched.
  look();
  EXPECT_EQ(owner_of(logs()).inventory, "store");
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  EXPECT_TRUE(said_since(before).empty());
  clock_.advance(minutes(1));
  declare("store", {state(8, kNow)});
  EXPECT_EQ(logs().drift, Drift::none);
  EXPECT_EQ(said_since(before).size(), 1u);
}

// Copies have one lineage, and serials of their own.
TEST_F(InventoryPassTest, a_copy_of_a_state_elsewhere_is_another_state) {
  place_ = "terraform, eu";
  DeclaredStack copy = state(50, kNow - hours(3));
  copy.resources = {queue("q", "aws_sqs_queue.q")};
  declare("eu", {copy});
  place_ = "terraform, us";
  declare("us", {state(20, kNow - hours(3))});
  put_policy(kNow - hours(2));
  ASSERT_EQ(logs().drift, Drift::out_of_band);
  clock_.advance(minutes(1));
  declare("us", {state(21, kNow)});
  EXPECT_EQ(logs().drift, Drift::none);
}

// Another kind, or another place: what it does not declare may be declared there still.
TEST_F(InventoryPassTest, one_that_reads_elsewhere_withdraws_and_one_that_reads_on_drops) {
  place_ = "terraform, a";
  declare("shop", {stack("base", kNow - hours(3), {bucket(), queue("q", "aws_sqs_queue.q")})});
  put_policy(kNow - hours(2));
  set_queue(kNow - hours(2), "q");
  const uint64_t before = store_->last_sequence();
  clock_.advance(minutes(1));
  place_ = "cloudformation";
  declare("shop", {stack("web", kNow - hours(3), {queue("r", "Jobs")})});
  EXPECT_FALSE(owner_of(logs()).is_known());
  EXPECT_EQ(logs().drift, Drift::unknown);
  EXPECT_TRUE(said_since(before).empty());
  clock_.advance(minutes(1));
  place_ = "terraform, a";
  declare("shop", {stack("base", kNow - hours(3), {bucket(), queue("q", "aws_sqs_queue.q")})});
  EXPECT_EQ(logs().drift, Drift::out_of_band);
  EXPECT_EQ(queue_record("q").drift, Drift::out_of_band);
  EXPECT_TRUE(said_since(before).empty());
  clock_.advance(minutes(1));
  declare("shop", {stack("base", kNow - hours(3), {bucket()})});
  EXPECT_EQ(queue_record("q").drift, Drift::unknown);
  EXPECT_EQ(said_since(before).size(), 1u);
}

// "No code declares it" would be said of what nobody reads any more.
TEST_F(InventoryPassTest, what_a_removed_one_declared_is_not_unmanaged) {
  declare("shop", {stack("base", kNow - hours(3), {bucket(), queue("q", "aws_sqs_queue.q")})});
  declare("app", {stack("base", kNow - hours(3), {queue("r", "aws_sqs_queue.r")})});
  set_queue(kNow - hours(2), "q");
  set_queue(kNow - hours(2), "r");
  clock_.advance(minutes(1));
  const uint64_t before = store_->last_sequence();
  reach_ = {};
  drop_others({"app"});
  declare("app", {stack("base", kNow - hours(3), {queue("r", "aws_sqs_queue.r")})});
  look();
  EXPECT_EQ(queue_record("q").drift, Drift::unknown);
  EXPECT_EQ(queue_record("r").drift, Drift::out_of_band);
  EXPECT_TRUE(said_since(before).empty());
}

TEST_F(InventoryPassTest, what_ended_while_nobody_read_its_code_is_lost_when_it_is_read_again) {
  declare("shop", {stack("base", kNow - hours(3), {bucket()})});
  drop_others({});
  clock_.advance(minutes(10));
  delete_bucket(kNow + minutes(5));
  EXPECT_EQ(logs().drift, Drift::unknown);
  const uint64_t before = store_->last_sequence();
  declare("shop", {stack("base", kNow - hours(3), {bucket()})});
  EXPECT_EQ(logs().drift, Drift::lost);
  EXPECT_EQ(said_since(before).size(), 1u);
}

// Restarts, removals, new names and returns, between changes by hand and runs of the tool: a
// verdict is told once, and ends only by a run.
TEST_F(InventoryPassTest, whatever_becomes_of_the_configuration_a_verdict_is_told_once) {
  constexpr std::string_view kInventories[] = {"shop", "store"};
  for (uint32_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    stop();
    SetUp();
    clock_.set(kNow);
    reach_ = {};
    std::mt19937 random(seed);
    Drift expected = Drift::none;
    Drift expected_by_hand = Drift::unknown;  // Of what no code declares.
    size_t news = 0;
    size_t name = 0;
    bool is_configured = true;
    Time written = kNow - hours(3);
    uint64_t serial = 1;
    std::string steps;
    create_queue_by_hand(kNow - hours(3));
    declare("shop", {state(serial, written)});
    for (int step = 0; step < 12; ++step) {
      clock_.advance(minutes(3));
      const Time now = clock_.now();
      switch (random() % 7) {
        case 0:
          steps += " removed";
          is_configured = false;
          break;
        case 1:
          steps += " renamed";
          name = 1 - name;
          is_configured = true;
          break;
        case 2:
          steps += " returned";
          is_configured = true;
          break;
        case 3:
          if (!is_configured || expected == Drift::lost) break;
          steps += " changed";
          put_policy(now - minutes(1));
          expected = Drift::out_of_band;
          break;
        case 4:
          if (!is_configured || random() % 3 != 0 || expected == Drift::lost) break;
          steps += " deleted";
          delete_bucket(now - minutes(1));
          expected = Drift::lost;
          break;
        case 5:
          if (!is_configured) break;
          steps += " run";
          written = now;
          ++serial;
          news += expected == Drift::out_of_band;
          if (expected == Drift::out_of_band) expected = Drift::none;
          break;
        default:
          break;
      }
      // Each time as after a start.
      pass_ = std::make_unique<InventoryPass>(*store_, *ingest_, clock_);
      reach_ = {};
      if (!is_configured) {
        drop_others({});
      } else {
        drop_others({kInventories[name]});
        DeclaredStack declared = state(serial, written);
        declared.resources.push_back(queue("q", "aws_sqs_queue.q"));
        declare(kInventories[name], {declared});
        look();
        if (expected_by_hand == Drift::unknown) ++news;
        expected_by_hand = Drift::unmanaged;
      }
      SCOPED_TRACE(steps);
      EXPECT_EQ(logs().drift, is_configured ? expected : Drift::unknown);
      EXPECT_EQ(queue_record("by-hand").drift, is_configured ? expected_by_hand : Drift::unknown);
      EXPECT_EQ(owner_of(logs()).is_known(), is_configured);
      EXPECT_EQ(said_since(0).size(), news);
      if (HasFailure()) return;
    }
    expect_refolds();
  }
}

// What a record cannot hold as it is written is compared as the record holds it.
TEST_F(InventoryPassTest, long_and_strange_addresses_are_compared_as_they_are_kept) {
  const std::string strange =
      "aws_s3_bucket_policy.x[\"a\tb\x1e"
      "p\x1f"
      "forged\x1d\"]";
  const std::string longest = "aws_s3_bucket_policy.y[\"" + std::string(2000, 'k') + "\"]";
  DeclaredStack declared = stack("ba\tse", kNow - hours(3), {bucket(), policy(strange)});
  declared.resources.push_back(policy(longest));
  declared.resources.back().file = "folder\t/" + std::string(2000, 'f');
  EXPECT_EQ(declare("shop", {declared}), 1u);
  EXPECT_EQ(addresses(logs(), "shop").size(), 3u);
  EXPECT_EQ(declare("shop", {declared}), 0u);
}

TEST_F(InventoryPassTest, what_a_record_has_no_room_for_is_left_out_and_not_said_again) {
  std::vector<DeclaredResource> all{bucket()};
  for (int i = 0; i < 40; ++i) {
    all.push_back(policy("aws_s3_bucket_policy.p[\"" + std::string(220, 'k') +
                         std::to_string(100 + i) + "\"]"));
    all.back().file = std::string(250, 'f');
  }
  const DeclaredStack declared = stack("base", kNow - hours(3), all);
  EXPECT_EQ(declare("shop", {declared}), 1u);
  EXPECT_EQ(addresses(logs(), "shop").front(), "aws_s3_bucket.logs");
  EXPECT_LE(logs().declared.size(), kDeclaredBytesMax);
  EXPECT_EQ(declare("shop", {declared}), 0u);
  EXPECT_EQ(declare("another", {declared}), 0u);
  EXPECT_LE(logs().declared.size(), kDeclaredBytesMax);
}

TEST_F(InventoryPassTest, what_ended_is_lost_only_if_its_code_was_read_since) {
  const std::string id = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1001";
  const DeclaredStack declared = stack(
      "base", kNow - 5 * hours(1), {resource("AWS::EC2::Instance", "i-1001", "aws_instance.web")});
  clock_.set(kNow - hours(4));
  fates_of(event(1, "running", 0, "e-0"));
  declare("shop", {declared});
  clock_.set(kNow - 2 * hours(1));
  fates_of(event(1, "terminated", 30 * 60, "e-1"));  // At 09:30.
  EXPECT_EQ(record(id).phase, Phase::gone);
  clock_.set(kNow);
  EXPECT_EQ(look(), 0u);
  EXPECT_EQ(record(id).drift, Drift::none);
  declare("shop", {declared});
  EXPECT_EQ(look(), 1u);
  EXPECT_EQ(record(id).drift, Drift::lost);
}

TEST_F(InventoryPassTest, code_that_is_away_takes_no_file_and_line_away) {
  DeclaredResource known = bucket();
  declare("shop", {stack("base", kNow - hours(3), {known})});
  known.file.clear();
  known.line = 0;
  EXPECT_EQ(declare("shop", {stack("base", kNow - hours(3), {known})}, true, false), 0u);
  EXPECT_EQ(owner_of(logs()).file, "main.tf");
  put_policy(kNow - hours(2));
  EXPECT_EQ(declare("shop", {stack("base", kNow - hours(1), {known})}, true, false), 1u);
  EXPECT_EQ(logs().drift, Drift::none);
  EXPECT_EQ(owner_of(logs()).file, "main.tf");
  EXPECT_EQ(declare("shop", {stack("base", kNow - hours(1), {known})}), 1u);
  EXPECT_EQ(owner_of(logs()).file, "");
}

}  // namespace
}  // namespace statewire
