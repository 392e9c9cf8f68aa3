// What CloudFormation answers, in the XML of its query protocol.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace statewire {

// One stack, as a list of stacks has it.
struct StackSummary {
  std::string id;  // An ARN, which no other stack ever has.
  std::string name;
  std::string status;  // "UPDATE_COMPLETE"
  Time written;        // When it was updated last, or made.

  // CloudFormation works at it.
  bool is_busy() const { return status.ends_with("_IN_PROGRESS"); }
  // Known by this: another mark means that it was written since.
  std::string mark() const { return status + " " + format_time(written); }
};

// One resource of a stack.
struct StackMember {
  std::string logical_id;
  std::string physical_id;  // Empty where there is none yet.
  std::string type;
  std::string status;
  Time written;  // When CloudFormation touched it last.
};

struct StackPage {
  std::vector<StackSummary> stacks;
  std::string next;  // Of the next page; empty where this is the last.
};
struct MemberPage {
  std::vector<StackMember> members;
  std::string next;
};
using StackParameters = std::map<std::string, std::string, std::less<>>;

// bad_input where it is no such answer. What an element lacks is empty.
Result<StackPage> read_list_stacks(std::string_view xml);
Result<MemberPage> read_list_stack_resources(std::string_view xml);
Result<std::string> read_get_template(std::string_view xml);
// The parameters of the one stack that was asked for.
Result<StackParameters> read_stack_parameters(std::string_view xml);

}  // namespace statewire
