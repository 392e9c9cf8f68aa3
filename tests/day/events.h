// The events of a generated day, as AWS writes them: one line of JSON each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace statewire::day {

enum class Who { person, terraform, cloudformation, autoscaling };

struct Caller {
  Who who = Who::person;
  std::string name;  // Of the person, or of the role that deploys.
};

struct Call {
  std::string_view service;  // "sqs"
  std::string_view name;
  std::string request;          // JSON.
  std::string answer = "null";  // JSON.
  std::string account;
  Time time;
  Caller by;
};

inline constexpr std::string_view kRegion = "eu-west-1";

// `number` makes the event's id: no two events share one.
std::string line_of_call(const Call& call, uint64_t number);
std::string line_of_instance(std::string_view account, std::string_view instance,
                             std::string_view state, Time time, uint64_t number);
// "EC2 Instance Launch Successful", "EC2 Instance Terminate Successful"
std::string line_of_scaling(std::string_view account, std::string_view group,
                            std::string_view instance, bool is_launch, Time time, uint64_t number);
std::string line_of_alarm(std::string_view account, std::string_view alarm, std::string_view state,
                          Time time, uint64_t number);
std::string line_of_stack(std::string_view account, std::string_view stack, std::string_view status,
                          Time time, uint64_t number);
struct StackPart {
  std::string_view stack;  // Its ARN.
  std::string_view type;
  std::string_view logical_id;
  std::string_view physical_id;
  std::string_view status;
};
std::string line_of_part(std::string_view account, const StackPart& part, Time time,
                         uint64_t number);

std::string instance_arn(std::string_view account, std::string_view instance);

}  // namespace statewire::day
