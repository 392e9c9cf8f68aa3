// What a queue's policy says of rules of EventBridge. Pure.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace statewire {

struct QueueRule {
  std::string arn;
  std::string account;
};

// Whether a rule may send to the queue. A condition that is not known here is taken to refuse it:
// what is said to be well is well.
bool policy_lets_send(std::string_view policy, std::string_view queue_arn, const QueueRule& rule);

// A policy that lets these rules send, as JSON.
std::string policy_for_rules(std::string_view queue_arn, std::span<const QueueRule> rules);

// `text` as one word of a shell.
std::string shell_word(std::string_view text);

}  // namespace statewire
