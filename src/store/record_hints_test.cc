#include "store/record_hints.h"

#include <gtest/gtest.h>

#include <string>

#include "store/store.h"

namespace statewire {
namespace {

Record record_of(std::string_view id, std::string_view name = {}, std::span<const Tag> tags = {}) {
  Record record;
  record.resource.id = id;
  record.resource.name = name;
  record.tags = tags;
  return record;
}

TEST(RecordHintsTest, it_finds_by_each_end_of_an_id_by_name_and_by_tag) {
  const std::string id = "arn:aws:lambda:eu-west-1:1:function:jobs/nightly";
  const Tag tags[] = {{"Name", "team/web-1"}, {"Owner", "nobody"}};
  RecordHints hints;
  hints.all_are_known();
  const uint8_t partition = partition_of(id);
  EXPECT_FALSE(hints.may_hold(partition, "nightly"));
  hints.add(record_of(id, "the:job", tags));
  for (const char* name : {"nightly", "jobs/nightly", "function:jobs/nightly", "the:job", "job",
                           "team/web-1", "web-1", id.c_str()}) {
    EXPECT_TRUE(hints.may_hold(partition, name)) << name;
    EXPECT_FALSE(hints.may_hold(partition + 1, name)) << name;
  }
  for (const char* name : {"nobody", "jobs", "night", "nightly/", ""}) {
    EXPECT_FALSE(hints.may_hold(partition, name)) << name;
  }
}

TEST(RecordHintsTest, until_all_are_known_any_may_be_there) {
  RecordHints hints;
  EXPECT_TRUE(hints.may_hold(7, "web-1"));
  hints.all_are_known();
  EXPECT_FALSE(hints.may_hold(7, "web-1"));
  hints.add_any(7);
  EXPECT_TRUE(hints.may_hold(7, "web-1"));
  EXPECT_FALSE(hints.may_hold(6, "web-1"));
  EXPECT_FALSE(hints.may_hold(8, "web-1"));
}

TEST(RecordHintsTest, no_record_has_a_later_time_than_is_said) {
  RecordHints hints;
  EXPECT_EQ(hints.newest_since(7), Time::max()) << "until all are known";
  hints.all_are_known();
  Record record = record_of("arn:aws:ec2:eu-west-1:1:instance/i-1");
  const uint8_t partition = partition_of(record.resource.id);
  for (const int second : {10, 30, 20}) {
    record.since = Time() + std::chrono::seconds(second);
    hints.add(record);
  }
  EXPECT_EQ(hints.newest_since(partition), Time() + std::chrono::seconds(30));
  EXPECT_EQ(hints.newest_since(partition + 1), Time());
  hints.add_any(partition);
  EXPECT_EQ(hints.newest_since(partition), Time::max());
}

TEST(RecordHintsTest, of_a_million_records_a_search_passes_over_nearly_all) {
  RecordHints hints;
  hints.all_are_known();
  for (int i = 0; i < 1'000'000; ++i) {
    const std::string number = std::to_string(i);
    hints.add(record_of("arn:aws:ec2:eu-west-1:1:instance/i-" + number, "web-" + number));
  }
  size_t found = 0;
  for (size_t i = 0; i < RecordHints::kPartitions; ++i) {
    found += hints.may_hold(static_cast<uint8_t>(i), "another");
  }
  EXPECT_LE(found, 20u);  // A bit in three is set.
}

}  // namespace
}  // namespace statewire
