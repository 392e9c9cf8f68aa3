#include "store/record_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace statewire {
namespace {

std::string found(const RecordCache& cache, uint64_t hash) {
  Arena arena;
  std::vector<std::string_view> out;
  cache.find(std::span(&hash, 1), arena, out);
  return std::string(out[0]);
}

TEST(RecordCacheTest, what_it_finds_is_what_was_written_last) {
  const uint64_t seed = std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  RecordCache cache(200'000);
  std::map<uint64_t, std::string> written;
  size_t hits = 0;
  for (int round = 0; round < 50'000; ++round) {
    // Few low bits: long probes, and evictions out of their middle.
    const uint64_t hash = (random() % 64) | (random() % 64) << 40;
    const std::string value(1 + random() % 400, static_cast<char>('a' + random() % 26));
    const RecordCache::Item item{hash, value};
    cache.update({&item, 1});
    written[hash] = value;
    const uint64_t other = (random() % 64) | (random() % 64) << 40;
    const std::string known = found(cache, other);
    if (known.empty()) continue;
    ASSERT_EQ(known, written.at(other));
    ++hits;
    ASSERT_LE(cache.bytes(), 200'000u);
  }
  EXPECT_GT(hits, 1000u);
}

TEST(RecordCacheTest, a_value_read_before_an_update_is_not_learned_after_it) {
  RecordCache cache(100'000);
  const uint64_t epoch = cache.epoch();
  const RecordCache::Item old_item{7, "old"};
  const RecordCache::Item new_item{7, "new"};
  cache.update({&new_item, 1});
  cache.learn({&old_item, 1}, epoch);
  EXPECT_EQ(found(cache, 7), "new");
  cache.learn({&old_item, 1}, cache.epoch());
  EXPECT_EQ(found(cache, 7), "old");
}

TEST(RecordCacheTest, what_is_used_stays) {
  RecordCache cache(100'000);
  const std::string value(100, 'x');
  for (uint64_t hash = 0; hash < 5000; ++hash) {
    const RecordCache::Item item{hash * 0x9e3779b97f4a7c15, value};
    cache.update({&item, 1});
    EXPECT_EQ(found(cache, 0), value) << hash;
  }
  EXPECT_EQ(found(cache, 0x9e3779b97f4a7c15), "");
}

// As the store does for each commit: what is not found is learned, and all is written.
TEST(RecordCacheTest, of_more_than_fits_a_part_stays_though_all_are_written_in_turn) {
  constexpr uint64_t kRecords = 2'000;
  constexpr size_t kValueBytes = 327;
  RecordCache cache(kRecords * (kValueBytes + 32) * 3 / 4);
  const std::string value(kValueBytes, 'x');
  constexpr int kRounds = 20;
  size_t hits = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (uint64_t record = 0; record < kRecords; ++record) {
      const RecordCache::Item item{record * 0x9e3779b97f4a7c15, value};
      if (found(cache, item.hash).empty()) {
        cache.learn({&item, 1}, cache.epoch());
      } else {
        ++hits;
      }
      cache.update({&item, 1});
    }
  }
  EXPECT_GT(hits, kRecords * kRounds / 2);
}

TEST(RecordCacheTest, values_take_little_more_than_their_bytes) {
  constexpr size_t kValueBytes = 327;
  RecordCache cache(1 << 20);
  const size_t before = cache.bytes();
  const std::string value(kValueBytes, 'x');
  for (uint64_t hash = 0; hash < 100; ++hash) {
    const RecordCache::Item item{hash * 0x9e3779b97f4a7c15, value};
    cache.update({&item, 1});
  }
  EXPECT_LE(cache.bytes() - before, 100 * (kValueBytes + 24));
}

TEST(RecordCacheTest, one_without_room_keeps_nothing) {
  RecordCache cache(0);
  const RecordCache::Item item{7, "value"};
  cache.update({&item, 1});
  EXPECT_EQ(found(cache, 7), "");
}

}  // namespace
}  // namespace statewire
