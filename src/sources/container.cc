#include "sources/container.h"

#include <algorithm>
#include <utility>

#include "base/dom_text.h"
#include "base/limits.h"
#include "base/text.h"
#include "sources/element_texts.h"
#include "sources/s3_notice.h"

namespace statewire {
namespace {

namespace dom = simdjson::dom;

std::optional<ContainedText> contained_text(std::string_view key, FoundElement found,
                                            bool is_base64 = false) {
  std::string_view text;
  if (found.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return ContainedText{key, text, is_base64};
}

// CloudTrail's files hold {"Records":[…]}. Notices of S3 do too, but are one event that names its
// source "aws:s3".
bool is_cloudtrail_record(dom::element record) {
  const std::string_view source = text_of(record["eventSource"]);
  return !source.empty() && !source.starts_with("aws:") &&
         (record["eventVersion"].is_string() || record["eventName"].is_string());
}

// Beside an array that is empty: whether a container of no events is likelier than an event.
bool holds_nothing_else(dom::object object) {
  for (const auto field : object) {
    const bool is_of_container = field.key == "Records" || field.key == "Events" ||
                                 field.key == "NextToken" || field.key == "ResponseMetadata";
    if (!is_of_container) return false;
  }
  return true;
}

Contained array_of(std::string_view key, dom::element value, dom::object object) {
  dom::array array;
  if (value.get_array().get(array)) return {};
  size_t looked_at = 0;
  for (const dom::element element : array) {
    if (looked_at++ == kBrokenRecordsMax) break;
    if (const auto elements = elements_like(element)) {
      return {.text = {}, .array = ContainedArray{key, *elements}};
    }
  }
  if (looked_at == 0 && holds_nothing_else(object)) {
    return {.text = {}, .array = ContainedArray{key}};
  }
  return {.text = {}, .array = {}, .may_be_notice = looked_at > 0};
}

bool is_data_message(std::string_view type) { return type == "DATA_MESSAGE"; }

// Amazon Data Firehose sends requests, and gives its functions batches to transform.
bool is_of_firehose(dom::object object) {
  return object["requestId"].is_string() || object["deliveryStreamArn"].is_string();
}

// By a key that only containers of one kind have.
Contained contained_under(std::string_view key, dom::element value, dom::object object) {
  if (is(key, "Records") || is(key, "Events"))
    return array_of(is(key, "Records") ? "Records" : "Events", value, object);
  if (is(key, "CloudTrailEvent"))
    return {.text = contained_text("CloudTrailEvent", FoundElement(dom::element(value)))};
  if (is(key, "awslogs")) return {.text = contained_text("awslogs.data", value["data"], true)};
  if (is(key, "logEvents") && value.is_array() && is_data_message(text_of(object["messageType"]))) {
    return {.text = {}, .array = ContainedArray{"logEvents", Elements::log_events}};
  }
  if (is(key, "records") && value.is_array() && is_of_firehose(object)) {
    return {.text = {}, .array = ContainedArray{"records", Elements::firehose_records}};
  }
  if (is(key, "TopicArn") && text_of(object["Type"]) == "Notification") {
    return {.text = contained_text("Message", object["Message"])};
  }
  return {.text = {},
          .array = {},
          .may_be_notice = is(key, "s3ObjectKey") ||
                           (is(key, "detail-type") && text_of(value) == kObjectCreated),
          .is_cloud_event = is(key, "specversion") && value.is_string()};
}

constexpr size_t kTellingKeys = 10;

// Of the keys that contained_under() knows.
bool is_telling(std::string_view key) {
  switch (key.size()) {
    case 6:
      return is(key, "Events");
    case 7:
      return is(key, "Records") || is(key, "records") || is(key, "awslogs");
    case 8:
      return is(key, "TopicArn");
    case 9:
      return is(key, "logEvents");
    case 11:
      return is(key, "s3ObjectKey") || is(key, "detail-type") || is(key, "specversion");
    case 15:
      return is(key, "CloudTrailEvent");
    default:
      return false;
  }
}

// Behind '{' and blanks; without its quotes.
std::string_view first_key_of(std::string_view object) {
  const size_t quote = object.find_first_not_of(kJsonBlanks, 1);
  if (quote == object.npos || object[quote] != '"') return {};
  const size_t end = object.find('"', quote + 1);
  return end == object.npos ? std::string_view() : object.substr(quote + 1, end - quote - 1);
}

}  // namespace

Contained contained_in(dom::object object) {
  Contained event;
  size_t left = kTellingKeys;  // Looking for others costs a walk: keys may be repeated without end.
  for (const auto field : object) {
    if (!is_telling(field.key)) continue;
    if (left-- == 0) break;
    const Contained contained = contained_under(field.key, field.value, object);
    if (contained.text || contained.array) return contained;
    event.may_be_notice |= contained.may_be_notice;
    event.is_cloud_event |= contained.is_cloud_event;
  }
  return event;
}

std::optional<ContainedText> text_of_element(dom::element element, Elements elements) {
  if (elements == Elements::log_events) return contained_text("message", element["message"]);
  if (elements == Elements::firehose_records) return contained_text("data", element["data"], true);
  if (elements != Elements::function_records) return std::nullopt;
  const std::string_view source = text_of(element["eventSource"]);
  if (source == "aws:sqs") return contained_text("body", element["body"]);
  if (source == "aws:kinesis") {
    return contained_text("kinesis.data", element["kinesis"]["data"], true);
  }
  if (text_of(element["EventSource"]) != "aws:sns") return std::nullopt;
  return contained_text("Sns.Message", element["Sns"]["Message"]);
}

bool is_function_record(dom::element element) {
  const std::string_view source = text_of(element["eventSource"]);
  return source == "aws:sqs" || source == "aws:kinesis" ||
         text_of(element["EventSource"]) == "aws:sns";
}

std::optional<Elements> elements_like(dom::element element) {
  if (element["CloudTrailEvent"].is_string()) return Elements::events;
  if (is_cloudtrail_record(element)) return Elements::events;
  if (is_function_record(element)) return Elements::function_records;
  return std::nullopt;
}

std::optional<ArrayText> find_array(std::string_view object) {
  if (const std::string_view array = array_under(object, "logEvents"); !array.empty()) {
    if (!value_under(object, "messageType").starts_with("\"DATA_MESSAGE\"")) return std::nullopt;
    return ArrayText{array, Elements::log_events};
  }
  const bool is_of_firehose = !value_under(object, "requestId").empty() ||
                              !value_under(object, "deliveryStreamArn").empty();
  if (is_of_firehose) {
    const std::string_view array = array_under(object, "records");
    if (!array.empty()) return ArrayText{array, Elements::firehose_records};
  }
  for (const std::string_view key : {"Records", "Events"}) {
    const std::string_view array = array_under(object, key);
    if (!array.empty()) return ArrayText{array, std::nullopt};
  }
  return std::nullopt;
}

bool may_be_container(std::string_view object) {
  constexpr std::string_view kKeys[] = {
      // Files, and pages and items of look-ups.
      "Records", "Events", "NextToken", "EventId", "EventName", "ReadOnly", "AccessKeyId",
      "EventTime", "EventSource", "Username", "Resources", "CloudTrailEvent",
      // CloudWatch Logs.
      "messageType", "owner", "logGroup", "logStream", "subscriptionFilters", "policyLevel",
      "logEvents", "awslogs",
      // Firehose.
      "requestId", "invocationId", "deliveryStreamArn", "records",
      // SNS.
      "Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "SequenceNumber",
      "SignatureVersion", "Signature", "SigningCertURL", "UnsubscribeURL", "MessageAttributes",
      // Notices of files.
      "s3Bucket", "s3ObjectKey"};
  return std::ranges::find(kKeys, first_key_of(object)) != std::end(kKeys);
}

bool is_packed_text(std::string_view text) { return text.starts_with("H4sI"); }

}  // namespace statewire
