#include "catalog/robot_name.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

TEST(RobotName, a_word_of_robots_names_one) {
  for (const char* const name :
       {"deploy-bot", "ci", "ci2", "CiRunner", "orders_svc", "srv-metrics", "prod-automation",
        "acme-release-7", "warehouse-app", "ses-smtp-user.20260311-081500", "service.account",
        "svc.orders", "terraform", "terraform-prod", "packer2"}) {
    EXPECT_TRUE(names_robot(name)) << name;
  }
}

TEST(RobotName, people_are_none) {
  for (const char* const name :
       {"", "-", "jdoe", "abbot", "mbot", "steve.jobs", "ci.lee", "anna.bot.ek", "decimal-d",
        "jane_doe-admin", "ci-admin", "serviceman-j", "systema", "build-team", "a123456",
        "terraform-jane", "steve-jobs", "prod", "kedar"}) {
    EXPECT_FALSE(names_robot(name)) << name;
  }
}

TEST(RobotName, role_is_named_after_what_anybody_does_in_it) {
  for (const char* const name : {"ci-deploy-role", "prod-deployer", "CICD", "pipeline-prod"}) {
    EXPECT_TRUE(names_robot_alone(name)) << name;
  }
  for (const char* const name :
       {"release-guild", "ShopDeploy", "SystemAdministrator", "terraform", "prod", ""}) {
    EXPECT_FALSE(names_robot_alone(name)) << name;
  }
}

}  // namespace
}  // namespace statewire
