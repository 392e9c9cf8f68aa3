// Objects that services put around events. They are told by their keys, whatever the order of
// these: CloudTrail's files, pages and items of `aws cloudtrail lookup-events`, subscriptions of
// CloudWatch Logs, messages of SNS, requests of Firehose, and what Lambda gives to a function (of
// CloudWatch Logs, SQS, SNS, Kinesis).
#pragma once

#include <simdjson.h>

#include <optional>
#include <string_view>

namespace statewire {

// What the elements of an array are.
enum class Elements {
  events,            // Or containers.
  log_events,        // Of CloudWatch Logs: an event is the text of their message.
  firehose_records,  // An event is in the base64 of their data.
  function_records,  // What Lambda gives to a function.
};

// A text of events. What it is packed with shows in its first bytes.
struct ContainedText {
  std::string_view key;  // Where it stands: "Sns.Message".
  std::string_view text;
  bool is_base64 = false;
};

struct ContainedArray {
  std::string_view key;
  Elements elements = Elements::events;
};

// At most one of them.
struct Contained {
  std::optional<ContainedText> text;
  std::optional<ContainedArray> array;
  bool may_be_notice = false;   // It may tell of files in a bucket.
  bool is_cloud_event = false;  // By its specversion.
};

// Neither for an event. Costs one walk over the keys. Texts are the parser's.
Contained contained_in(simdjson::dom::object object);

// What an element of `elements` holds; nothing where it holds no text.
std::optional<ContainedText> text_of_element(simdjson::dom::element element, Elements elements);

// By who names itself as its source, whatever it holds.
bool is_function_record(simdjson::dom::element element);

// What the elements of "Records" or "Events" are, by one of them. Nothing where whoever holds them
// is an event by itself.
std::optional<Elements> elements_like(simdjson::dom::element element);

// The array of a container, and what is in it, found in the text alone: for what a parser need not
// or cannot read as a whole.
struct ArrayText {
  std::string_view text;             // From its '[' on.
  std::optional<Elements> elements;  // Nothing: elements_like() tells.
};
std::optional<ArrayText> find_array(std::string_view object);

// By the first key in the text: false where the object is no container, as services write them.
bool may_be_container(std::string_view object);

// Base64 of what begins as gzip does.
bool is_packed_text(std::string_view text);

}  // namespace statewire
