#include "catalog/describe.h"

#include <string>
#include <utility>

#include "base/http_date.h"
#include "base/limits.h"
#include "catalog/clean.h"
#include "model/owner.h"
#include "model/reminder.h"

namespace statewire {
namespace {

using std::chrono::hours;

// What Statewire says on its own word is about something of a provider's.
void take_own_origin(const EventView& view, Arena& arena, Origin& origin) {
  origin.system = "statewire";
  simdjson::dom::object detail;
  std::string_view source;
  if (view.detail && !view.detail->get_object().get(detail) &&
      !detail.at_key("source").get_string().get(source)) {
    origin.source = copy_clean(arena, source);
  }
}

Origin origin_of(const EventView& view, Arena& arena) {
  Origin origin;
  switch (view.shape) {
    case EventShape::cloudtrail: {
      const CallFields& call = view.call;
      const std::string_view service = call.event_source.substr(0, call.event_source.find('.'));
      origin.system = "aws.cloudtrail";
      origin.source =
          copy_clean(arena, arena.join("aws.", service.empty() ? "cloudtrail" : service));
      origin.type = copy_clean(arena, call.event_name.empty() ? call.event_type : call.event_name);
      origin.id = copy_clean(arena, view.call.event_id);
      return origin;
    }
    case EventShape::eventbridge:
      origin.system = "aws.eventbridge";
      origin.type = copy_clean(arena, view.detail_type);
      break;
    case EventShape::cloudevent:
    case EventShape::other:
      origin.system = "custom";
      origin.type = copy_clean(arena, view.type.empty() ? view.detail_type : view.type);
      break;
  }
  origin.source = copy_clean(arena, view.source);
  if (view.source == kReminderEventSource || view.source == kInventoryEventSource) {
    take_own_origin(view, arena, origin);
  }
  origin.id = copy_clean(arena, view.id);
  return origin;
}

// "Access Denied" says no more than AccessDenied does.
bool is_same_but_for_spaces(std::string_view message, std::string_view name) {
  for (const char c : message) {
    if (c == ' ') continue;
    if (!name.starts_with(c)) return false;
    name.remove_prefix(1);
  }
  return name.empty();
}

// The fields as the event gives them, not as they were cleaned: two ids stay two.
EventId event_id_of(const EventView& view, std::string_view system, std::string_view bytes) {
  if (view.shape == EventShape::cloudtrail && !view.call.event_id.empty()) {
    return {hash128("event", {view.call.event_id})};
  }
  if (view.shape != EventShape::cloudtrail && !view.id.empty()) {
    if (view.shape == EventShape::cloudevent) return {hash128("event", {view.source, view.id})};
    return {hash128("event", {system, view.account, view.region, view.id})};
  }
  if (!bytes.empty()) return {hash128("event", {bytes})};
  return {hash128("event", {std::string(simdjson::minify(view.event))})};
}

std::string_view hex_in(Arena& arena, const EventId& id) {
  char* digits = arena.allocate(32);
  write_hex(id.bytes, digits);
  return {digits, 32};
}

}  // namespace

TakenTime take_time(std::string_view text, Time received) {
  std::optional<Time> time = text.empty() ? std::nullopt : parse_time(text);
  if (!time) time = parse_http_date(text);
  if (!time || *time < Time()) return {received, kNoTime};
  if (*time > received + hours(1)) return {received, kFutureTime};
  return {*time, 0};
}

EventDescription describe(const EventView& view, std::string_view bytes, Time received,
                          Arena& arena) {
  EventDescription result;
  Recognition& recognition = result.recognition;
  recognition.origin = origin_of(view, arena);
  recognition.event_id = event_id_of(view, recognition.origin.system, bytes);
  result.account = copy_clean(arena, view.account, kPlaceBytesMax);
  result.region = copy_clean(arena, view.region, kPlaceBytesMax);
  recognition.account = result.account.empty() ? "-" : result.account;
  recognition.region = result.region.empty() ? "-" : result.region;
  result.time = take_time(view.time, received);
  recognition.time = result.time.time;
  result.evidence =
      recognition.origin.id.empty() ? hex_in(arena, recognition.event_id) : recognition.origin.id;
  result.traceparent = copy_clean(arena, view.traceparent, kPlaceBytesMax);
  const std::string_view envelope_id = copy_clean(arena, view.id, kPlaceBytesMax);
  if (envelope_id != recognition.origin.id) result.envelope_id = envelope_id;
  return result;
}

std::string_view error_name(std::string_view error_code) {
  for (const std::string_view prefix : {"Client.", "Server."}) {
    if (error_code.starts_with(prefix)) return error_code.substr(prefix.size());
  }
  return error_code;
}

std::string_view error_text(const CallFields& call, Arena& arena) {
  const std::string_view name = copy_clean(arena, error_name(call.error_code));
  // EC2 adds what only its own decoder can read.
  const std::string_view message =
      call.error_message.substr(0, call.error_message.find(" Encoded authorization failure"));
  if (name.empty() || name.size() > kPlaceBytesMax || message.empty()) return name;
  if (is_same_but_for_spaces(message, name)) return name;
  return arena.join(name, ": ", copy_shortened(arena, message, kErrorMessageBytesMax));
}

std::string_view repeated_error_reason(std::string_view name) {
  constexpr std::string_view kThrottled = "throttled; the caller repeats it";
  constexpr std::string_view kUnavailable = "the provider failed; the caller repeats it";
  constexpr std::pair<std::string_view, std::string_view> kPrefixes[] = {
      {"Throttl", kThrottled},
      {"RequestThrottled", kThrottled},
      {"RequestLimitExceeded", kThrottled},
      {"TooManyRequests", kThrottled},
      {"SlowDown", kThrottled},
      {"BandwidthLimitExceeded", kThrottled},
      {"ProvisionedThroughputExceeded", kThrottled},
      {"PriorRequestNotComplete", kThrottled},
      {"ServiceUnavailable", kUnavailable},
      {"Unavailable", kUnavailable},
      {"InternalError", kUnavailable},
      {"InternalFailure", kUnavailable},
      {"InternalServerError", kUnavailable},
      {"InternalServerException", kUnavailable},
      {"InternalServiceE", kUnavailable},  // …Error, …Exception
      {"RequestTimeout", kUnavailable},
      {"RequestExpired", "the request had expired; the caller repeats it"},
      {"DryRunOperation", "a dry run"}};
  for (const auto& [prefix, reason] : kPrefixes) {
    if (name.starts_with(prefix)) return reason;
  }
  return {};
}

}  // namespace statewire
