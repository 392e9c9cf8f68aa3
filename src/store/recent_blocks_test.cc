#include "store/recent_blocks.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

// Ten sequences, and so many bytes.
std::shared_ptr<const OpenedBlock> block_from(uint64_t first, size_t bytes) {
  StoredBlock block{first, first + 9, std::make_shared<const std::string>(bytes, 'x')};
  return std::make_shared<const OpenedBlock>(OpenedBlock{std::move(block), {}});
}

TEST(ReadBlocksTest, what_was_used_last_stays_within_the_bytes) {
  ReadBlocks blocks(300);
  for (const uint64_t first : {10, 20, 30}) blocks.add(block_from(first, 100));
  EXPECT_EQ(blocks.holding(19)->block.first_sequence, 10u);
  blocks.add(block_from(40, 100));
  EXPECT_EQ(blocks.holding(25), nullptr) << "it was used longest ago";
  for (const uint64_t first : {10, 30, 40}) {
    ASSERT_NE(blocks.holding(first + 9), nullptr);
    EXPECT_EQ(blocks.holding(first + 9), blocks.holding(first)) << "opened once";
  }
  EXPECT_EQ(blocks.holding(9), nullptr);
  EXPECT_EQ(blocks.holding(50), nullptr);
  EXPECT_EQ(blocks.bytes(), 300u);
}

TEST(ReadBlocksTest, one_block_is_kept_however_large) {
  ReadBlocks blocks(300);
  blocks.add(block_from(10, 100));
  blocks.add(block_from(20, 5000));
  EXPECT_NE(blocks.holding(20), nullptr);
  EXPECT_EQ(blocks.bytes(), 5000u);
  blocks.add(block_from(30, 100));
  EXPECT_EQ(blocks.holding(20), nullptr);
  EXPECT_EQ(blocks.bytes(), 100u);
}

}  // namespace
}  // namespace statewire
