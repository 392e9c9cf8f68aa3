#include "store/block.h"

#include <gtest/gtest.h>

#include "model/told_time.h"
#include "store/ledger_codec.h"
#include "store/sample_entries.h"

namespace statewire {
namespace {

const Time kRecorded = from_ns(1'795'424'402'318'000'000);

LedgerDelta sample_delta() {
  LedgerDelta delta;
  LedgerRow& row = delta.rows.emplace_back();
  row.source = "http", row.account = "123456789012", row.region = "eu-west-1";
  row.received = 300;
  row.fates[0] = 299, row.fates[6] = 1;
  delta.unrecognised.push_back({"http", "aws.glue", "Glue Job", 7, kRecorded, "{}"});
  delta.refusals.push_back({"http", "a.json:3", Fate::rejected, "too large", "{", kRecorded});
  return delta;
}

class BlockTest : public testing::Test {
 protected:
  // Entries first_.. first_+count-1.
  std::string random_block(uint64_t seed, size_t count) {
    RandomEntries random(seed, arena_);
    writer_.begin(first_, kRecorded);
    texts_.clear();
    for (size_t i = 0; i < count; ++i) {
      const Entry entry = random.entry(first_ + i, kRecorded);
      writer_.add(entry);
      texts_.push_back(EntryText::of(entry));
    }
    return std::string(writer_.finish(sample_delta()));
  }

  uint64_t first_ = 1'000'000;
  BlockWriter writer_;
  Arena arena_;
  std::vector<std::string> texts_;
};

TEST_F(BlockTest, every_field_of_random_entries_comes_back) {
  const uint64_t seed = std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  for (uint64_t round = 0; round < 20; ++round) {
    const std::string bytes = random_block(seed + round, 50);
    const auto reader = BlockReader::open(bytes);
    ASSERT_TRUE(reader) << reader.error().text;
    EXPECT_EQ(reader->first_sequence(), first_);
    EXPECT_EQ(reader->recorded(), kRecorded);
    ASSERT_EQ(reader->size(), texts_.size());
    for (size_t i = texts_.size(); i-- > 0;) {
      Arena arena;
      const auto entry = reader->entry(i, arena);
      ASSERT_TRUE(entry) << entry.error().text;
      EXPECT_EQ(EntryText::of(*entry), texts_[i]) << "seed " << seed + round << ", entry " << i;
      const Observation& seen = entry->observation;
      const Result<Time> time = reader->time_of(i);
      ASSERT_TRUE(time) << time.error().text;
      EXPECT_EQ(*time, told_time(seen.effect, seen.key, entry->received)) << "entry " << i;
    }
  }
}

TEST_F(BlockTest, a_copied_entry_outlives_the_block) {
  auto bytes = std::make_unique<std::string>(random_block(7, 20));
  Arena arena;
  const Entry entry = *BlockReader::open(*bytes)->entry_copy(13, arena);
  std::fill(bytes->begin(), bytes->end(), 'x');
  bytes.reset();
  EXPECT_EQ(EntryText::of(entry), texts_[13]);
}

TEST_F(BlockTest, the_writer_reads_its_own_entries_while_it_grows) {
  RandomEntries random(11, arena_);
  writer_.begin(first_, kRecorded);
  Arena arena;
  std::vector<Entry> read;
  for (size_t i = 0; i < 200; ++i) {
    const Entry entry = random.entry(first_ + i, kRecorded);
    writer_.add(entry);
    texts_.push_back(EntryText::of(entry));
    const auto again = writer_.entry(first_ + i, arena);
    ASSERT_TRUE(again);
    read.push_back(*again);
  }
  for (size_t i = 0; i < read.size(); ++i) EXPECT_EQ(EntryText::of(read[i]), texts_[i]);
  EXPECT_EQ(writer_.entry(first_ + 200, arena).error().kind, ErrorKind::not_found);
  EXPECT_EQ(writer_.entry(first_ - 1, arena).error().kind, ErrorKind::not_found);
}

TEST_F(BlockTest, the_ledger_comes_back) {
  const auto delta = BlockReader::open(random_block(1, 1))->ledger();
  ASSERT_TRUE(delta);
  ASSERT_EQ(delta->rows.size(), 1u);
  EXPECT_EQ(delta->rows[0].account, "123456789012");
  EXPECT_EQ(delta->rows[0].fates[6], 1u);
  EXPECT_TRUE(delta->rows[0].adds_up());
  ASSERT_EQ(delta->unrecognised.size(), 1u);
  EXPECT_EQ(delta->unrecognised[0].count, 7u);
  EXPECT_EQ(delta->unrecognised[0].last, kRecorded);
  ASSERT_EQ(delta->refusals.size(), 1u);
  EXPECT_EQ(delta->refusals[0].fate, Fate::rejected);
  EXPECT_EQ(delta->refusals[0].reason, "too large");
}

TEST_F(BlockTest, a_batch_without_entries_is_a_block) {
  const std::string bytes = random_block(1, 0);
  const auto reader = BlockReader::open(bytes);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->size(), 0u);
  EXPECT_EQ(reader->first_sequence(), first_);
  EXPECT_TRUE(reader->ledger());
}

TEST_F(BlockTest, a_writer_begun_again_remembers_nothing) {
  const std::string once = random_block(5, 30);
  random_block(6, 300);
  EXPECT_EQ(random_block(5, 30), once);
}

TEST_F(BlockTest, no_part_of_a_block_is_a_block) {
  const std::string bytes = random_block(3, 4);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto reader = BlockReader::open(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(reader) << size;
    EXPECT_EQ(reader.error().kind, ErrorKind::damaged);
  }
}

TEST_F(BlockTest, a_flipped_bit_is_noticed) {
  std::string bytes = random_block(3, 2);
  for (size_t at = 0; at < bytes.size(); ++at) {
    bytes[at] ^= static_cast<char>(1 << (at % 8));
    EXPECT_FALSE(BlockReader::open(bytes)) << at;
    bytes[at] ^= static_cast<char>(1 << (at % 8));
  }
}

// The checksum guards against disks; these bytes were made by someone who can hash.
TEST_F(BlockTest, wrong_bytes_under_a_right_checksum_do_no_harm) {
  const std::string original = random_block(9, 3);
  std::mt19937_64 random(9);
  size_t refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = original;
    bytes[1 + random() % (bytes.size() - 9)] = static_cast<char>(random());
    to_little_endian(hash64(std::string_view(bytes).substr(0, bytes.size() - 8)),
                     bytes.data() + bytes.size() - 8);
    const auto reader = BlockReader::open(bytes);
    if (!reader) {
      ++refused;
      continue;
    }
    Arena arena;
    for (size_t i = 0; i < reader->size(); ++i) refused += !reader->entry(i, arena).ok();
    refused += !reader->ledger().ok();
  }
  EXPECT_GT(refused, 0u);
}

