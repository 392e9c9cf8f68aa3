#include "format/json.h"

#include <algorithm>
#include <iterator>

#include "base/limits.h"
#include "base/text.h"
#include "format/format.h"
#include "format/message.h"

namespace statewire {
namespace {

std::string_view cut_text(std::string_view text, size_t bytes_max) {
  return text.size() <= bytes_max ? text : cut_utf8(text, bytes_max);
}

bool has_late_cause(const Notification& notification) {
  return notification.has_late_observation && is_cause_known(notification.late_cause);
}

// Writes one notification: what the functions below share.
class JsonNotification {
 public:
  JsonNotification(const Notification& notification, const JsonCut& cut, JsonWriter& json)
      : notification_(notification), cut_(cut), json_(json) {}

  void envelope();
  size_t data();

 private:
  void receipt();
  void group();
  void deployment(const DeploymentTold& told);
  void origin();
  void resource();
  void tags();
  void state();
  void late_observation();
  void cause(const Cause& cause);
  void owner();
  void expected();
  void flags();
  size_t changes();
  void message();

  template <size_t N>
  void line(const char (&name)[N], std::string_view value) {
    json_.line(name, cut_text(value, cut_.text_bytes_max));
  }
  template <size_t N>
  void known_line(const char (&name)[N], std::string_view value) {
    json_.known_line(name, cut_text(value, cut_.text_bytes_max));
  }

