// Reminders, in the order in which they are due. A value is format:1, XXH3-64 of the key and the
// payload:8 little-endian, payload.
//
// One row that cannot be read costs that row, and not those behind it: it is logged once, counted,
// and left where it is. A row of a kind that only a newer program knows is left, too.
#include "base/ids.h"
#include "base/log.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/store_state.h"

namespace statewire {
namespace {

constexpr uint8_t kReminderFormat = 1;

uint64_t checksum_of(std::string_view key, std::string_view payload) {
  return hash64(key) ^ (hash64(payload) + 1);
}

void encode(std::string_view key, std::string_view payload, ByteWriter& out) {
  out.byte(kReminderFormat);
  out.fixed<uint64_t>(checksum_of(key, payload));
  out.bytes(payload);
}

}  // namespace

std::optional<Reminder> decode_reminder(std::string_view key, std::string_view value) {
  ByteReader in(value);
  const uint8_t format = in.byte();
  const uint64_t checksum = in.fixed<uint64_t>();
  Reminder reminder;
  reminder.payload = in.bytes(in.left());
  const auto parts = keys::parse_reminder(key);
  if (!parts || !in.ok() || format != kReminderFormat ||
      checksum != checksum_of(key, reminder.payload)) {
    return std::nullopt;
  }
  reminder.key = *parts;
  return reminder;
}

void Store::add_reminders(const Commit& commit, EngineBatch& batch) {
  StoreState& state = *state_;
  for (const Reminder& reminder : commit.reminders) {
    keys::set_reminder(reminder.key, state.key);
    state.value.clear();
    encode(state.key, reminder.payload, state.value);
    batch.put(Family::reminders, state.key, state.value.view());
  }
  for (const ReminderKey& key : commit.fired) {
    keys::set_reminder(key, state.key);
    batch.remove(Family::reminders, state.key);
  }
}

// Only the first one is read.
Result<void> Store::load_reminders() {
  return each_reminder([](const Reminder&) { return false; });
}

Time Store::next_reminder() const { return state_->next_reminder.seen().due; }

size_t Store::reminders_damaged() const { return state_->damaged_reminders.size(); }

// What has come back leaves its place behind until the engine tidies up: the scan begins where the
// first one may be, and not before it.
Result<void> Store::each_reminder(const std::function<bool(const Reminder&)>& visit) const {
  const NextReminder::Seen seen = state_->next_reminder.seen();
  std::string from;  // All, where nothing is known.
  if (seen.due != Time::min())
    keys::set_reminder({.due = seen.due, .resource_id = {}, .kind = {}, .number = 0}, from);
  Time first = Time::max();
  const auto read = engine_->each(
      Family::reminders, from, Direction::forward,
      [&](std::string_view key, std::string_view value) {
        const std::optional<Reminder> reminder = decode_reminder(key, value);
        if (!reminder) {
          if (state_->damaged_reminders.add(hash64(key))) {
            log_error("a stored reminder is damaged; it is left out", {{"key", to_hex(key)}});
          }
          return true;
        }
        if (!is_known(reminder->key.kind)) return true;
        first = std::min(first, reminder->key.due);
        return visit(*reminder);
      });
  if (!read) return read;
  state_->next_reminder.learn(seen, first);
  return {};
}

}  // namespace statewire
