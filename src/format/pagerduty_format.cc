#include "base/ids.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "format/clean_text.h"
#include "format/format.h"
#include "format/message_parts.h"
#include "format/sink_formats.h"

namespace statewire {
namespace {

constexpr uint8_t kFatal = 21;

// A resource has one alert. Whatever is severe opens it, also where the resource is gone or rests:
// that may be just what is wrong. A transition that is not severe closes it where the resource
// rests, or is no more; so does that it is calm again. What is not severe and only tells more, or
// where a resource passes through, concerns nobody at night.
std::string_view action_of(const Notification& n) {
  if (n.kind == NotificationKind::retracted) return "resolve";
  if (n.severity >= kWarn) return "trigger";
  const bool rests = is_settled(n.phase) && n.phase != Phase::degraded;
  const bool is_calm = n.kind == NotificationKind::flapping && !n.is_flapping;
  return (n.kind == NotificationKind::transition || is_calm) && rests ? "resolve" : "none";
}

std::string_view severity_of(uint8_t severity) {
  if (severity >= kFatal) return "critical";
  if (severity >= kError) return "error";
  return severity >= kWarn ? "warning" : "info";
}

std::string dedup_key(std::string_view resource) {
  if (resource.size() <= kPagerDutyKeyBytesMax) return std::string(resource);
  const auto hash = hash128("pagerduty", {resource});
  return to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

template <size_t N>
void add_clean(const char (&name)[N], std::string_view value, JsonWriter& json) {
  std::string clean;
  append_clean(clean, value);
  json.known_text(name, clean);
}

void add_payload(const Notification& n, const InnerMessage& inner, const MessageParts& parts,
                 JsonWriter& json) {
  const bool has_text = inner.is_given() && !is_blank(inner.text);
  json.begin_object("payload");
  json.text("summary",
            shortened(has_text ? inner.text : parts.line, kPagerDutySummaryCharactersMax));
  add_clean("source", n.resource.id, json);
  json.word("severity", severity_of(n.severity));
  if (!n.is_untimed) json.time("timestamp", n.time);
  add_clean("component", n.name.empty() ? n.resource.name : n.name, json);
  add_clean("group", n.resource.account, json);
  add_clean("class", n.resource.type, json);
  std::string details;  // On-call people read them.
  append_json_data(n, details);
  std::string clean_details;
  append_clean(clean_details, details);
  json.raw("custom_details", clean_details);
  json.end_object();
  json.word("client", "Statewire");
  json.begin_array("links");
  for (const MessageLink& link : parts.links) {
    json.begin_object();
    json.text("href", link.url);
    json.text("text", link.title);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void append_pagerduty_event(const Notification& notification, const InnerMessage& inner,
                            std::string& out) {
  const std::string_view action = action_of(notification);
  JsonWriter json(out);
  json.begin_object();
  json.word("event_action", action);
  add_clean("dedup_key", dedup_key(notification.resource.id), json);
  if (action == "none") {
    json.word("summary", "nothing to page for");
  } else {
    add_payload(notification, inner, parts_of(notification), json);
  }
  json.end_object();
}

}  // namespace statewire