  const Notification& notification_;
  const JsonCut& cut_;
  JsonWriter& json_;
};

void JsonNotification::envelope() {
  json_.word("specversion", "1.0");
  json_.hex("id", notification_.id.bytes);
  json_.key("source");
  json_.begin_string();
  json_.inside_plain("/statewire/");
  json_.inside(cut_text(notification_.instance, cut_.text_bytes_max));
  json_.inside_plain("/");
  json_.inside(cut_text(notification_.source, cut_.text_bytes_max));
  json_.end_string();
  json_.word("type", type_of(notification_.kind));
  json_.key("subject");
  const size_t id_from = json_.size();
  json_.line(cut_text(notification_.resource.id, cut_.id_bytes_max));
  const size_t id_end = json_.size();
  json_.key("partitionkey");
  json_.again(id_from, id_end);
  json_.time("time", notification_.time);
  if (notification_.recorded != Time()) json_.time("recordedtime", notification_.recorded);
  json_.word("datacontenttype", "application/json");
  json_.word("dataschema", dataschema_of(notification_));
  if (notification_.sequence != 0) {
    json_.key("sequence");
    json_.begin_string();
    json_.inside_digits(notification_.sequence, 20);
    json_.end_string();
  }
  json_.number("severitynumber", notification_.severity);
  json_.word("severitytext", severity_text(notification_.severity));
  if (!notification_.amends.is_zero()) json_.hex("causationid", notification_.amends.bytes);
  known_line("traceparent", notification_.traceparent);
}

size_t JsonNotification::data() {
  if (notification_.kind == NotificationKind::receipt) {
    receipt();
    return 0;
  }
  if (notification_.kind == NotificationKind::group) {
    group();
    return 0;
  }
  origin();
  resource();
  state();
  json_.number("revision", notification_.revision);
  late_observation();
  cause(notification_.cause);
  owner();
  expected();
  json_.word("drift", name_of(notification_.drift));
  flags();
  const size_t changes_bytes = changes();
  message();
  return changes_bytes;
}

void JsonNotification::receipt() {
  json_.begin_object("receipt");
  json_.number("count", notification_.receipt_count);
  line("summary", notification_.receipt);
  json_.end_object();
  message();
}

void JsonNotification::group() {
  json_.begin_object("group");
  json_.number("count", notification_.receipt_count);
  line("summary", notification_.receipt);
  json_.begin_array("kinds");
  size_t listed = 0;
  for (const ReceiptKind& kind : notification_.receipt_kinds) {
    if (listed++ == kDigestKindsInTableMax) break;
    json_.begin_object();
    line("what", kind.name);
    json_.number("count", kind.count);
    json_.boolean("failed", kind.severity != 0);
    json_.end_object();
  }
  json_.end_array();
  json_.end_object();
  if (notification_.deployment != nullptr) deployment(*notification_.deployment);
  message();
}

void JsonNotification::deployment(const DeploymentTold& told) {
  json_.begin_object("deployment");
  json_.word("status", told.has_failed ? "failed" : told.is_under_way ? "under_way" : "well");
  known_line("tool", told.tool);
  if (told.stacks.size() == 1) line("stack", told.stacks.front());
  known_line("actor", told.actor);
  known_line("account", told.account);
  known_line("region", told.region);
  json_.time("began", told.began);
  json_.time("ended", told.ended);
  json_.number("changed", told.changed);
  json_.number("failed", told.failed);
  json_.begin_array("failures");
  for (const std::string& failure : told.failures) {
    json_.line(cut_text(failure, cut_.text_bytes_max));
  }
  json_.end_array();
  known_line("stack_id", told.stack_id);
  json_.begin_array("stacks");
  for (const std::string_view stack : told.stacks) json_.line(cut_text(stack, cut_.text_bytes_max));
  json_.end_array();
  json_.begin_array("resources");
  for (const ToldResource& resource : told.resources) {
    json_.begin_object();
    line("type", resource.type);
    line("name", resource.name);
    if (!resource.id.empty()) json_.line("id", cut_text(resource.id, cut_.id_bytes_max));
    json_.end_object();
  }
  json_.end_array();
  json_.end_object();
}

void JsonNotification::origin() {
  const Origin& origin = notification_.origin;
  json_.begin_object("origin");
  line("system", origin.system);
  line("source", origin.source);
  line("type", origin.type);
  known_line("id", origin.id);
  json_.end_object();
}

void JsonNotification::resource() {
  const Identity& resource = notification_.resource;
  json_.begin_object("resource");
  json_.line("id", cut_text(resource.id, cut_.id_bytes_max));
  line("type", resource.type);
  known_line("provider", resource.provider);
  known_line("account", resource.account);
  known_line("account_name", notification_.account_name);
  known_line("account_owner", notification_.account_owner);
  known_line("region", resource.region);
  known_line("zone", resource.zone);
  known_line("service", resource.service);
  known_line("name", notification_.name);
  tags();
  json_.end_object();
}

void JsonNotification::tags() {
  if (notification_.tags.empty() || cut_.without_tags) return;
  const size_t count = std::min(notification_.tags.size(), kTagsMax);
  json_.begin_object("tags");
  for (size_t i = 0; i < count; ++i) {
    json_.key_line(notification_.tags[i].key);
    json_.line(notification_.tags[i].value);
  }
  json_.end_object();
}

void JsonNotification::state() {
  json_.begin_object("state");
  json_.word("phase", name_of(notification_.phase));
  known_line("value", notification_.value);
  json_.boolean("settled", is_settled(notification_.phase));
  const Previous& previous = notification_.previous;
  if (previous.since != Time()) {
    json_.begin_object("previous");
    json_.word("phase", name_of(previous.phase));
    known_line("value", previous.value);
    json_.time("since", previous.since);
    json_.end_object();
  }
  json_.end_object();
}

void JsonNotification::late_observation() {
  if (!notification_.has_late_observation) return;
  json_.begin_object("late_observation");
  known_line("value", notification_.late_value);
  json_.word("phase", name_of(notification_.late_phase));
  json_.time("time", notification_.late_time);
  if (has_late_cause(notification_)) cause(notification_.late_cause);
  json_.end_object();
}

void JsonNotification::cause(const Cause& cause) {
  json_.begin_object("cause");
  json_.word("kind", name_of(cause.kind));
  known_line("actor", cause.actor);
  known_line("actor_type", cause.actor_type);
  known_line("account", cause.account);
  known_line("tool", cause.tool);
  known_line("via", cause.via);
  known_line("session", cause.session);
  known_line("role", cause.role);
  known_line("address", cause.address);
  known_line("reason", cause.reason);
  json_.word("confidence", name_of(cause.confidence));
  json_.begin_array("evidence");
  if (!cause.evidence.empty()) json_.line(cut_text(cause.evidence, cut_.text_bytes_max));
  json_.end_array();
  json_.end_object();
}

void JsonNotification::owner() {
  const Owner& owner = notification_.owner;
  if (!owner.is_known()) return;
  json_.begin_object("owner");
  line("tool", owner.tool);
  known_line("inventory", owner.inventory);
  known_line("stack", owner.stack);
  known_line("address", owner.address);
  known_line("file", owner.file);
  if (const uint64_t number = line_of(owner); number != 0) json_.number("line", number);
  known_line("via", owner.via);
  known_line("part", owner.part);
  json_.end_object();
}

void JsonNotification::expected() {
  const Expectation& expectation = notification_.expectation;
  const auto seconds = [](Duration duration) {
    return static_cast<uint64_t>(duration / std::chrono::seconds(1));
  };
  if (notification_.kind == NotificationKind::stuck) {
    json_.begin_object("expected");
    json_.time("since", expectation.since);
    json_.number("within_seconds", seconds(expectation.within));
    if (expectation.seen != 0) {
      json_.number("seen", expectation.seen);
      json_.number("median_seconds", seconds(expectation.median));
      json_.number("p99_seconds", seconds(expectation.p99));
    }
    json_.end_object();
  }
  if (notification_.kind == NotificationKind::flapping) {
    json_.boolean("flapping", notification_.is_flapping);
  }
}

void JsonNotification::flags() {
  json_.begin_array("flags");
  if (notification_.is_late) json_.word("late");
  if (notification_.is_future) json_.word("future");
  if (notification_.is_untimed) json_.word("untimed");
  if (cut_.is_truncated || notification_.tags.size() > kTagsMax) json_.word("truncated");
  json_.end_array();
}

size_t JsonNotification::changes() {
  const size_t from = json_.size();
  size_t written = 0;
  json_.begin_array("changes");
  for (const Change& change : notification_.changes) {
    const size_t before = json_.size();
    ++written;
    json_.begin_object();
    json_.line("path", change.path);
    json_.known_line("from", change.from);
    json_.known_line("to", change.to);
    json_.end_object();
    // With the bracket that ends the list.
    if (json_.size() + 1 - from <= cut_.changes_bytes_max) continue;
    json_.cut_to(before);
    --written;
    break;
  }
  if (written == 0) {
    json_.cut_to(from);
    return 0;
  }
  json_.end_array();
  return json_.size() - from;
}

void JsonNotification::message() {
  Words words;
  add_message(notification_, DriftSaid::here, words);
  json_.key("message");
  json_.begin_string();
  for (const std::string_view piece : words.pieces()) json_.inside(piece, JsonWriter::For::people);
  json_.end_string();
}

// Writes an object once, and where that is too long once more, shorter. `members` writes what is
// between the braces, and returns the bytes that the changes take.
template <typename Members>
void append_within_limit(std::string& out, Members members) {
  constexpr size_t kFlagBytes = 12;  // ,"truncated"
  JsonWriter json(out);
  const size_t from = json.size();
  JsonCut cut;
  const auto write = [&] {
    json.begin_object();
    const size_t changes_bytes = members(cut, json);
    json.end_object();
    return changes_bytes;
  };
  const size_t changes_bytes = write();
  const size_t bytes = json.size() - from;
  if (bytes <= kNotificationBytesMax) return;
  json.cut_to(from);
  const size_t rest = bytes - changes_bytes + kFlagBytes;
  cut.is_truncated = true;
  cut.changes_bytes_max = rest < kNotificationBytesMax ? kNotificationBytesMax - rest : 0;
  if (rest > kNotificationBytesMax) {
    cut.text_bytes_max = kTruncatedTextBytesMax;
    cut.id_bytes_max = kTruncatedIdBytesMax;
    cut.without_tags = true;
  }
  write();
  CHECK(json.size() - from <= kNotificationBytesMax);
}

}  // namespace

std::string_view type_of(NotificationKind kind) {
  switch (kind) {
    case NotificationKind::transition:
      return "statewire.resource.transition.v1";
    case NotificationKind::changed:
      return "statewire.resource.changed.v1";
    case NotificationKind::amended:
      return "statewire.resource.amended.v1";
    case NotificationKind::failed:
      return "statewire.resource.failed.v1";
    case NotificationKind::retracted:
      return "statewire.resource.retracted.v1";
    case NotificationKind::receipt:
      return "statewire.receipt.v1";
    case NotificationKind::group:
      return "statewire.group.v1";
    case NotificationKind::stuck:
      return "statewire.resource.stuck.v1";
    case NotificationKind::flapping:
      return "statewire.resource.flapping.v1";
    case NotificationKind::none:
      break;
  }
  CHECK(kind != NotificationKind::none);  // It is told to nobody.
  return {};
}

std::string_view severity_text(uint8_t severity) {
  constexpr std::string_view kTexts[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
  const size_t range = severity == 0 ? 0 : (severity - 1u) / 4;
  return kTexts[std::min(range, std::size(kTexts) - 1)];
}

std::string_view dataschema_of(const Notification& notification) {
  const bool is_announcement =
      notification.kind == NotificationKind::receipt && notification.receipt_count == 0;
  const Cause& cause = notification.cause;
  const bool is_of_1_1 = notification.is_untimed || is_announcement || !cause.account.empty() ||
                         !cause.role.empty() || !cause.address.empty() || !cause.reason.empty() ||
                         has_late_cause(notification) || notification.owner.is_known() ||
                         notification.kind == NotificationKind::group ||
                         notification.kind == NotificationKind::stuck ||
                         notification.kind == NotificationKind::flapping;
  return is_of_1_1 ? "urn:statewire:notification:1.1" : "urn:statewire:notification:1.0";
}

void write_envelope(const Notification& notification, const JsonCut& cut, JsonWriter& json) {
  JsonNotification(notification, cut, json).envelope();
}

size_t write_data(const Notification& notification, const JsonCut& cut, JsonWriter& json) {
  return JsonNotification(notification, cut, json).data();
}

void append_flat_json(const Notification& notification, std::string& out) {
  JsonWriter json(out);
  json.begin_object();
  write_envelope(notification, JsonCut(), json);
  write_data(notification, JsonCut(), json);
  json.end_object();
}

void append_json(const Notification& notification, std::string& out) {
  append_within_limit(out, [&](const JsonCut& cut, JsonWriter& json) {
    write_envelope(notification, cut, json);
    json.begin_object("data");
    const size_t changes_bytes = write_data(notification, cut, json);
    json.end_object();
    return changes_bytes;
  });
}

void append_json_data(const Notification& notification, std::string& out) {
  append_within_limit(out, [&](const JsonCut& cut, JsonWriter& json) {
    return write_data(notification, cut, json);
  });
}

}  // namespace statewire
