#include "store/record_names.h"

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

TEST(RecordNamesTest, it_finds_by_each_end_of_an_id_by_name_and_by_tag) {
  const std::string id = "arn:aws:lambda:eu-west-1:1:function:jobs/nightly";
  const Tag tags[] = {{"Name", "team/web-1"}, {"Owner", "nobody"}};
  RecordNames names;
  names.all_are_known();
  const uint8_t partition = partition_of(id);
  EXPECT_FALSE(names.may_hold(partition, "nightly"));
  names.add(record_of(id, "the:job", tags));
  for (const char* name : {"nightly", "jobs/nightly", "function:jobs/nightly", "the:job", "job",
                           "team/web-1", "web-1", id.c_str()}) {
    EXPECT_TRUE(names.may_hold(partition, name)) << name;
    EXPECT_FALSE(names.may_hold(partition + 1, name)) << name;
  }
  for (const char* name : {"nobody", "jobs", "night", "nightly/", ""}) {
    EXPECT_FALSE(names.may_hold(partition, name)) << name;
  }
}

TEST(RecordNamesTest, until_all_are_known_any_may_be_there) {
  RecordNames names;
  EXPECT_TRUE(names.may_hold(7, "web-1"));
  names.all_are_known();
  EXPECT_FALSE(names.may_hold(7, "web-1"));
  names.add_any(7);
  EXPECT_TRUE(names.may_hold(7, "web-1"));
  EXPECT_FALSE(names.may_hold(6, "web-1"));
  EXPECT_FALSE(names.may_hold(8, "web-1"));
}

TEST(RecordNamesTest, of_a_million_records_a_search_passes_over_nearly_all) {
  RecordNames names;
  names.all_are_known();
  for (int i = 0; i < 1'000'000; ++i) {
    const std::string number = std::to_string(i);
    names.add(record_of("arn:aws:ec2:eu-west-1:1:instance/i-" + number, "web-" + number));
  }
  size_t found = 0;
  for (size_t i = 0; i < RecordNames::kPartitions; ++i) {
    found += names.may_hold(static_cast<uint8_t>(i), "another");
  }
  EXPECT_LE(found, 20u);  // A bit in three is set.
}

}  // namespace
}  // namespace statewire
