// What happened to one resource, by walking its chain through the journal.
#include "api/json_parts.h"
#include "api/queries.h"
#include "base/limits.h"
#include "format/format.h"

namespace statewire {
namespace {

// The resources that someone may mean who gives only a part of an id, or a name.
struct Candidates {
  std::vector<std::string> by_id;
  std::vector<std::string> by_name;

  void add(const Record& record, std::string_view wanted) {
    const std::string_view id = record.resource.id;
    if (is_end_of(wanted, id)) {
      if (by_id.size() < kCandidatesMax) by_id.emplace_back(id);
    } else if (display_name(record) == wanted || record.resource.name == wanted) {
      if (by_name.size() < kCandidatesMax) by_name.emplace_back(id);
    }
  }
  // An id that ends so is meant rather than a thing that someone named so.
  const std::vector<std::string>& best() const { return by_id.empty() ? by_name : by_id; }

  static bool is_end_of(std::string_view end, std::string_view id) {
    if (end.size() >= id.size() || !id.ends_with(end)) return false;
    const char before = id[id.size() - end.size() - 1];
    return before == '/' || before == ':';
  }
};

std::string candidates_json(std::string_view resource, const std::vector<std::string>& ids) {
  return json_of([&](JsonWriter& json) {
    json.text(R"({"error":)", "\"" + std::string(resource) + "\" may be several resources");
    json.raw(R"(,"candidates":[)");
    Commas commas;
    for (const std::string& id : ids) {
      commas.next(json);
      json.text("", id);
    }
    json.raw("]}");
  });
}

void write_previous(const Previous& previous, JsonWriter& json) {
  if (previous.since == Time()) return;
  json.text(R"(,"previous":{"phase":)", name_of(previous.phase));
  json.known_text(R"(,"value":)", previous.value);
  write_time(R"(,"since":)", previous.since, json);
  json.raw("}");
}

void write_entry(const Entry& entry, const Teller& teller, JsonWriter& json) {
  const Notification notification = notification_of(entry, teller);
  write_number(R"({"sequence":)", entry.sequence, json);
  write_time(R"(,"time":)", notification.time, json);
  write_time(R"(,"recorded":)", entry.recorded, json);
  json.text(R"(,"kind":)", name_of(entry.told.kind));
  json.raw(R"(,"origin":)");
  write_origin(notification.origin, json);
  json.text(R"(,"phase":)", name_of(notification.phase));
  json.known_text(R"(,"value":)", notification.value);
  write_previous(entry.told.previous, json);
  json.raw(R"(,"cause":)");
  write_cause(notification.cause, json);
  write_bool(R"(,"late":)", entry.told.late, json);
  write_bool(R"(,"too_late":)", entry.told.too_late, json);
  write_number(R"(,"revision":)", entry.after.revision, json);
  if (entry.told.kind != NotificationKind::none) {
    std::string message;
    append_message(notification, message);
    json.text(R"(,"message":)", message);
    json.raw(R"(,"id":")");
    json.hex(entry.told.id.bytes);
    json.raw("\"");
  }
  json.raw("}");
}

// Newest first, from `sequence` back; as far as retention has left them.
Result<void> write_chain(const Store& store, uint64_t sequence, size_t limit, const Teller& teller,
                         JsonWriter& json) {
  for (size_t count = 0; count < limit && sequence != 0; ++count) {
    Arena arena;
    const Result<Entry> entry = store.entry(sequence, arena);
    if (!entry && entry.error().kind == ErrorKind::not_found) break;
    if (!entry) return entry.error();
    if (count != 0) json.raw(",");
    write_entry(*entry, teller, json);
    sequence = entry->previous_sequence;
  }
  return {};
}

}  // namespace

Result<std::string> Queries::id_of(std::string_view resource) const {
  Arena arena;
  std::vector<std::optional<Record>> records;
  Result<void> read = parts_.store.records({&resource, 1}, arena, records);
  if (!read) return read.error();
  if (records[0]) return std::string(resource);
  Result<std::optional<std::string>> canonical = parts_.store.resource_of_alias(resource);
  if (!canonical) return canonical.error();
  if (*canonical) return **canonical;

  Candidates candidates;
  read = parts_.store.each_record("", [&](const Record& record) {
    candidates.add(record, resource);
    return true;
  });
  if (!read) return read.error();
  const std::vector<std::string>& ids = candidates.best();
  if (ids.empty()) {
    return not_found("no resource has the id or name \"" + std::string(resource) + "\"");
  }
  if (ids.size() > 1) return bad_input(candidates_json(resource, ids));
  return ids.front();
}

Result<std::string> Queries::timeline(std::string_view resource, size_t limit) const {
  const Result<std::string> id = id_of(resource);
  if (!id) return id.error();
  const std::string_view wanted = *id;
  Arena arena;
  std::vector<std::optional<Record>> records;
  Result<void> read = parts_.store.records({&wanted, 1}, arena, records);
  if (!read) return read.error();
  if (!records[0]) return not_found("the resource " + *id + " has no record");

  const Record& record = *records[0];
  std::string out = json_of([&](JsonWriter& json) {
    json.raw(R"({"resource":)");
    write_resource(record, json);
    json.raw(R"(,"entries":[)");
    read = write_chain(parts_.store, record.last_sequence, limit, parts_.teller, json);
    json.raw("]}");
  });
  if (!read) return read.error();
  return out;
}

}  // namespace statewire
