#include "model/aws_partition.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace statewire {
namespace {

TEST(AwsPartition, table_is_the_one_that_is_compared_with_botocore) {
  std::ifstream file(SOURCE_DIR "/tests/edges/aws_partitions.txt");
  std::string line;
  size_t count = 0;
  while (std::getline(file, line)) {
    if (line.starts_with('#')) continue;
    std::string id, prefix, suffix, dual_stack_suffix;
    std::istringstream(line) >> id >> prefix >> suffix >> dual_stack_suffix;
    const AwsPartition* partition = aws_partition_in("arn:" + id + ":sns:::x");
    ASSERT_NE(partition, nullptr) << id;
    EXPECT_EQ(partition->id, id);
    EXPECT_EQ(partition->region_prefix, prefix == "-" ? "" : prefix);
    EXPECT_EQ(partition->dns_suffix, suffix);
    EXPECT_EQ(partition->dual_stack_suffix, dual_stack_suffix);
    EXPECT_EQ(&aws_partition_of(prefix + "east-1"), partition) << prefix;
    ++count;
  }
  EXPECT_EQ(count, std::size(kAwsPartitions));
}

TEST(AwsPartition, other_names_are_of_none) {
  for (const char* arn : {"", "arn", "arn:", "arn:aws", "arn:aws-x:s3:::b", "urn:aws:s3:::b",
                          "i-0a1b2c3d4e5f60001", "arn::s3:::b"}) {
    EXPECT_EQ(aws_partition_in(arn), nullptr) << arn;
  }
  EXPECT_EQ(aws_partition_of("").id, "aws");
  EXPECT_EQ(aws_partition_of("eu-west-1").id, "aws");
}

}  // namespace
}  // namespace statewire
