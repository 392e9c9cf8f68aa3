#include "app/process_limits.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace statewire {
namespace {

TEST(FileShares, together_they_leave_a_reserve) {
  for (const size_t files : {128, 256, 1024, 12'000, 1 << 20}) {
    const Result<FileShares> shares = shares_of(files);
    ASSERT_TRUE(shares.ok()) << files;
    const size_t all = shares->connections_max + shares->refused_connections_max +
                       shares->client_connections_max +
                       static_cast<size_t>(shares->store_files_max);
    EXPECT_LE(all + kOwnFilesMax + kControlConnectionsMax, files + 8) << files;
    EXPECT_GT(shares->connections_max, 16u) << files;
    EXPECT_GE(shares->store_files_max, 20) << files;
  }
  EXPECT_EQ(shares_of(1 << 20)->connections_max, kConnectionsMax);
}

TEST(FileShares, too_few_are_told_with_what_helps) {
  const Result<FileShares> shares = shares_of(64);
  ASSERT_FALSE(shares.ok());
  EXPECT_NE(shares.error().text.find("ulimit -n"), std::string::npos);
}

}  // namespace
}  // namespace statewire
