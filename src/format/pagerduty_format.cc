#include "base/ids.h"
#include "base/limits.h"
#include "base/text.h"
#include "format/clean_text.h"
#include "format/format.h"
#include "format/message_parts.h"
#include "format/sink_formats.h"

namespace statewire {
namespace {

constexpr uint8_t kFatal = 21;

// A resource has one alert. Whatever is severe opens it, also where the resource is gone or rests:
// that may be just what is wrong. A transition that is not severe closes it where the resource
// rests, or is no more. What is not severe and only tells more, or where a resource passes
// through, concerns nobody at night.
std::string_view action_of(const Notification& n) {
  if (n.kind == NotificationKind::retracted) return "resolve";
  if (n.severity >= kWarn) return "trigger";
  const bool rests = is_settled(n.phase) && n.phase != Phase::degraded;
  return n.kind == NotificationKind::transition && rests ? "resolve" : "none";
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

void add_member(std::string_view name, std::string_view value, std::string& out) {
  if (value.empty()) return;
  std::string clean;
  append_clean(clean, value);
  out.append(",\"").append(name).append("\":");
  append_json_string(out, clean);
}

void add_payload(const Notification& n, const InnerMessage& inner, const MessageParts& parts,
                 std::string& out) {
  const bool has_text = inner.is_given() && !is_blank(inner.text);
  const std::string_view summary = has_text ? inner.text : parts.line;
  out += R"(,"payload":{"summary":)";
  append_json_string(out, shortened(summary, kPagerDutySummaryCharactersMax));
  add_member("source", n.resource.id, out);
  add_member("severity", severity_of(n.severity), out);
  add_member("timestamp", format_time(n.time), out);
  add_member("component", n.name.empty() ? n.resource.name : n.name, out);
  add_member("group", n.resource.account, out);
  add_member("class", n.resource.type, out);
  out += R"(,"custom_details":)";
  std::string details;  // On-call people read them.
  append_json_data(n, details);
  append_clean(out, details);
  out += R"(},"client":"Statewire","links":[)";
  for (const MessageLink& link : parts.links) {
    if (&link != &parts.links.front()) out += ",";
    out += R"({"href":)";
    append_json_string(out, link.url);
    add_member("text", link.title, out);
    out += "}";
  }
  out += "]";
}

}  // namespace

void append_pagerduty_event(const Notification& notification, const InnerMessage& inner,
                            std::string& out) {
  const std::string_view action = action_of(notification);
  out.append(R"({"event_action":")").append(action).append("\"");
  add_member("dedup_key", dedup_key(notification.resource.id), out);
  if (action == "none") {
    add_member("summary", "nothing to page for", out);
  } else {
    add_payload(notification, inner, parts_of(notification), out);
  }
  out += "}";
}

}  // namespace statewire
