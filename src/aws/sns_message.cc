#include "aws/sns_message.h"

#include <algorithm>
#include <array>

#include "aws/endpoint.h"
#include "aws/json.h"
#include "base/base64.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/aws_partition.h"
#include "net/url.h"

namespace statewire {
namespace {

constexpr Duration kAgeMax = std::chrono::minutes(75);

bool is_word_character(char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; }

bool is_account(std::string_view text) {
  return text.size() == 12 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// FIFO topics end in .fifo.
bool is_topic_name(std::string_view name) {
  constexpr std::string_view kFifo = ".fifo";
  if (name.size() > kSnsTopicNameBytesMax) return false;
  if (name.ends_with(kFifo)) name.remove_suffix(kFifo.size());
  return !name.empty() && std::ranges::all_of(name, is_word_character);
}

std::optional<SnsMessageType> type_of(std::string_view name) {
  if (name == "Notification") return SnsMessageType::notification;
  if (name == "SubscriptionConfirmation") return SnsMessageType::subscription_confirmation;
  if (name == "UnsubscribeConfirmation") return SnsMessageType::unsubscribe_confirmation;
  return std::nullopt;
}

// What follows "https://<host of the topic's region>/"; absent where it is another host. Nothing is
// parsed here that a client could read differently: the text begins so, or it does not.
std::optional<std::string_view> rest_at_host(std::string_view url, const SnsTopic& topic) {
  const std::string start = "https://" + aws_host(kSns, topic.region) + "/";
  if (url.size() > kSnsUrlBytesMax || !url.starts_with(start)) return std::nullopt;
  return url.substr(start.size());
}

}  // namespace

Result<SnsTopic> parse_sns_topic(std::string_view arn) {
  std::array<std::string_view, 6> parts;
  std::string_view rest = arn;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    const size_t colon = rest.find(':');
    if (colon == rest.npos) return bad_input("not the ARN of a topic");
    parts[i] = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  parts[5] = rest;
  const auto [prefix, partition, service, region, account, name] = parts;
  if (prefix != "arn" || service != "sns" || !is_region(region) || !is_account(account) ||
      !is_topic_name(name)) {
    return bad_input("not the ARN of a topic");
  }
  if (const std::string_view wanted = aws_partition_of(region).id; partition != wanted) {
    return bad_input("the partition of " + std::string(region) + " is " + std::string(wanted));
  }
  return SnsTopic{std::string(arn), std::string(region)};
}

Result<SnsMessage> parse_sns_message(std::string_view body) {
  const Result<AwsJson> json = AwsJson::parse(body);
  if (!json || !json->is_object()) return bad_input("not a message of SNS: a JSON object");
  SnsMessage message;
  message.type_name = json->text("Type");
  const std::optional<SnsMessageType> type = type_of(message.type_name);
  if (!type) return bad_input("not a message of SNS: no Type that there is");
  message.type = *type;
  message.message_id = json->text("MessageId");
  message.topic_arn = json->text("TopicArn");
  message.subject = json->find("Subject");
  message.message = json->text("Message");
  message.timestamp = json->text("Timestamp");
  message.token = json->text("Token");
  message.subscribe_url = json->text("SubscribeURL");
  message.signature_version = json->text("SignatureVersion");
  if (message.signature_version != "1" && message.signature_version != "2") {
    return bad_input("the message's signature is of no version that is known: 1 or 2");
  }
  std::optional<std::string> signature = base64_decoded(json->text("Signature"));
  if (!signature || signature->empty()) return bad_input("the message's signature is not base64");
  message.signature = *std::move(signature);
  message.signing_certificate_url = json->text("SigningCertURL");
  return message;
}

std::string signed_text(const SnsMessage& message) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    text.append(name).append("\n").append(value).append("\n");
  };
  const bool is_notification = message.type == SnsMessageType::notification;
  add("Message", message.message);
  add("MessageId", message.message_id);
  if (is_notification && message.subject) add("Subject", *message.subject);
  if (!is_notification) add("SubscribeURL", message.subscribe_url);
  add("Timestamp", message.timestamp);
  if (!is_notification) add("Token", message.token);
  add("TopicArn", message.topic_arn);
  add("Type", message.type_name);
  return text;
}

bool is_timely(const SnsMessage& message, Time now) {
  const std::optional<Time> time = parse_time(message.timestamp);
  return time && now - *time <= kAgeMax;
}

bool is_certificate_url(std::string_view url, const SnsTopic& topic) {
  constexpr std::string_view kEnd = ".pem";
  std::optional<std::string_view> name = rest_at_host(url, topic);
  if (!name || !name->ends_with(kEnd)) return false;
  name->remove_suffix(kEnd.size());
  return !name->empty() && std::ranges::all_of(*name, is_word_character);
}

bool is_subscribe_url(std::string_view url, const SnsTopic& topic) {
  const std::optional<std::string_view> rest = rest_at_host(url, topic);
  if (!rest || !rest->starts_with("?") || rest->find('#') != rest->npos) return false;
  const QueryParameters parameters = parse_query(rest->substr(1));
  const std::string* const action = find_parameter(parameters, "Action");
  const std::string* const arn = find_parameter(parameters, "TopicArn");
  return action != nullptr && *action == "ConfirmSubscription" && arn != nullptr &&
         *arn == topic.arn;
}

std::vector<std::string> certificate_names(std::string_view region) {
  const std::string in_region(region);
  const std::string suffix(aws_partition_of(region).dns_suffix);
  std::vector<std::string> names{"sns." + suffix, "sns-signing." + in_region + "." + suffix,
                                 "sns-" + in_region + "." + suffix};
  // One region of GovCloud signs for all of them.
  if (region.starts_with("us-gov-")) names.push_back("sns-us-gov-west-1." + suffix);
  return names;
}

}  // namespace statewire
