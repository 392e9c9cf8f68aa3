// The way of events into a queue: rules that send to it, its policy, and what became of messages.
#include <algorithm>
#include <cmath>

#include "base/json_writer.h"
#include "base/text.h"
#include "cli/aws_questions.h"
#include "cli/queue_policy.h"
#include "model/arn.h"

namespace statewire {
namespace {

constexpr std::string_view kRules = "AWSEvents";
constexpr std::string_view kQueues = "AmazonSQS";
constexpr std::string_view kListRules = "events:ListRuleNamesByTarget";
constexpr Duration kAgeLookedAt = std::chrono::minutes(10);
constexpr Duration kAgeTooLong = std::chrono::minutes(10);
constexpr Duration kSilenceLookedAt = std::chrono::hours(24);

struct FoundRule {
  std::string bus;  // Its name.
  std::string name;
  QueueRule rule;
};

using Members = std::initializer_list<std::pair<std::string_view, std::string_view>>;
std::string object_of(Members members) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    for (const auto& [name, value] : members) {
      json.key_text(name);
      json.text(value);
    }
    json.end_object();
  });
}

class EventsDoctor {
 public:
  EventsDoctor(const AwsQuestions& aws, const QueueToLookAt& queue, Findings& findings)
      : aws_(aws), queue_(queue), findings_(findings) {}

  QueueFound look() {
    const Result<AwsJson> queue = attributes_of(queue_.url);
    if (!queue) {
      cannot_ask(queue_.what, queue.error(), "sqs:GetQueueAttributes", findings_);
      return {};
    }
    arn_ = queue->text("Attributes.QueueArn");
    look_at_rules(queue->text("Attributes.Policy"));
    look_at_dead_letters(queue->text("Attributes.RedrivePolicy"));
    look_at_age();
    look_at_silence();
    return {.arn = std::move(arn_), .buses = std::move(buses_)};
  }

 private:
  std::string what(std::string_view part) const { return queue_.what + ", " + std::string(part); }
  std::string in_region() const { return " --region " + aws_.region; }

  Result<AwsJson> attributes_of(const std::string& url) const {
    return aws_.ask(kSqs, kQueues, "sqs:GetQueueAttributes", json_of([&](JsonWriter& json) {
                      json.begin_object();
                      json.text("QueueUrl", url);
                      json.begin_array("AttributeNames");
                      json.text("All");
                      json.end_array();
                      json.end_object();
                    }));
  }

  void look_at_rules(const std::string& policy) {
    const Result<AwsJson> buses = aws_.ask(kEventBridge, kRules, "events:ListEventBuses", "{}");
    if (!buses) return cannot_ask(what("rules"), buses.error(), "events:ListEventBuses", findings_);
    std::vector<FoundRule> rules;
    for (const AwsJson& bus : buses->items("EventBuses")) {
      const std::string name = bus.text("Name");
      const Result<std::vector<std::string>> names = rules_to(aws_, name, arn_);
      if (!names) return cannot_ask(what("rules"), names.error(), kListRules, findings_);
      if (!names->empty()) {
        buses_.insert(name == "default" ? buses_.begin() : buses_.end(), bus.text("Arn"));
      }
      for (const std::string& rule : *names) {
        if (!look_at_rule(name, rule, rules)) return;
      }
    }
    if (rules.empty()) return tell_no_rule(policy);
    look_at_policy(policy, rules);
  }

  bool look_at_rule(const std::string& bus, const std::string& name,
                    std::vector<FoundRule>& rules) {
    const Result<AwsJson> rule = aws_.ask(kEventBridge, kRules, "events:DescribeRule",
                                          object_of({{"Name", name}, {"EventBusName", bus}}));
    if (!rule) {
      cannot_ask(what("rules"), rule.error(), "events:DescribeRule", findings_);
      return false;
    }
    const std::string arn = rule->text("Arn");
    rules.push_back({bus, name, {.arn = arn, .account = std::string(arn_fields(arn).account)}});
    const std::string text = "rule " + name + " of bus " + bus;
    if (rule->text("State") == "DISABLED") {
      findings_.wrong(
          what("rules"), text + " is disabled",
          "aws events enable-rule --name " + name + " --event-bus-name " + bus + in_region());
    } else {
      findings_.well(what("rules"), text + " sends to it");
    }
    return true;
  }

  void tell_no_rule(const std::string& policy) {
    if (policy.find("sns.amazonaws.com") != policy.npos) {
      return findings_.not_tried(what("rules"), "no rule sends to it; a topic of SNS may");
    }
    findings_.wrong(what("rules"), "no rule sends to it: nothing comes in",
                    "aws events put-rule --name statewire" + in_region() + " --event-pattern " +
                        shell_word(R"({"source":[{"prefix":"aws."}]})") +
                        " && aws events put-targets --rule statewire" + in_region() +
                        " --targets Id=queue,Arn=" + arn_ + "; or deploy `statewire aws template`");
  }

  void look_at_policy(const std::string& policy, const std::vector<FoundRule>& rules) {
    std::vector<QueueRule> all;
    std::string refused;
    for (const FoundRule& rule : rules) {
      all.push_back(rule.rule);
      if (!policy_lets_send(policy, arn_, rule.rule)) {
        refused += (refused.empty() ? "" : ", ") + rule.name;
      }
    }
    if (refused.empty()) {
      return findings_.well(what("policy"), "lets " + counted(rules.size(), "rule") + " send");
    }
    findings_.wrong(what("policy"), "does not let " + refused + " send: events are lost",
                    "aws sqs set-queue-attributes --queue-url " + queue_.url + in_region() +
                        " --attributes " +
                        shell_word(object_of({{"Policy", policy_for_rules(arn_, all)}})));
  }

