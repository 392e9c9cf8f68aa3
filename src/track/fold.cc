// The working set holds the records that were asked for since begin(), as they are by now. The
// entry of an alias leads to that of its resource. Once an alias is learned, its record gets no
// more observations; a reminder ends the record in a commit of its own, so that no commit has to
// change the records of two resources.
#include "track/fold.h"

#include <algorithm>
#include <string>

#include "base/ids.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "track/set_before.h"
#include "track/step.h"
#include "track/working.h"

namespace statewire {
namespace {

// Two observations of one event are told apart by their index.
uint64_t number_of(const SortKey& key) {
  uint64_t number = 0;
  for (size_t i = 0; i < sizeof(number); ++i) number = number << 8 | key.event_id.bytes[i];
  return number + key.index;
}

int rank_of(Fate fate) {
  switch (fate) {
    case Fate::recognised:
      return 3;
    case Fate::too_late:
      return 2;
    case Fate::duplicate:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

void EventFate::add(Fate fate) {
  if (rank_of(fate) > rank_of(fate_)) fate_ = fate;
}

Fold::Fold(Views& views, TrackLimits limits)
    : views_(views), limits_(limits), walks_(views), tracker_(limits, walks_) {}

Fold::~Fold() = default;

void Fold::begin(uint64_t first_sequence, Time recorded) {
  if (arena_.bytes_reserved() > kFoldBytesKept) {
    arena_ = Arena();
  } else {
    arena_.clear();
  }
  walks_.clear();
  next_sequence_ = first_sequence;
  recorded_ = recorded;
  working_.clear();
  working_of_id_.clear();
  ids_.clear();
  loaded_ = 0;
  aliases_.clear();
  removed_.clear();
  reminders_.clear();
  passages_.clear();
  departures_.clear();
  departure_places_.clear();
}

// Where the working record of `id` is. Adds what is not there yet, without its record; an alias
// with what it leads to.
Result<size_t> Fold::place_of(std::string_view id) {
  std::optional<size_t> first;
  std::optional<size_t> alias;
  for (size_t hops = 0; hops < kAliasHopsMax; ++hops) {
    const size_t place = ids_.size();
    const auto [known, is_new] = working_of_id_.try_emplace(id, place);
    if (alias && known->second != *first) working_[*alias].leads_to = known->second;
    if (!first) first = known->second;
    if (!is_new) break;
    ids_.push_back(id);
    working_.emplace_back();
    const Result<std::string_view> resource = views_.resource_of_alias(id, arena_);
    if (!resource) return resource.error();
    if (resource->empty()) break;
    alias = place;
    id = *resource;
  }
  return *first;
}

size_t Fold::resolve(size_t place) const {
  for (size_t hops = 0; hops < kAliasHopsMax && working_[place].leads_to; ++hops) {
    place = *working_[place].leads_to;
  }
  return place;
}

// All that were added are read in one go.
Result<void> Fold::load() {
  if (loaded_ == ids_.size()) return {};
  const std::span<const std::string_view> ids = std::span(ids_).subspan(loaded_);
  if (Result<void> read = views_.records(ids, arena_, read_); !read) return read;
  for (size_t i = 0; i < read_.size(); ++i) {
    if (!read_[i]) continue;
    working_[loaded_ + i].record = *read_[i];
    working_[loaded_ + i].exists = true;
  }
  loaded_ = ids_.size();
  return {};
}

// Of the aliases, those that are new: a record may stand under one of them.
Result<void> Fold::expect(const Observation& observation) {
  if (Result<size_t> place = place_of(observation.resource.id); !place) return place.error();
  if (observation.effect == Effect::move) return {};
  if (sets_something(observation)) walks_.expect_setting_call();
  for (const std::string_view alias : observation.aliases) {
    const Result<std::string_view> resource = views_.resource_of_alias(alias, arena_);
    if (!resource) return resource.error();
    if (*resource == observation.resource.id) continue;
    if (Result<size_t> place = place_of(alias); !place) return place.error();
  }
  return {};
}

Result<const Record*> Fold::record(std::string_view id) {
  const Result<size_t> place = place_of(id);
  if (!place) return place.error();
  if (Result<void> read = load(); !read) return read.error();
  const Working& working = working_[resolve(*place)];
  return working.exists ? &working.record : nullptr;
}

Result<Folded> Fold::take(const Arrival& arrival) {
  const Observation& observation = arrival.observation;
  const Result<size_t> place = place_of(observation.resource.id);
  if (!place) return place.error();
  if (Result<void> read = load(); !read) return read.error();
  if (observation.effect == Effect::move) return move_away(*place, arrival);

  const size_t resolved = resolve(*place);
  if (is_of_now(observation.effect)) return look_now(resolved, arrival);
  Result<Folded> folded = fold_into(resolved, arrival);
  if (!folded || folded->fate == Fate::duplicate || observation.has(kMoved)) return folded;
  for (const std::string_view alias : observation.aliases) {
    if (Result<void> learned = learn_alias(alias, resolved); !learned) return learned.error();
  }
  folded->after = &working_[resolved].record;  // The working set may have grown.
  return folded;
}

void Fold::begin_entry(const Record* before, const Arrival& arrival) {
  entry_.sequence = next_sequence_;
  entry_.previous_sequence = before == nullptr ? 0 : before->last_sequence;
  entry_.source = arrival.source;
  entry_.received = arrival.received;
  entry_.recorded = recorded_;
  entry_.observation = arrival.observation;
}

// Gives the entry its sequence.
void Fold::end_entry(Working& working) {
  Record& after = entry_.after;
  const uint64_t last_folded = after.last_sequence;
  after.last_sequence = next_sequence_++;
  after.recorded = recorded_;
  working.record = after;
  working.exists = true;
  working.is_changed = true;
  if (entry_.told.too_late) after.last_sequence = last_folded;
}

Result<Folded> Fold::fold_into(size_t place, const Arrival& arrival) {
  Working& working = working_[place];
  Record* const before = working.exists ? &working.record : nullptr;
  begin_entry(before, arrival);
  entry_.observation.resource.id = ids_[place];
  const Result<Tracked> tracked = tracker_.track(before, entry_, arena_);
  if (!tracked) return tracked.error();
  Folded folded{.fate = tracked->fate, .resource_id = ids_[place], .is_cut = tracked->is_cut};
  if (folded.fate != Fate::duplicate) {
    const Phase phase = working.record.phase;
    const Time phase_since = working.record.phase_since;
    const bool did_wait = is_on_its_way(working.record);
    const bool did_flap = flaps(working.record, recorded_);
    if (entry_.after.phase != phase) entry_.after.is_stuck = false;
    end_entry(working);
    folded.entry = &entry_;
    if (folded.fate == Fate::recognised) {
      walks_.add(entry_);
      set_settle(entry_.observation);
      const Record& after = working.record;
      for (Passage passage : tracker_.passages()) {
        passage.type = after.resource.type;
        passages_.push_back(passage);
      }
      if (!did_wait || after.phase != phase || after.phase_since != phase_since) {
        note_departure(place);
      }
      if (flaps(after, recorded_) && !did_flap && !after.is_flapping) {
        set_turning(after, ReminderKind::flaps, recorded_, origin_of(entry_.observation));
      }
    }
  }
  folded.after = working.exists ? &working.record : nullptr;
  return folded;
}

// Sets the reminder in any case, so that reminders do not depend on the order of arrival: when it
// comes back, the fold decides whether a phase still waits for it. An observation that was moved
// from an alias has set its reminder already.
void Fold::set_settle(const Observation& observation) {
  if (observation.settles_after <= Duration::zero() || observation.has(kMoved)) return;
  const Identity& resource = observation.resource;
  const std::string_view phase = name_of(arrival_of(observation.phase));
  const std::string payload = json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("account", resource.account);
    json.text("region", resource.region);
    json.begin_object("detail");
    json.text("source", observation.origin.source);
    json.text("resource-id", resource.id);
    json.text("resource-type", resource.type);
    json.text("phase", phase);
    json.text("state", observation.value.empty() ? phase : observation.value);
    json.text("evidence", observation.cause.evidence);
    json.end_object();
    json.end_object();
  });
  reminders_.push_back({.key = {.due = observation.time() + observation.settles_after,
                                .resource_id = resource.id,
                                .kind = ReminderKind::settle,
                                .number = number_of(observation.key)},
                        .payload = arena_.copy(payload)});
}

Result<void> Fold::learn_alias(std::string_view alias, size_t place) {
  const std::string_view resource_id = ids_[place];
  if (alias.empty() || alias == resource_id) return {};
  if (!working_of_id_.contains(alias)) {
    const Result<std::string_view> resource = views_.resource_of_alias(alias, arena_);
    if (!resource) return resource.error();
    if (*resource == resource_id) return {};
  }
  const Result<size_t> other_place = place_of(alias);
  if (!other_place) return other_place.error();
  if (Result<void> read = load(); !read) return read;
  Working& other = working_[*other_place];
  if (other.leads_to == place) return {};
  aliases_.push_back({alias, resource_id});
  other.leads_to = place;
  if (other.exists && !other.is_moving) set_move(alias, other.record, resource_id);
  other.is_moving = other.exists;
  return {};
}

// Due at once.
void Fold::set_move(std::string_view alias, const Record& record, std::string_view to) {
  const std::string payload = json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("to", to);
    json.text("account", record.resource.account);
    json.text("region", record.resource.region);
    json.end_object();
  });
  reminders_.push_back({.key = {.due = recorded_,
                                .resource_id = alias,
                                .kind = ReminderKind::move,
                                .number = hash64(to)},
                        .payload = arena_.copy(payload)});
}

