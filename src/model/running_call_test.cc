#include "model/running_call.h"

#include <gtest/gtest.h>

namespace statewire {
namespace {

TEST(RunningCallTest, what_starts_and_stops_sets_nothing) {
  for (const std::string_view call :
       {"StartInstances", "StopInstances", "RebootInstances", "FailoverDBCluster"}) {
    EXPECT_TRUE(only_runs("AWS::EC2::Instance", call)) << call;
  }
  for (const std::string_view call :
       {"ModifyInstanceAttribute", "TerminateInstances", "SuspendProcesses", "Startle", ""}) {
    EXPECT_FALSE(only_runs("AWS::EC2::Instance", call)) << call;
  }
}

TEST(RunningCallTest, what_code_declares_to_run_is_set_by_who_stops_it) {
  EXPECT_FALSE(only_runs("AWS::CloudTrail::Trail", "StopLogging"));
  EXPECT_FALSE(only_runs("AWS::AutoScaling::AutoScalingGroup", "ResumeProcesses"));
  EXPECT_TRUE(only_runs("AWS::AutoScaling::AutoScalingGroup", "StartInstanceRefresh"));
}

}  // namespace
}  // namespace statewire
