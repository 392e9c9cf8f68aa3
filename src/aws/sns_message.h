// Messages of SNS as they come over HTTP(S): the signed envelope, read and judged as far as that
// needs no certificate. Pure; any thread.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace statewire {

// "arn:aws:sns:eu-west-1:123456789012:changes"
struct SnsTopic {
  std::string arn;
  std::string region;

  bool operator==(const SnsTopic&) const = default;
};

// bad_input where it is no ARN of a topic, or its partition has no such region.
Result<SnsTopic> parse_sns_topic(std::string_view arn);

enum class SnsMessageType { notification, subscription_confirmation, unsubscribe_confirmation };

struct SnsMessage {
  SnsMessageType type = SnsMessageType::notification;
  std::string type_name;  // "Notification"
  std::string message_id;
  std::string topic_arn;
  std::optional<std::string> subject;
  std::string message;
  std::string timestamp;
  std::string token;          // Of confirmations, as the next.
  std::string subscribe_url;  // Confirms the subscription, or makes it again.
  std::string signature_version;
  std::string signature;  // Decoded.
  std::string signing_certificate_url;
};

// bad_input where it is no such message, or its signature is of a version that nobody knows.
Result<SnsMessage> parse_sns_message(std::string_view body);

// What SNS signs: the fields that count for this type, in alphabetical order.
std::string signed_text(const SnsMessage& message);

// Whether a message may be taken at `now` by its own time. SNS tries for an hour at most; a
// quarter of an hour more is for clocks that are wrong. One that seems to be of the future is as
// good as any: only SNS can sign it.
bool is_timely(const SnsMessage& message, Time now);

// "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-….pem": the topic's own region
// keeps the certificate, under one name at the root. No other host is ever asked for one.
bool is_certificate_url(std::string_view url, const SnsTopic& topic);
// "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=…&Token=…"
bool is_subscribe_url(std::string_view url, const SnsTopic& topic);

// Whom a certificate of the region may be for. The public regions share sns.amazonaws.com; those
// that have to be enabled, and the other partitions, have names with the region in them.
std::vector<std::string> certificate_names(std::string_view region);

}  // namespace statewire