// What came while only an alias of the resource was known is folded again under the resource's id,
// as if it had come by it; the alias keeps no record. The newest goes first: it tells what changes
// now, and those before it are history. If the record has ended already, there is nothing left to
// do.
Result<Folded> Fold::move_away(size_t place, const Arrival& arrival) {
  Working& working = working_[place];
  Folded folded{.fate = Fate::duplicate, .resource_id = ids_[place]};
  if (!working.exists || arrival.observation.aliases.empty()) return folded;
  folded.sent_to = arrival.observation.aliases.front();
  const uint64_t last_sequence = working.record.last_sequence;
  if (Result<void> sent = gather_sent(ids_[place], folded.sent_to, last_sequence); !sent) {
    return sent.error();
  }
  begin_entry(&working.record, arrival);
  entry_.observation.resource = working.record.resource;
  entry_.told = {};
  entry_.after = {};
  entry_.after.resource = working.record.resource;
  end_entry(working);
  working = {.leads_to = working.leads_to};
  removed_.push_back(ids_[place]);
  folded.fate = Fate::recognised;
  folded.entry = &entry_;
  folded.sent = sent_;
  return folded;
}

Result<void> Fold::gather_sent(std::string_view alias, std::string_view to,
                               uint64_t last_sequence) {
  sent_.clear();
  size_t bytes = 0;
  Walk& walk = walks_.of(alias, last_sequence);
  while (sent_.size() < limits_.entries_back_max && bytes <= limits_.bytes_back_max) {
    const Result<const Entry*> entry = walks_.at(walk, sent_.size());
    if (!entry) return entry.error();
    if (*entry == nullptr) break;
    bytes += text_bytes_of(**entry);
    Observation& observation = sent_.emplace_back(**entry).observation;
    observation.resource.id = to;
    observation.flags |= kMoved;
    observation.aliases = arena_.copy_of(std::span<const std::string_view>(&alias, 1));
  }
  return {};
}

