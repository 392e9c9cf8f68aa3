#include "store/delivery_codec.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

DeliveryRow full_row() {
  DeliveryRow row;
  row.stage = Stage::rate;
  row.first_sequence = 7;
  row.last_sequence = 9'000'000'000;
  row.members = 30;
  row.id = "0123";
  row.resource = "r";
  row.type = "t";
  row.content_type = "c";
  row.header = "h";
  row.payload = std::string("p\0q", 3);
  row.attempts = 4;
  row.tried_for = Duration(0);
  row.due = from_ns(-5);
  row.wait = Duration(6);
  row.last_detail = "http 503";
  row.is_redriven = true;
  row.recipients = "c@x";
  row.settled_recipients = "a@x,b@x";
  row.form = "slack:csv";
  row.tried_at = UINT64_MAX;
  row.recorded = from_ns(-12);
  row.entry = "e";
  row.waits_for_cause = true;
  row.waits_for_tags = true;
  row.digest = {.kinds = {{"EC2 instance gone", 29}, {"", 1}, {"trail main gone", 2, 13}},
                .first_time = from_ns(11),
                .severity = 13};
  row.group = {.key = "terraform/ci",
               .tool = "terraform",
               .stack = "shop",
               .stack_id = "arn:aws:shop",
               .actor = "ci",
               .account = "123456789012",
               .region = "eu-west-1",
               .times = {.began = from_ns(15),
                         .last = from_ns(12),
                         .announced = from_ns(16),
                         .ended = from_ns(13),
                         .tells_end = true},
               .latest = from_ns(14),
               .told = "0a1b",
               .told_members = 29,
               .has_news = true,
               .resources = {{0, 1, false}, {7, 0, true}, {UINT64_MAX, 2, true}},
               .failures = {"first", "second"},
               .failures_told = 1,
               .names = {{7, "AWS::S3::Bucket", "logs", "arn:aws:s3:::logs"}, {0, "", "", ""}}};
  return row;
}

std::string bytes_of(const DeliveryRow& row) {
  ByteWriter out;
  encode_delivery(row, out);
  return std::string(out.view());
}

// A group that would be counted on with what is not there.
TEST(DeliveryCodec, a_group_that_is_not_whole_is_damaged) {
  const auto is_damaged = [](auto spoil) {
    DeliveryRow row = full_row();
    row.stage = Stage::group;
    EXPECT_TRUE(decode_delivery(bytes_of(row)).ok());
    spoil(row);
    return !decode_delivery(bytes_of(row)).ok();
  };
  EXPECT_TRUE(is_damaged([](DeliveryRow& row) { row.group.resources[1].kind = 3; }));
  EXPECT_TRUE(is_damaged([](DeliveryRow& row) { row.group.told_members = 31; }));
  EXPECT_TRUE(is_damaged([](DeliveryRow& row) { row.group.failures_told = 3; }));
  EXPECT_TRUE(is_damaged([](DeliveryRow& row) { row.group.key.clear(); }));
  EXPECT_TRUE(is_damaged([](DeliveryRow& row) {
    std::swap(row.group.resources[0].hash, row.group.resources[1].hash);
  }));
}

TEST(DeliveryCodec, a_row_comes_back_as_it_was) {
  const Result<DeliveryRow> row = decode_delivery(bytes_of(full_row()));
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(bytes_of(*row), bytes_of(full_row()));
  EXPECT_EQ(row->last_sequence, 9'000'000'000u);
  EXPECT_EQ(row->tried_for, Duration(0));
  EXPECT_EQ(row->digest.kinds, full_row().digest.kinds);
  EXPECT_EQ(row->group, full_row().group);
  EXPECT_EQ(row->header, "h");
  EXPECT_EQ(row->settled_recipients, "a@x,b@x");
  EXPECT_EQ(row->recipients, "c@x");
  EXPECT_EQ(row->form, "slack:csv");
  EXPECT_EQ(row->tried_at, UINT64_MAX);
  EXPECT_EQ(row->recorded, from_ns(-12));
}

// It had no place of its own there.
TEST(DeliveryCodec, a_group_of_an_earlier_version_began_with_its_digest) {
  DeliveryRow before = full_row();
  before.group.times.began = Time();
  const Result<DeliveryRow> row = decode_delivery(bytes_of(before));
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(row->group.times.began, from_ns(11));
}

TEST(DeliveryCodec, a_field_of_a_later_version_is_skipped) {
  std::string bytes = bytes_of(full_row());
  bytes += "\x7f\x03new";
  const Result<DeliveryRow> row = decode_delivery(bytes);
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(bytes_of(*row), bytes_of(full_row()));
}

TEST(DeliveryCodec, what_is_cut_or_of_another_format_is_damaged) {
  std::string bytes = bytes_of(full_row());
  EXPECT_EQ(decode_delivery(bytes.substr(0, bytes.size() - 1)).error().kind, ErrorKind::damaged);
  EXPECT_EQ(decode_delivery("").error().kind, ErrorKind::damaged);
  bytes[0] = 3;
  EXPECT_EQ(decode_delivery(bytes).error().kind, ErrorKind::damaged);
}

TEST(DeliveryCodec, a_parked_row_has_its_delivery) {
  ByteWriter out;
  encode_parked({.delivery = full_row(),
                 .parked = from_ns(3),
                 .last_status = -1,
                 .reason = "rejected",
                 .is_gap = true},
                out);
  const Result<ParkedRow> row = decode_parked(out.view());
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(bytes_of(row->delivery), bytes_of(full_row()));
  EXPECT_EQ(row->last_status, -1);
  EXPECT_EQ(row->reason, "rejected");
  EXPECT_TRUE(row->is_gap);
}

}  // namespace
}  // namespace statewire
