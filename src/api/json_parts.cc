#include "api/json_parts.h"

#include "base/limits.h"
#include "format/format.h"
#include "format/message.h"
#include "format/names.h"
#include "model/withheld.h"

namespace statewire {
namespace {

std::string text_of(Words& words) {
  words.limit(kMessageCharactersMax);
  std::string text;
  words.append_to(text);
  return text;
}

}  // namespace

void write_cause(const Cause& cause, JsonWriter& json) {
  json.begin_object();
  json.line("kind", name_of(cause.kind));
  json.known_line("actor", cause.actor);
  json.known_line("actor_type", cause.actor_type);
  json.known_line("tool", cause.tool);
  json.known_line("via", cause.via);
  json.known_line("session", cause.session);
  json.known_line("role", cause.role);
  json.known_line("address", cause.address);
  json.known_line("account", cause.account);
  json.known_line("reason", cause.reason);
  json.known_line("call", cause.call);
  json.line("confidence", name_of(cause.confidence));
  json.begin_array("evidence");
  if (!cause.evidence.empty()) json.line(cause.evidence);
  json.end_array();
  json.end_object();
}

void write_state(Phase phase, std::string_view value, JsonWriter& json) {
  json.begin_object();
  json.line("phase", name_of(phase));
  json.known_line("value", value);
  json.end_object();
}

void write_origin(const Origin& origin, JsonWriter& json) {
  json.begin_object();
  json.line("system", origin.system);
  json.line("source", origin.source);
  json.line("type", origin.type);
  json.known_line("id", origin.id);
  json.end_object();
}

// Members of the object that is open: what declares it, and how it differs from that.
void write_owner(const Record& record, JsonWriter& json) {
  const Owner owner = owner_of(record);
  json.line("drift", name_of(record.drift));
  if (is_alarming(record.drift)) json.time("drift_since", record.drift_since);
  if (is_alarming(record.drift) && !record.touch.empty()) {
    const Touch touch = touch_of(record.touch);
    json.begin_object("touch");
    json.known_line("what", touch.what);
    json.known_line("actor", touch.actor);
    json.known_line("tool", touch.tool);
    json.known_line("evidence", touch.evidence);
    json.end_object();
  }
  if (is_withheld(record) && is_alarming(standing_drift(record))) {
    json.begin_object("withheld");
    json.line("drift", name_of(standing_drift(record)));
    json.time("since", record.drift_since);
    json.end_object();
  }
  if (!owner.is_known()) return;
  json.begin_object("owner");
  json.line("tool", owner.tool);
  json.known_line("inventory", owner.inventory);
  json.known_line("stack", owner.stack);
  json.known_line("address", owner.address);
  json.known_line("file", owner.file);
  if (const uint64_t line = line_of(owner); line != 0) json.number("line", line);
  json.known_line("via", owner.via);
  json.known_line("part", owner.part);
  json.end_object();
}

void write_resource(const Record& record, JsonWriter& json) {
  const Identity& resource = record.resource;
  json.begin_object();
  json.line("id", resource.id);
  json.line("type", resource.type);
  json.known_line("name", display_name(record));
  json.line("short_name", short_name(display_name(record), resource.id));
  json.known_line("account", resource.account);
  json.known_line("region", resource.region);
  json.line("phase", name_of(record.phase));
  json.known_line("value", record.value);
  json.boolean("settled", is_settled(record.phase));
  if (record.since != Time{}) json.time("since", record.since);
  if (record.settles_at != Time{}) json.time("settles", record.settles_at);
  if (record.is_stuck) json.boolean("stuck", true);
  if (record.is_flapping) json.boolean("flapping", true);
  json.number("revision", record.revision);
  json.key("cause");
  write_cause(record.cause, json);
  write_owner(record, json);
  json.begin_object("tags");
  for (const Tag& tag : record.tags) {
    json.key_line(tag.key);
    json.line(tag.value);
  }
  json.end_object();
  json.time("recorded", record.recorded);
  json.end_object();
}

void write_told(const Told& told, const Notification& notification, JsonWriter& json) {
  if (told.kind == NotificationKind::none) return;
  std::string message;
  append_message(notification, message);
  json.line("message", message);
  Words subject;
  add_short_subject(notification, subject);
  json.line("subject", text_of(subject));
  Words news;
  add_news(notification, NewsBeside::kind, news);
  json.line("news", text_of(news));
  json.hex("id", told.id.bytes);
  if (!told.amends.is_zero()) json.hex("amends", told.amends.bytes);
}

std::string_view display_name(const Record& record) {
  const std::string_view tagged = tag_of(record, "Name");
  return tagged.empty() ? record.resource.name : tagged;
}

void write_refusal(const Refusal& refusal, JsonWriter& json) {
  json.begin_object();
  json.time("time", refusal.time);
  json.line("source", refusal.source);
  json.known_line("place", refusal.place);
  json.line("fate", name_of(refusal.fate));
  json.line("reason", refusal.reason);
  json.line("sample", refusal.sample);
  json.end_object();
}

void write_catalog_row(const CatalogRow& row, JsonWriter& json) {
  json.begin_object();
  json.text("name", row.name);
  json.text("place", row.place);
  json.text("match", row.match);
  json.text("type", row.type);
  json.text("effect", row.effect);
  json.known_text("id", row.id);
  json.known_text("settles", row.settles);
  json.text("from", row.from);
  json.text("sure", row.sure);
  json.known_text("differs", row.differs);
  json.known_text("reference", row.reference);
  json.boolean("hidden", row.is_hidden);
  json.end_object();
}

}  // namespace statewire
