#include "catalog/event_view.h"

#include <utility>

#include "base/text.h"
#include "catalog/whereabouts.h"

namespace statewire {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view kInsight = "Insight";  // An eventCategory.

// By length first: most keys of an event are none of these.
std::string_view* envelope_text(EventView& view, std::string_view key) {
  switch (key.size()) {
    case 2:
      return is(key, "id") ? &view.id : nullptr;
    case 4:
      return is(key, "time") ? &view.time : is(key, "type") ? &view.type : nullptr;
    case 6:
      return is(key, "source") ? &view.source : is(key, "region") ? &view.region : nullptr;
    case 7:
      return is(key, "account") ? &view.account : nullptr;
    case 11:
      if (is(key, "detail-type")) return &view.detail_type;
      return is(key, "traceparent") ? &view.traceparent : nullptr;
    default:
      return nullptr;
  }
}

std::string_view* call_text(CallFields& call, std::string_view key) {
  switch (key.size()) {
    case 7:
      return is(key, "eventID") ? &call.event_id : nullptr;
    case 9:
      if (is(key, "eventName")) return &call.event_name;
      if (is(key, "eventTime")) return &call.event_time;
      if (is(key, "eventType")) return &call.event_type;
      if (is(key, "awsRegion")) return &call.aws_region;
      if (is(key, "userAgent")) return &call.user_agent;
      return is(key, "errorCode") ? &call.error_code : nullptr;
    case 11:
      return is(key, "eventSource") ? &call.event_source : nullptr;
    case 12:
      return is(key, "errorMessage") ? &call.error_message : nullptr;
    case 13:
      return is(key, "eventCategory") ? &call.event_category : nullptr;
    case 15:
      return is(key, "sourceIPAddress") ? &call.source_address : nullptr;
    case 18:
      return is(key, "recipientAccountId") ? &call.recipient_account : nullptr;
    default:
      return nullptr;
  }
}

// Of a key that is repeated the first counts, as everywhere, whatever it holds.
void read_text(element value, std::string_view& to) {
  if (to.data() != nullptr) return;
  if (value.get_string().get(to)) to = "";
}

// True where `value` is true or "true".
bool is_true(element value) {
  bool flag = false;
  std::string_view text;
  if (!value.get_bool().get(flag)) return flag;
  return !value.get_string().get(text) && text == "true";
}

// What some tool wrote as a number has lost its leading zeros.
void restore_account(element value, std::string_view& to, Arena& arena) {
  constexpr size_t kDigits = 12;
  constexpr uint64_t kFirstTooLong = 1'000'000'000'000;
  uint64_t number = 0;
  if (!to.empty() || value.get_uint64().get(number) || number >= kFirstTooLong) return;
  char* const digits = arena.allocate(kDigits);
  for (size_t i = kDigits; i-- > 0; number /= 10) digits[i] = static_cast<char>('0' + number % 10);
  to = {digits, kDigits};
}

void read_call_field(std::string_view key, element value, EventView& view, Arena& arena) {
  CallFields& call = view.call;
  object identity;
  if (std::string_view* const text = call_text(call, key)) {
    read_text(value, *text);
    if (text == &call.recipient_account) restore_account(value, *text, arena);
  } else if (is(key, "userIdentity")) {
    if (!call.identity && !value.get_object().get(identity)) call.identity = identity;
  } else if (is(key, "requestParameters")) {
    if (!view.request) view.request = value;
  } else if (is(key, "responseElements")) {
    if (!view.response) view.response = value;
  } else if (is(key, "resources")) {
    simdjson::dom::array resources;
    if (!call.resources && !value.get_array().get(resources)) call.resources = resources;
  } else if (is(key, "readOnly")) {
    if (!call.is_read_only) call.is_read_only = is_true(value);
  } else if (is(key, "sessionCredentialFromConsole")) {
    if (!call.is_from_console) call.is_from_console = is_true(value);
  }
}

void read_call(object record, EventView& view, Arena& arena) {
  for (const auto field : record) read_call_field(field.key, field.value, view, arena);
}

void read_request_and_response(object detail, EventView& view) {
  element value;
  if (!detail.at_key("requestParameters").get(value)) view.request = value;
  if (!detail.at_key("responseElements").get(value)) view.response = value;
}

bool is_service_of_aws(std::string_view host) {
  return host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
}

// Returns whether a field was seen that only a CloudTrail record has.
bool read_envelope(object event, EventView& view, Arena& arena) {
  bool is_record = false;
  for (const auto field : event) {
    if (std::string_view* const text = envelope_text(view, field.key)) {
      read_text(field.value, *text);
      if (text == &view.account) restore_account(field.value, *text, arena);
    } else if (is(field.key, "detail")) {
      if (!view.detail) view.detail = field.value;
    } else if (is(field.key, "resources")) {
      simdjson::dom::array resources;
      if (!view.resources && !field.value.get_array().get(resources)) view.resources = resources;
    } else if (is(field.key, "eventVersion")) {
      is_record = true;
    } else if (is(field.key, "eventSource")) {
      std::string_view source;
      is_record = is_record || (!field.value.get_string().get(source) && is_service_of_aws(source));
    } else if (is(field.key, "eventCategory")) {
      std::string_view category;
      is_record = is_record || (!field.value.get_string().get(category) && category == kInsight);
    } else if (is(field.key, "specversion")) {
      view.has_specversion = field.value.is_string();
    }
  }
  return is_record;
}

bool is_record(const CallFields& call) {
  return !call.event_source.empty() || !call.event_name.empty() || !call.event_type.empty() ||
         is_insight(call);
}

void read_bare_record(object event, EventView& view, Arena& arena) {
  read_call(event, view, arena);
  if (!is_record(view.call)) {
    view.call = {};
    view.request.reset();
    view.response.reset();
    return;
  }
  view.shape = EventShape::cloudtrail;
  view.is_bare = true;
  view.detail = view.event;
  // What its envelope would say.
  view.id = {};
  view.source = {};
  view.type = {};
  view.detail_type = detail_type_of(view.call.event_type);
  view.account = {};
  view.region = {};
  view.time = {};
  view.resources.reset();
}

void fill_from_call(EventView& view, Arena& arena) {
  const CallFields& call = view.call;
  element account;
  if (view.account.empty()) view.account = call.recipient_account;
  if (view.account.empty() && call.resources) view.account = only_account_in(*call.resources);
  if (view.account.empty() && call.identity && !call.identity->at_key("accountId").get(account)) {
    if (account.get_string().get(view.account)) view.account = {};
    restore_account(account, view.account, arena);
  }
  if (!call.aws_region.empty()) view.region = call.aws_region;
  if (!call.event_time.empty()) view.time = call.event_time;
}

}  // namespace

