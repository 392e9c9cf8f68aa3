// What follows from how a record goes on: that it does not arrive, or goes back and forth. Neither
// is folded: both look at the record as it is when a reminder comes back, and say what they see
// once.
#include <string>

#include "base/limits.h"
#include "base/text.h"
#include "track/step.h"
#include "track/working.h"

namespace statewire {
namespace {

std::string state_word(Phase phase, std::string_view value) {
  return std::string(value.empty() ? name_of(phase) : cut_utf8(value, kStateWordBytesMax));
}

std::string turning_sentence(const Record& record) {
  const std::string now = state_word(record.phase, record.value);
  const std::string before = state_word(record.previous.phase, record.previous.value);
  if (!record.is_flapping) {
    return "has stopped flapping and stays " + now + ": no change to or from " + before + " for " +
           rough_duration(kFlapWindow);
  }
  return "is flapping: " + std::to_string(record.turn_count) + " changes between " + before +
         " and " + now + " in " +
         rough_duration(record.turns[record.turn_count - 1] - record.turns[0]) + ", now " + now;
}

}  // namespace

void Fold::note_departure(size_t place) {
  const Record& record = working_[place].record;
  if (!is_on_its_way(record)) return;
  Expectation expectation = origin_of(entry_.observation);
  expectation.phase = record.phase;
  expectation.since = record.phase_since;
  departures_.push_back({ids_[place], record.resource.type, expectation});
  departure_places_.push_back(place);
}

void Fold::set_turning(const Record& record, ReminderKind kind, Time due, Expectation of) {
  of.phase = record.phase;
  of.since = record.since;
  reminders_.push_back({.key = {.due = due,
                                .resource_id = record.resource.id,
                                .kind = kind,
                                .number = static_cast<uint64_t>(to_ns(record.since))},
                        .payload = pack(of, arena_)});
}

// What it says is about the record as it is now: it is no part of the record's history, and is not
// folded again.
Result<Folded> Fold::look_now(size_t place, const Arrival& arrival) {
  Working& working = working_[place];
  Folded folded{.fate = Fate::ignored,
                .resource_id = ids_[place],
                .after = working.exists ? &working.record : nullptr};
  if (!working.exists || arrival.observation.has(kMoved)) return folded;
  begin_entry(&working.record, arrival);
  entry_.observation.resource = working.record.resource;
  entry_.after = working.record;
  entry_.told = {};
  const bool is_overdue = arrival.observation.effect == Effect::overdue;
  if (!(is_overdue ? tell_overdue() : tell_turning())) return folded;
  ++entry_.after.revision;
  end_entry(working);
  walks_.add(entry_);
  folded.fate = Fate::recognised;
  folded.entry = &entry_;
  return folded;
}

// A call that came late may have begun the phase earlier: it is waited for all the longer.
bool Fold::tell_overdue() {
  Record& record = entry_.after;
  Observation& observation = entry_.observation;
  const auto expectation = unpack_expectation(observation.expected);
  if (!expectation || record.phase != expectation->phase || record.is_stuck ||
      record.phase_since > expectation->since || record.told.is_zero()) {
    return false;
  }
  record.is_stuck = true;
  observation.headline = arena_.copy(sentence_of(*expectation, entry_.received));
  entry_.told = {.kind = NotificationKind::stuck, .id = stuck_id(record.told)};
  return true;
}

bool Fold::tell_turning() {
  Record& record = entry_.after;
  Observation& observation = entry_.observation;
  const auto expected = unpack_expectation(observation.expected);
  const bool is_over = observation.value == kCalmWord;
  if (!expected || record.told.is_zero() || record.is_flapping != is_over) return false;
  if (!is_over && !flaps(record, recorded_)) return false;
  const Time calm_at = record.since + kFlapWindow;
  // What is read from a file is long past: there may be more of it.
  const Time look_at = calm_at > recorded_ ? calm_at : recorded_ + kFlapWindow;
  const bool goes_on = is_over && record.since != expected->since;
  if (!is_over || goes_on) set_turning(record, ReminderKind::calm, look_at, *expected);
  if (goes_on) return false;
  record.is_flapping = !is_over;
  observation.headline = arena_.copy(turning_sentence(record));
  entry_.told = {.kind = NotificationKind::flapping, .id = flapping_id(record.told, is_over)};
  return true;
}

// Most that depart in a commit of many events arrive in it, too.
void Fold::forget_arrivals() {
  size_t kept = 0;
  for (size_t i = 0; i < departures_.size(); ++i) {
    const Working& working = working_[departure_places_[i]];
    const Expectation& expectation = departures_[i].expectation;
    if (!working.exists || working.record.phase != expectation.phase ||
        working.record.phase_since != expectation.since) {
      continue;
    }
    departure_places_[kept] = departure_places_[i];
    departures_[kept++] = departures_[i];
  }
  departures_.resize(kept);
  departure_places_.resize(kept);
}

}  // namespace statewire
