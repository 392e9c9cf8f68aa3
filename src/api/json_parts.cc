#include "api/json_parts.h"

namespace statewire {

void write_cause(const Cause& cause, JsonWriter& json) {
  json.text(R"({"kind":)", name_of(cause.kind));
  json.known_text(R"(,"actor":)", cause.actor);
  json.known_text(R"(,"actor_type":)", cause.actor_type);
  json.known_text(R"(,"tool":)", cause.tool);
  json.known_text(R"(,"via":)", cause.via);
  json.known_text(R"(,"session":)", cause.session);
  json.known_text(R"(,"call":)", cause.call);
  json.text(R"(,"confidence":)", name_of(cause.confidence));
  json.raw(R"(,"evidence":[)");
  json.known_text("", cause.evidence);
  json.raw("]}");
}

void write_state(Phase phase, std::string_view value, JsonWriter& json) {
  json.text(R"({"phase":)", name_of(phase));
  json.known_text(R"(,"value":)", value);
  json.raw("}");
}

void write_origin(const Origin& origin, JsonWriter& json) {
  json.text(R"({"system":)", origin.system);
  json.text(R"(,"source":)", origin.source);
  json.text(R"(,"type":)", origin.type);
  json.known_text(R"(,"id":)", origin.id);
  json.raw("}");
}

void write_resource(const Record& record, JsonWriter& json) {
  const Identity& resource = record.resource;
  json.text(R"({"id":)", resource.id);
  json.text(R"(,"type":)", resource.type);
  json.known_text(R"(,"name":)", display_name(record));
  json.known_text(R"(,"account":)", resource.account);
  json.known_text(R"(,"region":)", resource.region);
  json.text(R"(,"phase":)", name_of(record.phase));
  json.known_text(R"(,"value":)", record.value);
  write_bool(R"(,"settled":)", is_settled(record.phase), json);
  if (record.since != Time{}) write_time(R"(,"since":)", record.since, json);
  if (record.settles_at != Time{}) write_time(R"(,"settles":)", record.settles_at, json);
  write_number(R"(,"revision":)", record.revision, json);
  json.raw(R"(,"cause":)");
  write_cause(record.cause, json);
  json.raw(R"(,"tags":{)");
  Commas commas;
  for (const Tag& tag : record.tags) {
    commas.next(json);
    json.text("", tag.key);
    json.text(":", tag.value);
  }
  write_time(R"(},"recorded":)", record.recorded, json);
  json.raw("}");
}

std::string_view display_name(const Record& record) {
  for (const Tag& tag : record.tags) {
    if (tag.key == "Name" && !tag.value.empty()) return tag.value;
  }
  return record.resource.name;
}

}  // namespace statewire
