#include "ingest/reminder_events.h"

#include <algorithm>

#include "base/ids.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"
#include "store/block.h"

namespace statewire {
namespace {

// Sequences have room above: there are as many runs at most as entries that a walk passes.
constexpr int kRunBits = 16;

void add_malformed(const Reminder& reminder, std::string_view reason, Batch& batch) {
  batch.events.push_back({.fate = Fate::malformed, .account = "-", .region = "-"});
  const std::string_view sample = cut_utf8(reminder.payload, kLedgerSampleBytesMax);
  add_refusal(batch, {.source = batch.source,
                      .place = std::string(reminder.key.resource_id),
                      .fate = Fate::malformed,
                      .reason = "a stored reminder is damaged: " + std::string(reason),
                      .sample = is_utf8(sample) ? std::string(sample) : to_hex(sample),
                      .time = batch.received});
}

std::string id_of(const ReminderKey& key, std::string_view kind) {
  return std::string(kind) + "-" + std::string(key.resource_id) + "-" + format_time(key.due) + "-" +
         std::to_string(key.number);
}

void add_move(const Reminder& reminder, Batch& batch) {
  simdjson::dom::parser parser;
  simdjson::dom::object payload;
  std::string_view to, account, region;
  const simdjson::padded_string text(reminder.payload);
  if (parser.parse(text).get_object().get(payload) || payload["to"].get_string().get(to) ||
      payload["account"].get_string().get(account) || payload["region"].get_string().get(region) ||
      to.empty()) {
    return add_malformed(reminder, "it does not say where to move", batch);
  }
  Arena& arena = batch.arena;
  Observation move;
  move.effect = Effect::move;
  move.key.time_ns = to_ns(reminder.key.due);
  move.key.stage = 2;
  move.origin = {.system = "statewire",
                 .source = kReminderEventSource,
                 .type = "Move",
                 .id = arena.copy(id_of(reminder.key, "move"))};
  move.key.event_id = {hash128("event", {move.origin.id})};
  move.resource.id = arena.copy(reminder.key.resource_id);
  to = arena.copy(to);
  move.aliases = arena.copy_of(std::span<const std::string_view>(&to, 1));
  batch.events.push_back({.account = account.empty() ? "-" : arena.copy(account),
                          .region = region.empty() ? "-" : arena.copy(region),
                          .observation_first = batch.observations.size(),
                          .observation_count = 1});
  batch.observations.push_back(move);
}

std::string_view type_of(ReminderKind kind) {
  if (kind == ReminderKind::overdue) return "Overdue";
  return kind == ReminderKind::flaps ? "Flapping" : "Calm";
}

// Each looks at the record once: what it was set for is all that it says.
void add_look(const Reminder& reminder, Batch& batch) {
  const auto expectation = unpack_expectation(reminder.payload);
  if (!expectation) return add_malformed(reminder, "it does not say what was expected", batch);
  Arena& arena = batch.arena;
  const bool is_overdue = reminder.key.kind == ReminderKind::overdue;
  Observation look;
  look.effect = is_overdue ? Effect::overdue : Effect::turning;
  if (!is_overdue) look.value = reminder.key.kind == ReminderKind::flaps ? kFlapsWord : kCalmWord;
  look.key.time_ns = to_ns(reminder.key.due);
  look.key.stage = 2;
  const std::string_view type = type_of(reminder.key.kind);
  look.origin = {.system = "statewire",
                 .source = arena.copy(expectation->source),
                 .type = type,
                 .id = arena.copy(id_of(reminder.key, type))};
  look.key.event_id = {hash128("event", {look.origin.id})};
  look.resource.id = arena.copy(reminder.key.resource_id);
  look.expected = arena.copy(reminder.payload);
  const auto named = [&](std::string_view name) {
    return name.empty() ? std::string_view("-") : arena.copy(name);
  };
  batch.events.push_back({.account = named(expectation->account),
                          .region = named(expectation->region),
                          .observation_first = batch.observations.size(),
                          .observation_count = 1});
  batch.observations.push_back(look);
}

void add_moved(const Reminder& reminder, Batch& batch) {
  const Result<BlockReader> reader = BlockReader::open(reminder.payload);
  if (!reader) return add_malformed(reminder, reader.error().text, batch);
  for (size_t i = 0; i < reader->size(); ++i) {
    const Result<Entry> entry = reader->entry_copy(i, batch.arena);
    if (!entry) {
      add_malformed(reminder, entry.error().text, batch);
      continue;
    }
    const Identity& resource = entry->observation.resource;
    batch.events.push_back({.account = resource.account.empty() ? "-" : resource.account,
                            .region = resource.region.empty() ? "-" : resource.region,
                            .observation_first = batch.observations.size(),
                            .observation_count = 1,
                            .source = entry->source,
                            .received = entry->received});
    batch.observations.push_back(entry->observation);
  }
}

}  // namespace

// The payload's members are the event's own. A line that is damaged is told as malformed by who
// reads it.
void append_event_line(const Reminder& reminder, std::string& out) {
  if (reminder.key.kind != ReminderKind::settle) return;
  simdjson::dom::parser parser;
  simdjson::dom::object payload;
  JsonWriter json(out);
  if (parser.parse(simdjson::padded_string(reminder.payload)).get_object().get(payload)) {
    json.raw(reminder.payload);
    return json.end_line();
  }
  json.begin_object();
  json.word("version", "0");
  json.text("id", id_of(reminder.key, "settle"));
  json.word("source", kReminderEventSource);
  json.word("detail-type", "Settle");
  json.time("time", reminder.key.due);
  for (const auto& [key, value] : payload) {
    json.key_text(key);
    json.raw(simdjson::minify(value));
  }
  json.end_object();
  json.end_line();
}

void add_event(const Reminder& reminder, Batch& batch) {
  if (reminder.key.kind == ReminderKind::move) add_move(reminder, batch);
  if (reminder.key.kind == ReminderKind::moved) add_moved(reminder, batch);
  if (reminder.key.kind >= ReminderKind::overdue) add_look(reminder, batch);
}

void add_moved_reminders(std::string_view to, std::span<const Entry> sent, uint64_t sequence,
                         Time due, Arena& arena, std::vector<Reminder>& out) {
  BlockWriter writer;
  for (uint64_t run = 0; !sent.empty(); ++run) {
    const std::span<const Entry> now = sent.first(std::min(sent.size(), kMovedEntriesAtATime));
    sent = sent.subspan(now.size());
    writer.begin(1, due);
    for (size_t i = 0; i < now.size(); ++i) {
      writer.add({.sequence = i + 1,
                  .source = now[i].source,
                  .received = now[i].received,
                  .recorded = due,
                  .observation = now[i].observation});
    }
    out.push_back({.key = {.due = due,
                           .resource_id = to,
                           .kind = ReminderKind::moved,
                           .number = sequence << kRunBits | run},
                   .payload = arena.copy(writer.finish({}))});
  }
}

}  // namespace statewire
