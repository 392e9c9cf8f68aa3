// Calls of CloudFormation, in one account and region.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "aws/client.h"
#include "base/result.h"
#include "inventory/cloudformation_answers.h"

namespace statewire {

struct StackPlace {
  AwsRole role;         // To assume first; empty: none.
  std::string region;   // Empty: where calls usually go.
  std::string account;  // Whose it must be; empty: whoever's.
};

// Not thread-safe, but for `stop`: it ends calls that wait to be tried again. Borrows `aws`. Blocks
// as long as the calls take. Errors: `unavailable` where it may pass by itself.
class CloudFormationApi {
 public:
  CloudFormationApi(StackPlace place, AwsClient& aws, std::stop_token stop)
      : place_(std::move(place)), aws_(aws), stop_(std::move(stop)) {}

  // Calls `on_answer` for each call that is answered well.
  void tell_answers(std::function<void()> on_answer) { on_answer_ = std::move(on_answer); }

  // Those that exist, or that are being made or deleted.
  Result<std::vector<StackSummary>> stacks();
  Result<std::vector<StackMember>> members(const std::string& stack_id);
  // As it was after macros: SAM's resources are those that they became.
  Result<std::string> template_text(const std::string& stack_id);
  Result<StackParameters> parameters(const std::string& stack_id);
  // "123456789012 eu-west-1"
  std::string shown() const;
  const StackPlace& place() const { return place_; }

 private:
  Result<std::string> ask(std::string_view action, const QueryFields& fields);

  const StackPlace place_;
  AwsClient& aws_;
  const std::stop_token stop_;
  std::function<void()> on_answer_ = [] {};
};

}  // namespace statewire
