// The disk keeps what was synced and nothing that it did not choose to. The end of its scope is
// the loss of power.
#include "volatile_disk.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/check.h"

namespace statewire {
namespace {

constexpr uint64_t kSeeds = 64;  // So many ways of writing back early.

class VolatileDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "statewire-disk-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string root() const { return folder_ + "/root"; }
  std::unique_ptr<VolatileDisk> plug_in(uint64_t seed) const {
    return std::make_unique<VolatileDisk>(
        DiskOptions{.root = root(), .backing = folder_ + "/backing", .seed = seed});
  }
  std::unique_ptr<rocksdb::FSWritableFile> create(VolatileDisk& disk, std::string_view name) const {
    std::unique_ptr<rocksdb::FSWritableFile> file;
    CHECK(disk.NewWritableFile(path(name), {}, &file, nullptr).ok());
    return file;
  }
  std::string path(std::string_view name) const { return root() + "/" + std::string(name); }
  bool exists(std::string_view name) const { return std::filesystem::exists(path(name)); }
  std::string content(std::string_view name) const {
    std::ostringstream text;
    text << std::ifstream(path(name)).rdbuf();
    return text.str();
  }
  void clear() const { std::filesystem::remove_all(root()); }

  std::string folder_;
};

TEST_F(VolatileDiskTest, synced_bytes_stay_and_others_may_go) {
  const std::string synced(10'000, 'a');
  const std::string more(10'000, 'b');
  bool was_lost = false;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    clear();
    {
      const auto disk = plug_in(seed);
      const auto file = create(*disk, "x");
      ASSERT_TRUE(file->Append(synced, {}, nullptr).ok());
      ASSERT_TRUE(file->Sync({}, nullptr).ok());
      ASSERT_TRUE(disk->sync_directory(root()).ok());
      ASSERT_TRUE(file->Append(more, {}, nullptr).ok());
    }
    EXPECT_EQ(content("x").substr(0, synced.size()), synced) << "seed " << seed;
    was_lost |= content("x").size() < synced.size() + more.size();
  }
  EXPECT_TRUE(was_lost);
}

TEST_F(VolatileDiskTest, reads_give_what_was_written_synced_or_not) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    clear();
    const auto disk = plug_in(seed);
    const auto file = create(*disk, "x");
    ASSERT_TRUE(file->Append(std::string(9'000, 'a'), {}, nullptr).ok());
    ASSERT_TRUE(file->Sync({}, nullptr).ok());
    ASSERT_TRUE(file->Append(std::string(9'000, 'b'), {}, nullptr).ok());
    std::unique_ptr<rocksdb::FSRandomAccessFile> reader;
    ASSERT_TRUE(disk->NewRandomAccessFile(path("x"), {}, &reader, nullptr).ok());
    std::string room(20'000, '?');
    rocksdb::Slice read;
    ASSERT_TRUE(reader->Read(8'000, room.size(), {}, &read, room.data(), nullptr).ok());
    EXPECT_EQ(read.ToString(), std::string(1'000, 'a') + std::string(9'000, 'b'));
  }
}

TEST_F(VolatileDiskTest, names_are_durable_with_their_directory_only) {
  bool was_lost = false;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    clear();
    {
      const auto disk = plug_in(seed);
      create(*disk, "old");
      create(*disk, "moved");
      ASSERT_TRUE(disk->sync_directory(root()).ok());
      ASSERT_TRUE(disk->RenameFile(path("moved"), path("new"), {}, nullptr).ok());
      ASSERT_TRUE(disk->DeleteFile(path("old"), {}, nullptr).ok());
      EXPECT_TRUE(disk->FileExists(path("old"), {}, nullptr).IsNotFound());
      EXPECT_TRUE(disk->FileExists(path("new"), {}, nullptr).ok());
    }
    EXPECT_NE(exists("moved"), exists("new")) << "seed " << seed;
    EXPECT_TRUE(exists("new") || exists("old")) << "out of order, seed " << seed;
    was_lost |= exists("moved") && exists("old");
  }
  EXPECT_TRUE(was_lost);
}

}  // namespace
}  // namespace statewire