EventView view_of(element event, Arena& arena) {
  EventView view;
  view.event = event;
  object fields;
  if (event.get_object().get(fields)) return view;
  const bool may_be_bare = read_envelope(fields, view, arena);
  object detail;
  const bool has_detail = view.detail && !view.detail->get_object().get(detail);
  if (has_detail && !view.source.empty() && !view.detail_type.empty()) {
    view.shape = EventShape::eventbridge;
    if (view.detail_type.ends_with(" via CloudTrail")) {
      read_call(detail, view, arena);
      if (is_record(view.call)) view.shape = EventShape::cloudtrail;
    } else {
      read_request_and_response(detail, view);
    }
  } else if (view.has_specversion && !view.id.empty() && !view.source.empty()) {
    view.shape = EventShape::cloudevent;
  } else if (may_be_bare) {
    read_bare_record(fields, view, arena);
  } else if (has_detail) {
    read_request_and_response(detail, view);
  }
  if (view.shape == EventShape::cloudtrail) fill_from_call(view, arena);
  return view;
}

bool is_insight(const CallFields& call) {
  return call.event_type == "AwsCloudTrailInsight" || call.event_category == kInsight;
}

std::string_view detail_type_of(std::string_view event_type) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {"AwsServiceEvent", "AWS Service Event via CloudTrail"},
      {"AwsConsoleSignIn", "AWS Console Sign In via CloudTrail"},
      {"AwsConsoleAction", "AWS Console Action via CloudTrail"},
      {"AwsCloudTrailInsight", "AWS Insight via CloudTrail"}};
  for (const auto& [type, detail_type] : kTypes) {
    if (type == event_type) return detail_type;
  }
  return "AWS API Call via CloudTrail";
}

}  // namespace statewire
