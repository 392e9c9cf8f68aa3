#include "inventory/cloudformation_api.h"

#include <condition_variable>
#include <mutex>

#include "aws/call_now.h"
#include "base/limits.h"
#include "model/arn.h"

namespace statewire {
namespace {

constexpr AwsService kCloudFormation{"cloudformation", "cloudformation", "cloudformation"};
constexpr std::string_view kCloudFormationVersion = "2010-05-15";
constexpr auto kCallTimeout = std::chrono::seconds(20);
// CloudFormation takes few calls a second, and says so: they are made more slowly then.
constexpr int kAttempts = 8;

// What is gone, and what was never made, declares nothing.
constexpr std::string_view kLiveStates[] = {"CREATE_IN_PROGRESS",
                                            "CREATE_FAILED",
                                            "CREATE_COMPLETE",
                                            "ROLLBACK_IN_PROGRESS",
                                            "ROLLBACK_FAILED",
                                            "DELETE_IN_PROGRESS",
                                            "DELETE_FAILED",
                                            "UPDATE_IN_PROGRESS",
                                            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
                                            "UPDATE_COMPLETE",
                                            "UPDATE_FAILED",
                                            "UPDATE_ROLLBACK_IN_PROGRESS",
                                            "UPDATE_ROLLBACK_FAILED",
                                            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
                                            "UPDATE_ROLLBACK_COMPLETE",
                                            "IMPORT_IN_PROGRESS",
                                            "IMPORT_COMPLETE",
                                            "IMPORT_ROLLBACK_IN_PROGRESS",
                                            "IMPORT_ROLLBACK_FAILED",
                                            "IMPORT_ROLLBACK_COMPLETE"};

void pause(Duration time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace

std::string CloudFormationApi::shown() const {
  const std::string region = place_.region.empty() ? "the own region" : place_.region;
  return place_.account.empty() ? region : place_.account + " " + region;
}

Result<std::string> CloudFormationApi::ask(std::string_view action, const QueryFields& fields) {
  const Result<AwsSettings> settings = aws_.settings();
  if (!settings) return settings.error();
  const Result<AwsTarget> target = settings->target(kCloudFormation, place_.region);
  if (!target) return target.error();
  for (int attempts = 1;; ++attempts) {
    if (stop_.stop_requested()) return unavailable("stopping");
    AwsCall call = query_call(*target, action, kCloudFormationVersion, fields);
    call.role = place_.role;
    call.timeout = kCallTimeout;
    call.attempts_max = 1;
    AwsAnswer answer = aws_.call_and_wait(std::move(call), stop_);
    if (answer.ok()) {
      on_answer_();
      return std::move(answer.response.body);
    }
    const std::string text = std::string(action) + ": " + answer.text();
    if (!may_pass_later(answer.fault)) return failed(text);
    if (answer.fault != AwsFault::throttled || attempts >= kAttempts) return unavailable(text);
    pause(std::max(pause_after(attempts), answer.retry_after), stop_);
  }
}

Result<std::vector<StackSummary>> CloudFormationApi::stacks() {
  std::vector<StackSummary> all;
  QueryFields fields;
  for (const std::string_view state : kLiveStates) {
    const std::string number = std::to_string(fields.size() + 1);
    fields.emplace_back("StackStatusFilter.member." + number, state);
  }
  const size_t filters = fields.size();
  for (size_t pages = 0; pages < kStatePagesMax; ++pages) {
    const Result<std::string> xml = ask("ListStacks", fields);
    if (!xml) return xml.error();
    Result<StackPage> page = read_list_stacks(*xml);
    if (!page) return page.error();
    for (StackSummary& stack : page->stacks) {
      const std::string_view account = arn_fields(stack.id).account;
      if (!place_.account.empty() && account != place_.account) {
        return failed("the stacks found are of account " + std::string(account) +
                      ": name a role there");
      }
      all.push_back(std::move(stack));
    }
    if (page->next.empty()) return all;
    fields.resize(filters);
    fields.emplace_back("NextToken", std::move(page->next));
  }
  return failed("there are more stacks than can be listed");
}

Result<std::vector<StackMember>> CloudFormationApi::members(const std::string& stack_id) {
  std::vector<StackMember> all;
  QueryFields fields = {{"StackName", stack_id}};
  for (size_t pages = 0; pages < kStatePagesMax; ++pages) {
    const Result<std::string> xml = ask("ListStackResources", fields);
    if (!xml) return xml.error();
    Result<MemberPage> page = read_list_stack_resources(*xml);
    if (!page) return page.error();
    for (StackMember& member : page->members) all.push_back(std::move(member));
    if (page->next.empty()) return all;
    fields.resize(1);
    fields.emplace_back("NextToken", std::move(page->next));
  }
  return failed("it has more resources than can be listed");
}

Result<std::string> CloudFormationApi::template_text(const std::string& stack_id) {
  const Result<std::string> xml =
      ask("GetTemplate", {{"StackName", stack_id}, {"TemplateStage", "Processed"}});
  return xml ? read_get_template(*xml) : xml;
}

Result<StackParameters> CloudFormationApi::parameters(const std::string& stack_id) {
  const Result<std::string> xml = ask("DescribeStacks", {{"StackName", stack_id}});
  if (!xml) return xml.error();
  return read_stack_parameters(*xml);
}

}  // namespace statewire