  void look_at_dead_letters(const std::string& redrive) {
    const Result<AwsJson> policy = AwsJson::parse(redrive);
    const std::string target = policy ? policy->text("deadLetterTargetArn") : "";
    if (target.empty()) {
      const std::string wanted =
          object_of({{"deadLetterTargetArn", arn_ + "-dead-letters"}, {"maxReceiveCount", "100"}});
      return findings_.doubtful(
          what("dead letters"), "has no dead-letter queue: what cannot be read stays",
          "aws sqs create-queue --queue-name " + queue_.name + "-dead-letters" + in_region() +
              " && aws sqs set-queue-attributes --queue-url " + queue_.url + in_region() +
              " --attributes " + shell_word(object_of({{"RedrivePolicy", wanted}})));
    }
    const std::string name(arn_fields(target).resource);
    const Result<AwsJson> url = aws_.ask(
        kSqs, kQueues, "sqs:GetQueueUrl",
        object_of({{"QueueName", name}, {"QueueOwnerAWSAccountId", arn_fields(target).account}}));
    if (!url && url.error().kind == ErrorKind::not_found) {
      return findings_.wrong(what("dead letters"), "its dead-letter queue " + name + " is gone",
                             "aws sqs create-queue --queue-name " + name + in_region());
    }
    if (!url) return cannot_ask(what("dead letters"), url.error(), "sqs:GetQueueUrl", findings_);
    const Result<AwsJson> dead = attributes_of(url->text("QueueUrl"));
    if (!dead) {
      return cannot_ask(what("dead letters"), dead.error(), "sqs:GetQueueAttributes on " + name,
                        findings_);
    }
    const std::string count = dead->text("Attributes.ApproximateNumberOfMessages");
    if (count == "0") return findings_.well(what("dead letters"), "none in " + name);
    findings_.wrong(what("dead letters"), count + " in " + name,
                    "look at one, mend the cause, then: aws sqs start-message-move-task "
                    "--source-arn " +
                        target + in_region());
  }

  void look_at_age() {
    const Result<std::optional<double>> age =
        aws_.metric(queue_.name, "ApproximateAgeOfOldestMessage", "Maximum", kAgeLookedAt);
    if (!age) {
      return cannot_ask(what("age"), age.error(), "cloudwatch:GetMetricStatistics", findings_);
    }
    if (!*age) return findings_.not_tried(what("age"), "CloudWatch knows nothing of it yet");
    const std::chrono::seconds waits(std::lround(**age));
    const std::string text = "the oldest message waits " + format_duration(waits);
    if (waits < kAgeTooLong) return findings_.well(what("age"), text);
    findings_.wrong(what("age"), text, "`statewire status` says whether the daemon reads it");
  }

  void look_at_silence() {
    const Result<std::optional<double>> sent =
        aws_.metric(queue_.name, "NumberOfMessagesSent", "Sum", kSilenceLookedAt);
    if (!sent) {
      return cannot_ask(what("silence"), sent.error(), "cloudwatch:GetMetricStatistics", findings_);
    }
    if (!*sent) return findings_.not_tried(what("silence"), "CloudWatch knows nothing of it yet");
    if (**sent > 0) {
      return findings_.well(what("silence"), with_thousands(std::llround(**sent)) +
                                                 " messages were sent to it within a day");
    }
    findings_.doubtful(what("silence"), "nothing was sent to it for a day",
                       "aws events describe-rule says what its rules let pass; a tag on any "
                       "resource is an event");
  }

 public:
  // The rules of a bus that send to `target`.
  static Result<std::vector<std::string>> rules_to(const AwsQuestions& aws, std::string_view bus,
                                                   std::string_view target) {
    const Result<AwsJson> answer =
        aws.ask(kEventBridge, kRules, kListRules,
                object_of({{"TargetArn", target}, {"EventBusName", bus}}));
    if (!answer) return answer.error();
    std::vector<std::string> names;
    for (const AwsJson& name : answer->items("RuleNames")) names.push_back(name.text(""));
    return names;
  }

 private:
  const AwsQuestions& aws_;
  const QueueToLookAt& queue_;
  Findings& findings_;
  std::string arn_;
  std::vector<std::string> buses_;
};

}  // namespace

QueueFound look_at_queue_events(const AwsQuestions& aws, const QueueToLookAt& queue,
                                Findings& findings) {
  return EventsDoctor(aws, queue, findings).look();
}

// The stack that is advised has a name of its own: one of the hub's would make the hub a spoke.
void look_at_spoke(const AwsQuestions& aws, std::string_view what,
                   const std::vector<std::string>& buses, SpokeIs need, Findings& findings) {
  if (buses.empty()) {
    return findings.not_tried(what, "which bus it should forward to is not known");
  }
  for (const std::string& bus : buses) {
    const Result<std::vector<std::string>> names = EventsDoctor::rules_to(aws, "default", bus);
    if (!names) return cannot_ask(what, names.error(), kListRules, findings);
    if (!names->empty()) {
      return findings.well(what, counted(names->size(), "rule") + " forward to " + bus);
    }
  }
  const std::string advice =
      "aws cloudformation deploy --stack-name statewire-spoke --template-file "
      "deploy/aws/spoke.yaml --capabilities CAPABILITY_NAMED_IAM --region " +
      aws.region + " --parameter-overrides HubBusArn=" + buses.back() +
      "; docs/aws.md says what its alarms need";
  if (need == SpokeIs::wanted) {
    return findings.wrong(what, "no rule forwards its events to the hub", advice);
  }
  findings.doubtful(what, "no rule forwards what IAM and other global services tell there", advice);
}

}  // namespace statewire
