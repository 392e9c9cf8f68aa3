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

// Writes one notification: what the functions below share.
class JsonNotification {
 public:
  JsonNotification(const Notification& notification, const JsonCut& cut, JsonWriter& json)
      : notification_(notification), cut_(cut), json_(json) {}

  void envelope();
  size_t data();

 private:
  void type();
  void receipt();
  void origin();
  void resource();
  void tags();
  void state();
  void late_observation();
  void cause();
  void flags();
  size_t changes();
  void message();

  template <size_t N>
  void text(const char (&before)[N], std::string_view value) {
    json_.text(before, cut_text(value, cut_.text_bytes_max));
  }
  template <size_t N>
  void known_text(const char (&before)[N], std::string_view value) {
    json_.known_text(before, cut_text(value, cut_.text_bytes_max));
  }

  const Notification& notification_;
  const JsonCut& cut_;
  JsonWriter& json_;
};

void JsonNotification::type() {
  switch (notification_.kind) {
    case NotificationKind::transition:
      return json_.raw(R"(","type":"statewire.resource.transition.v1",)");
    case NotificationKind::changed:
      return json_.raw(R"(","type":"statewire.resource.changed.v1",)");
    case NotificationKind::amended:
      return json_.raw(R"(","type":"statewire.resource.amended.v1",)");
    case NotificationKind::failed:
      return json_.raw(R"(","type":"statewire.resource.failed.v1",)");
    case NotificationKind::retracted:
      return json_.raw(R"(","type":"statewire.resource.retracted.v1",)");
    case NotificationKind::receipt:
      return json_.raw(R"(","type":"statewire.receipt.v1",)");
    case NotificationKind::none:
      CHECK(notification_.kind != NotificationKind::none);  // It is told to nobody.
  }
}

void JsonNotification::envelope() {
  json_.raw(R"("specversion":"1.0","id":")");
  json_.hex(notification_.id.bytes);
  json_.raw(R"(","source":"/statewire/)");
  json_.inside(cut_text(notification_.instance, cut_.text_bytes_max));
  json_.raw("/");
  json_.inside(cut_text(notification_.source, cut_.text_bytes_max));
  type();
  json_.raw(R"("subject":")");
  const size_t id_from = json_.size();
  json_.inside(cut_text(notification_.resource.id, cut_.id_bytes_max));
  const size_t id_end = json_.size();
  json_.raw(R"(","partitionkey":")");
  json_.again(id_from, id_end);
  json_.raw(R"(","time":)");
  json_.time(notification_.time);
  if (notification_.recorded != Time()) {
    json_.raw(R"(,"recordedtime":)");
    json_.time(notification_.recorded);
  }
  json_.raw(
      R"(,"datacontenttype":"application/json","dataschema":"urn:statewire:notification:1.0")");
  if (notification_.sequence != 0) {
    json_.raw(R"(,"sequence":")");
    json_.number(notification_.sequence, 20);
    json_.raw("\"");
  }
  json_.raw(R"(,"severitynumber":)");
  json_.number(notification_.severity);
  json_.raw(R"(,"severitytext":")");
  json_.raw(severity_text(notification_.severity));
  json_.raw("\"");
  if (!notification_.amends.is_zero()) {
    json_.raw(R"(,"causationid":")");
    json_.hex(notification_.amends.bytes);
    json_.raw("\"");
  }
  known_text(R"(,"traceparent":)", notification_.traceparent);
}

size_t JsonNotification::data() {
  if (notification_.kind == NotificationKind::receipt) {
    receipt();
    return 0;
  }
  origin();
  resource();
  state();
  json_.raw(R"(,"revision":)");
  json_.number(notification_.revision);
  late_observation();
  cause();
  // No inventory is loaded that could tell.
  json_.raw(R"(,"drift":"unknown")");
  flags();
  const size_t changes_bytes = changes();
  message();
  return changes_bytes;
}

void JsonNotification::receipt() {
  json_.raw(R"("receipt":{"count":)");
  json_.number(notification_.receipt_count);
  text(R"(,"summary":)", notification_.receipt);
  json_.raw("}");
  message();
}

void JsonNotification::origin() {
  const Origin& origin = notification_.origin;
  text(R"("origin":{"system":)", origin.system);
  text(R"(,"source":)", origin.source);
  text(R"(,"type":)", origin.type);
  known_text(R"(,"id":)", origin.id);
}

void JsonNotification::resource() {
  const Identity& resource = notification_.resource;
  json_.text(R"(},"resource":{"id":)", cut_text(resource.id, cut_.id_bytes_max));
  text(R"(,"type":)", resource.type);
  known_text(R"(,"provider":)", resource.provider);
  known_text(R"(,"account":)", resource.account);
  known_text(R"(,"account_name":)", notification_.account_name);
  known_text(R"(,"account_owner":)", notification_.account_owner);
  known_text(R"(,"region":)", resource.region);
  known_text(R"(,"zone":)", resource.zone);
  known_text(R"(,"service":)", resource.service);
  known_text(R"(,"name":)", notification_.name);
  tags();
}

