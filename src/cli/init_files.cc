#include "cli/init_files.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "base/limits.h"
#include "config/plain_name.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr std::string_view kAddressFile = "statewire-address";
constexpr std::string_view kTemplateFile = "statewire-aws.yaml";

// The parts of https://sqs.eu-west-1.amazonaws.com/123456789012/name.
struct QueueName {
  std::string region;
  std::string account;
  std::string name;
};

std::optional<QueueName> queue_of(const std::string& url) {
  const Result<Url> parsed = parse_url(url);
  if (!parsed || !parsed->host.starts_with("sqs.")) return std::nullopt;
  QueueName queue;
  queue.region = parsed->host.substr(4, parsed->host.find('.', 4) - 4);
  const size_t slash = url.rfind('/');
  const size_t before = url.rfind('/', slash - 1);
  queue.name = url.substr(slash + 1);
  queue.account = url.substr(before + 1, slash - before - 1);
  if (queue.name.empty() || queue.account.empty()) return std::nullopt;
  return queue;
}

bool is_url(const std::string& text) {
  return text.starts_with("https://") || text.starts_with("http://");
}
bool is_mail_address(const std::string& text) {
  const size_t at = text.find('@');
  return at != text.npos && at > 0 && at + 1 < text.size();
}

// YAML reads JSON.
std::string yaml_text(std::string_view text) {
  return json_of([&](JsonWriter& json) { json.text(text); });
}

std::string source_section(const std::string& events) {
  if (events == "http") {
    return "# Events come over HTTP alone: POST /events. Other sources are in "
           "docs/statewire.yaml.\n"
           "# sources:\n"
           "#   bus: {kind: sqs, queue: "
           "https://sqs.eu-west-1.amazonaws.com/123456789012/statewire}\n";
  }
  if (queue_of(events)) {
    return fmt::format(
        "sources:\n"
        "  bus:                           # {} makes the queue, its rule and the permissions.\n"
        "    kind: sqs\n"
        "    queue: {}\n",
        kTemplateFile, yaml_text(events));
  }
  return fmt::format(
      "sources:\n"
      "  file:\n"
      "    kind: file                   # JSON lines, an array, or files of CloudTrail.\n"
      "    path: {}\n"
      "    follow: true                 # Goes on as the file grows; false reads it once.\n",
      yaml_text(events));
}

std::string sink_section(const std::string& to) {
  if (to == "stdout") return "    format: text\n    sink: {kind: stdout}\n";
  if (is_mail_address(to)) {
    return fmt::format(
        "    sink:\n"
        "      kind: email\n"
        "      host: localhost            # Your mail server; see docs/statewire.yaml for a "
        "login.\n"
        "      tls: none                  # Or starttls, or tls.\n"
        "      from: {}\n"
        "      to: {}\n",
        yaml_text("statewire" + to.substr(to.find('@'))), yaml_text(to));
  }
  const bool is_slack = to.find("hooks.slack.com/") != to.npos;
  return fmt::format(
      "    sink:\n"
      "      kind: {}\n"
      "      url_file: {}   # The address is a secret: it stands in a file of its own.\n",
      is_slack ? "slack" : "webhook", kAddressFile);
}

std::string subscription_section(const InitAnswers& answers) {
  std::string text = "subscriptions:\n  people:\n";
  if (answers.what == "trouble") {
    text +=
        "    # Of what nobody planned: `statewire test people` says what it would have sent.\n"
        "    when:\n"
        "      severitytext: [WARN, ERROR]\n"
        "    # Who did it is often known only minutes later.\n"
        "    hold: {for: [cause], at_most: 10m}\n";
  }
  return text + sink_section(answers.to);
}

std::string configuration(const InitAnswers& answers) {
  return fmt::format(
      "# Written by `statewire init`. `statewire check` looks at it, `statewire doctor` tries it;\n"
      "# docs/statewire.yaml has every key.\n"
      "version: 1\n"
      "instance: {}       # Part of the source of every notification.\n"
      "store: {}          # A folder, made where there is none.\n"
      "\n"
      "http:\n"
      "  listen: 127.0.0.1:8484         # Events, questions, metrics. Beyond loopback it needs "
      "tokens.\n"
      "\n{}\n{}",
      answers.instance, yaml_text(answers.store), source_section(answers.events),
      subscription_section(answers));
}

// A stack that makes all that the queue needs.
std::string cloudformation(const QueueName& queue) {
  return fmt::format(
      R"(# What the source `bus` needs, as a stack in account {account}, region {region}:
#   aws cloudformation deploy --stack-name statewire --template-file statewire-aws.yaml \
#     --capabilities CAPABILITY_NAMED_IAM --region {region}
AWSTemplateFormatVersion: "2010-09-09"
Description: Events of this account and region for Statewire
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: {name}
      MessageRetentionPeriod: 1209600   # Two weeks: the daemon may be away for so long.
      VisibilityTimeout: 60
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Name: {name}
      EventPattern: {{source: [{{prefix: aws.}}]}}
      Targets: [{{Id: queue, Arn: !GetAtt Queue.Arn}}]
  QueuePolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {{Service: events.amazonaws.com}}
            Action: sqs:SendMessage
            Resource: !GetAtt Queue.Arn
            Condition: {{ArnEquals: {{aws:SourceArn: !GetAtt Rule.Arn}}}}
  Reader:                               # Attach it to who runs the daemon.
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: {name}-reader
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Action: [sqs:ReceiveMessage, sqs:DeleteMessage, sqs:ChangeMessageVisibility,
                     sqs:GetQueueAttributes]
            Resource: !GetAtt Queue.Arn
          - Effect: Allow               # For `hold: {{for: [tags]}}`.
            Action: tag:GetResources
            Resource: "*"
)",
      fmt::arg("account", queue.account), fmt::arg("region", queue.region),
      fmt::arg("name", queue.name));
}

}  // namespace

Result<void> check_answers(const InitAnswers& answers) {
  for (const std::string& answer : {answers.store, answers.events, answers.to}) {
    if (answer.find_first_of("$\r\n\t") != std::string::npos) {
      return bad_input("an answer has no \"$\", no tab and no line break");
    }
  }
  if (!is_plain_name(answers.instance, kPlaceBytesMax)) {
    return bad_input("an instance's name has letters, digits, \"-\", \"_\" and \".\"");
  }
  if (answers.store.empty()) return bad_input("the store needs a folder");
  if (is_url(answers.events) && !queue_of(answers.events)) {
    return bad_input(
        "the queue's URL is one such as "
        "https://sqs.eu-west-1.amazonaws.com/123456789012/statewire");
  }
  if (answers.events.empty()) return bad_input("say http, a queue's URL, or a file");
  const bool is_known = answers.to == "stdout" || is_url(answers.to) || is_mail_address(answers.to);
  if (!is_known) return bad_input("say stdout, a URL, or a mail address");
  if (answers.what != "trouble" && answers.what != "everything") {
    return bad_input("say trouble or everything");
  }
  return {};
}

std::vector<InitFile> init_files(const InitAnswers& answers) {
  std::vector<InitFile> files = {{.name = "", .text = configuration(answers)}};
  if (is_url(answers.to)) {
    files.push_back(
        {.name = std::string(kAddressFile), .text = answers.to + "\n", .is_secret = true});
  }
  if (const std::optional<QueueName> queue = queue_of(answers.events)) {
    files.push_back({.name = std::string(kTemplateFile), .text = cloudformation(*queue)});
  }
  return files;
}

}  // namespace statewire