// The working set is as if this entry had been folded.
Result<void> Fold::adopt(const Entry& entry) {
  const Result<size_t> place = place_of(entry.observation.resource.id);
  if (!place) return place.error();
  if (Result<void> read = load(); !read) return read;
  Working& working = working_[*place];
  if (entry.observation.effect == Effect::move) {
    if (working.exists) removed_.push_back(ids_[*place]);
    working = {.leads_to = working.leads_to};
  } else {
    working.record = entry.after;
    working.record.last_sequence = entry.sequence;
    working.record.recorded = entry.recorded;
    working.exists = true;
    working.is_changed = true;
  }
  walks_.clear();
  next_sequence_ = entry.sequence + 1;
  if (entry.observation.has(kMoved) || entry.observation.effect == Effect::move) return {};
  for (const std::string_view alias : entry.observation.aliases) {
    if (Result<void> learned = learn_alias(alias, *place); !learned) return learned;
  }
  return {};
}

FoldChanges Fold::changes() {
  records_.clear();
  for (const Working& working : working_) {
    if (working.is_changed) records_.push_back(&working.record);
  }
  forget_arrivals();
  return {.records = records_,
          .removed = removed_,
          .aliases = aliases_,
          .reminders = reminders_,
          .passages = passages_,
          .departures = departures_};
}

}  // namespace statewire