TEST_F(BlockTest, a_newer_format_is_named) {
  std::string bytes = random_block(3, 1);
  bytes[0] = 3;
  const auto reader = BlockReader::open(bytes);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().text, "a journal block has format 3, and this program reads 2");
}

TEST_F(BlockTest, typical_entries_take_little_room) {
  writer_.begin(first_, kRecorded);
  for (uint64_t i = 0; i < 1000; ++i) {
    writer_.add(typical_entry(first_ + i, i * 7919 % 100'000, kRecorded, arena_));
  }
  EXPECT_LT(writer_.finish({}).size(), 350'000u);
}

TEST(RecordCodecTest, every_field_of_random_records_comes_back) {
  const uint64_t seed = std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  Arena arena;
  RandomEntries random(seed, arena);
  std::string bytes;
  for (int round = 0; round < 1000; ++round) {
    const Record record = random.entry(5, kRecorded).after;
    encode_record(record, bytes);
    const auto again = decode_record(bytes, arena);
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ(EntryText::of(*again), EntryText::of(record));
  }
}

TEST(RecordCodecTest, an_empty_record_comes_back) {
  std::string bytes;
  encode_record(Record{}, bytes);
  Arena arena;
  EXPECT_EQ(EntryText::of(*decode_record(bytes, arena)), EntryText::of(Record{}));
}

TEST(RecordCodecTest, a_part_or_more_than_a_record_is_damaged) {
  Arena arena;
  std::string bytes;
  encode_record(RandomEntries(4, arena).entry(5, kRecorded).after, bytes);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto record = decode_record(std::string_view(bytes).substr(0, size), arena);
    ASSERT_FALSE(record) << size;
    EXPECT_EQ(record.error().kind, ErrorKind::damaged);
  }
  EXPECT_FALSE(decode_record(bytes + "x", arena));
  bytes[0] = 9;
  EXPECT_EQ(decode_record(bytes, arena).error().text,
            "a record has format 9, and this program reads 2");
}

}  // namespace
}  // namespace statewire
