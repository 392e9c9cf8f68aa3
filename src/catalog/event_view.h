// What all entries need of one event, read in one walk over its fields. A field of the wrong type
// is as good as absent. Texts and elements are the parser's: they die at its next parse.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string_view>

#include "base/arena.h"

namespace statewire {

enum class EventShape {
  cloudtrail,   // A record, bare or in its envelope.
  eventbridge,  // An envelope with source and detail-type.
  cloudevent,   // Structured mode.
  other,        // Any JSON object.
};

// Fields of a CloudTrail record. Its source, name or type is there, but of an insight.
struct CallFields {
  std::string_view event_id;
  std::string_view event_source;  // "ec2.amazonaws.com"
  std::string_view event_name;    // "RunInstances"
  std::string_view event_type;    // "AwsApiCall"
  std::string_view event_category;
  std::string_view event_time;
  std::string_view aws_region;
  std::string_view recipient_account;
  std::string_view error_code;
  std::string_view error_message;
  std::string_view user_agent;
  std::string_view source_address;
  std::optional<bool> is_read_only;
  std::optional<bool> is_from_console;  // sessionCredentialFromConsole
  std::optional<simdjson::dom::object> identity;
  std::optional<simdjson::dom::array> resources;
};

struct EventView {
  EventShape shape = EventShape::other;
  bool is_bare = false;  // A CloudTrail record without its envelope.
  simdjson::dom::element event;
  std::string_view id;
  std::string_view source;
  std::string_view detail_type;
  std::string_view type;
  std::string_view account;
  std::string_view region;
  std::string_view time;
  std::string_view traceparent;
  bool has_specversion = false;
  CallFields call;
  std::optional<simdjson::dom::array> resources;  // Of the envelope.
  std::optional<simdjson::dom::element> detail;
  std::optional<simdjson::dom::element> request;
  std::optional<simdjson::dom::element> response;
};

// An event that is not an object gives an empty view of shape `other`. Of its texts, only an
// account that came as a number is in the arena.
EventView view_of(simdjson::dom::element event, Arena& arena);

// Whether it tells that calls were made unusually often, and of no call.
bool is_insight(const CallFields& call);

// The detail-type of the envelope that such a record comes in.
std::string_view detail_type_of(std::string_view event_type);

}  // namespace statewire