void JsonNotification::tags() {
  if (notification_.tags.empty() || cut_.without_tags) return;
  const size_t count = std::min(notification_.tags.size(), kTagsMax);
  json_.raw(R"(,"tags":{)");
  for (size_t i = 0; i < count; ++i) {
    if (i != 0) json_.raw(",");
    json_.text("", notification_.tags[i].key);
    json_.text(":", notification_.tags[i].value);
  }
  json_.raw("}");
}

void JsonNotification::state() {
  json_.raw(R"(},"state":{"phase":")");
  json_.raw(name_of(notification_.phase));
  json_.raw("\"");
  known_text(R"(,"value":)", notification_.value);
  if (is_settled(notification_.phase)) {
    json_.raw(R"(,"settled":true)");
  } else {
    json_.raw(R"(,"settled":false)");
  }
  const Previous& previous = notification_.previous;
  if (previous.since != Time()) {
    json_.raw(R"(,"previous":{"phase":")");
    json_.raw(name_of(previous.phase));
    json_.raw("\"");
    known_text(R"(,"value":)", previous.value);
    json_.raw(R"(,"since":)");
    json_.time(previous.since);
    json_.raw("}");
  }
  json_.raw("}");
}

void JsonNotification::late_observation() {
  if (!notification_.has_late_observation) return;
  json_.raw(R"(,"late_observation":{)");
  if (!notification_.late_value.empty()) {
    text(R"("value":)", notification_.late_value);
    json_.raw(",");
  }
  json_.raw(R"("phase":")");
  json_.raw(name_of(notification_.late_phase));
  json_.raw(R"(","time":)");
  json_.time(notification_.late_time);
  json_.raw("}");
}

void JsonNotification::cause() {
  const Cause& cause = notification_.cause;
  json_.raw(R"(,"cause":{"kind":")");
  json_.raw(name_of(cause.kind));
  json_.raw("\"");
  known_text(R"(,"actor":)", cause.actor);
  known_text(R"(,"actor_type":)", cause.actor_type);
  known_text(R"(,"tool":)", cause.tool);
  known_text(R"(,"via":)", cause.via);
  known_text(R"(,"session":)", cause.session);
  json_.raw(R"(,"confidence":")");
  json_.raw(name_of(cause.confidence));
  json_.raw(R"(","evidence":[)");
  known_text("", cause.evidence);
  json_.raw("]}");
}

void JsonNotification::flags() {
  json_.raw(R"(,"flags":[)");
  const size_t from = json_.size();
  const auto flag = [&](bool is_set, std::string_view name) {
    if (!is_set) return;
    if (json_.size() != from) json_.raw(",");
    json_.raw(name);
  };
  flag(notification_.is_late, R"("late")");
  flag(notification_.is_future, R"("future")");
  flag(cut_.is_truncated || notification_.tags.size() > kTagsMax, R"("truncated")");
  json_.raw("]");
}

size_t JsonNotification::changes() {
  const size_t from = json_.size();
  size_t written = 0;
  json_.raw(R"(,"changes":[)");
  for (const Change& change : notification_.changes) {
    const size_t before = json_.size();
    if (written++ != 0) json_.raw(",");
    json_.text(R"({"path":)", change.path);
    json_.known_text(R"(,"from":)", change.from);
    json_.known_text(R"(,"to":)", change.to);
    json_.raw("}");
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
  json_.raw("]");
  return json_.size() - from;
}

void JsonNotification::message() {
  Words words;
  add_message(notification_, words);
  json_.raw(R"(,"message":")");
  for (const std::string_view piece : words.pieces()) json_.inside(piece, JsonWriter::For::people);
  json_.raw("\"");
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
    json.raw("{");
    const size_t changes_bytes = members(cut, json);
    json.raw("}");
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

std::string_view severity_text(uint8_t severity) {
  constexpr std::string_view kTexts[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
  const size_t range = severity == 0 ? 0 : (severity - 1u) / 4;
  return kTexts[std::min(range, std::size(kTexts) - 1)];
}

void write_envelope(const Notification& notification, const JsonCut& cut, JsonWriter& json) {
  JsonNotification(notification, cut, json).envelope();
}

size_t write_data(const Notification& notification, const JsonCut& cut, JsonWriter& json) {
  return JsonNotification(notification, cut, json).data();
}

void append_flat_json(const Notification& notification, std::string& out) {
  JsonWriter json(out);
  json.raw("{");
  write_envelope(notification, JsonCut(), json);
  json.raw(",");
  write_data(notification, JsonCut(), json);
  json.raw("}");
}

void append_json(const Notification& notification, std::string& out) {
  append_within_limit(out, [&](const JsonCut& cut, JsonWriter& json) {
    write_envelope(notification, cut, json);
    json.raw(R"(,"data":{)");
    const size_t changes_bytes = write_data(notification, cut, json);
    json.raw("}");
    return changes_bytes;
  });
}

void append_json_data(const Notification& notification, std::string& out) {
  append_within_limit(out, [&](const JsonCut& cut, JsonWriter& json) {
    return write_data(notification, cut, json);
  });
}

}  // namespace statewire
