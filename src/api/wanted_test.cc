#include "api/wanted.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

TEST(Wanted, a_type_is_named_by_whole_parts_of_it) {
  for (const char* part : {"AWS::EC2::Instance", "ec2", "Instance", "EC2::instance", "aws::ec2"}) {
    EXPECT_TRUE(is_of_type(part, "AWS::EC2::Instance")) << part;
  }
  for (const char* part : {"inst", "EC", "2::Instance", "AWS::Instance", "Instances"}) {
    EXPECT_FALSE(is_of_type(part, "AWS::EC2::Instance")) << part;
  }
  EXPECT_TRUE(is_of_type("cluster", "AWS::ECS::ClusterX/Cluster"));
}

TEST(Wanted, an_id_is_named_by_its_whole_last_part) {
  EXPECT_TRUE(is_end_of("i-1", "arn:aws:ec2:eu-west-1:1:instance/i-1"));
  EXPECT_TRUE(is_end_of("bucket", "arn:aws:s3:::bucket"));
  EXPECT_FALSE(is_end_of("-1", "arn:aws:ec2:eu-west-1:1:instance/i-1"));
  EXPECT_FALSE(is_end_of("i-1", "i-1"));
}

TEST(Wanted, an_actor_is_named_by_what_stands_before_the_at) {
  for (const char* name : {"carol@example.org", "carol", "Carol", "CAROL@example.ORG", ""}) {
    EXPECT_TRUE(is_wanted_actor(name, "carol@example.org")) << name;
  }
  EXPECT_TRUE(is_wanted_actor("Carol", "carol"));
  for (const char* name : {"caro", "carol@", "example.org", "carol@example", "arol"}) {
    EXPECT_FALSE(is_wanted_actor(name, "carol@example.org")) << name;
  }
  EXPECT_FALSE(is_wanted_actor("carol@example.org", "carol"));
  EXPECT_FALSE(is_wanted_actor("carol", ""));
}

}  // namespace
}  // namespace statewire
