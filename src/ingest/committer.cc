#include "ingest/committer.h"

#include <algorithm>

namespace statewire {

// A record that the commit touches.
struct Committer::Working {
  Record record;
  bool exists = false;   // Has a record: it was stored, or an earlier observation made it.
  bool changed = false;  // Must be written.
  std::optional<size_t> moved_to = std::nullopt;  // Of an alias: where its resource is.
};

// The journal as the fold sees it: what is stored, and the block that is being made.
class Committer::BatchChain final : public Chain {
 public:
  explicit BatchChain(Committer& owner) : owner_(owner) {}
  Result<Entry> entry(uint64_t sequence) override {
    if (sequence >= owner_.first_sequence_) return owner_.block_.entry(sequence, owner_.arena_);
    return owner_.store_.entry(sequence, owner_.arena_);
  }

 private:
  Committer& owner_;
};

Committer::Committer(Store& store, TrackLimits limits)
    : store_(store),
      limits_(limits),
      tracker_(limits),
      chain_(std::make_unique<BatchChain>(*this)) {}

Committer::~Committer() = default;

Result<void> Committer::commit(std::span<const std::unique_ptr<Batch>> batches, Time now,
                               std::vector<ChunkFates>& fates) {
  arena_.clear();
  aliases_.clear();
  removed_.clear();
  timers_.clear();
  ledger_ = {};
  first_sequence_ = store_.last_sequence() + 1;
  next_sequence_ = first_sequence_;
  block_.begin(first_sequence_, now);
  if (Result<void> loaded = load_records(batches); !loaded) return loaded;

  fates.assign(batches.size(), {});
  for (size_t i = 0; i < batches.size(); ++i) {
    Batch& batch = *batches[i];
    for (const BatchEvent& event : batch.events) {
      const Result<Fate> fate = fold_event(batch, event, now);
      if (!fate) return fate.error();
      ++fates[i].counts[static_cast<size_t>(*fate)];
      count(batch, event, *fate);
    }
    fates[i].reasons = batch.reasons;
    add_notes(batch);
  }
  return write(batches, now);
}

// Where the working record of `id` is; one that is an alias leads on to its resource's.
Result<size_t> Committer::add_id(std::string_view id) {
  const size_t place = ids_.size();
  const auto [known, is_new] = working_of_id_.try_emplace(id, place);
  if (!is_new) return known->second;
  ids_.push_back(id);
  working_.emplace_back();
  const Result<std::optional<std::string>> resource = store_.resource_of_alias(id);
  if (!resource) return resource.error();
  if (!*resource) return place;
  const Result<size_t> target = add_id(arena_.copy(**resource));
  if (!target) return target;
  working_[place].moved_to = *target;
  return place;
}

// Those that are new: a record may stand under one of them.
Result<void> Committer::add_aliases(const Observation& observation) {
  for (const std::string_view alias : observation.aliases) {
    const Result<std::optional<std::string>> resource = store_.resource_of_alias(alias);
    if (!resource) return resource.error();
    if (*resource == observation.resource.id) continue;
    if (Result<size_t> added = add_id(alias); !added) return added.error();
  }
  return {};
}

size_t Committer::place_of(std::string_view id) const {
  size_t place = working_of_id_.find(id)->second;
  while (working_[place].moved_to) place = *working_[place].moved_to;
  return place;
}

// All records that the batches touch are read in one go.
Result<void> Committer::load_records(std::span<const std::unique_ptr<Batch>> batches) {
  working_.clear();
  working_of_id_.clear();
  ids_.clear();
  for (const auto& batch : batches) {
    for (const Observation& observation : batch->observations) {
      if (Result<size_t> added = add_id(observation.resource.id); !added) return added.error();
      if (Result<void> added = add_aliases(observation); !added) return added;
    }
  }
  if (Result<void> read = store_.records(ids_, arena_, loaded_); !read) return read;
  for (size_t i = 0; i < ids_.size(); ++i) {
    if (!loaded_[i]) continue;
    working_[i].record = *loaded_[i];
    working_[i].exists = true;
  }
  return {};
}

Result<Fate> Committer::fold_event(const Batch& batch, const BatchEvent& event, Time now) {
  if (event.observation_count == 0) return event.fate;
  bool any_recognised = false;
  bool any_too_late = false;
  for (size_t i = 0; i < event.observation_count; ++i) {
    const Result<Fate> fate =
        fold_observation(batch, batch.observations[event.observation_first + i], now);
    if (!fate) return fate.error();
    any_recognised |= *fate == Fate::recognised;
    any_too_late |= *fate == Fate::too_late;
  }
  if (any_recognised) return Fate::recognised;
  return any_too_late ? Fate::too_late : Fate::duplicate;
}

Result<Fate> Committer::fold_observation(const Batch& batch, const Observation& observation,
                                         Time now) {
  const size_t place = place_of(observation.resource.id);
  Arrival arrival{observation, batch.source, batch.received};
  arrival.observation.resource.id = ids_[place];
  const Result<Fate> fate = add_entry(place, arrival, now);
  if (!fate || *fate == Fate::duplicate) return fate;
  for (const std::string_view alias : observation.aliases) {
    if (Result<void> learned = learn_alias(alias, place, now); !learned) return learned.error();
  }
  return fate;
}

Result<Fate> Committer::add_entry(size_t place, const Arrival& arrival, Time now) {
  Working& working = working_[place];
  Record* const before = working.exists ? &working.record : nullptr;
  Result<Tracked> tracked = tracker_.track(before, arrival.observation, *chain_, arena_);
  if (!tracked) return tracked.error();
  if (tracked->fate == Fate::duplicate) return Fate::duplicate;

  Entry entry;
  entry.sequence = next_sequence_++;
  entry.previous_sequence = before == nullptr ? 0 : before->last_sequence;
  entry.source = arrival.source;
  entry.received = arrival.received;
  entry.recorded = now;
  entry.observation = arrival.observation;
  entry.after = tracked->after;
  entry.after.last_sequence = entry.sequence;
  entry.after.recorded = now;
  entry.told = tracked->told;
  block_.add(entry);

  working.record = entry.after;
  working.exists = true;
  working.changed = true;
  if (tracked->fate == Fate::recognised) set_timer(arrival.observation);
  return tracked->fate;
}

// Whether anything still waits for it when it is due is for the fold to say: what is set does not
// depend on the order of arrival. What was moved from an alias has set its timer already.
void Committer::set_timer(const Observation& observation) {
  if (observation.settles_after <= Duration::zero() || observation.has(kMoved)) return;
  const bool is_ending = observation.phase == Phase::deprovisioning;
  const Identity& resource = observation.resource;
  timers_.push_back({.due = observation.time() + observation.settles_after,
                     .resource_id = resource.id,
                     .type = resource.type,
                     .account = resource.account,
                     .region = resource.region,
                     .source = observation.origin.source,
                     .phase = is_ending ? Phase::gone : Phase::stable,
                     .value = observation.value,
                     .evidence = observation.cause.evidence});
}

// One that was not loaded stands for this resource already.
Result<void> Committer::learn_alias(std::string_view alias, size_t place, Time now) {
  const auto known = working_of_id_.find(alias);
  if (alias == ids_[place] || known == working_of_id_.end()) return {};
  Working& other = working_[known->second];
  if (other.moved_to == place) return {};
  aliases_.push_back({alias, ids_[place]});
  const bool has_record = other.exists;
  other.moved_to = place;
  return has_record ? move_entries(known->second, place, now) : Result<void>();
}

// What was said of a resource while only its alias was known is folded again under its id, as if
// it had come by it; the alias keeps no record. The newest goes first: it tells what changes now,
// and those before it are history.
Result<void> Committer::move_entries(size_t from, size_t to, Time now) {
  std::vector<Entry> entries;
  uint64_t sequence = working_[from].record.last_sequence;
  while (sequence != 0 && entries.size() < limits_.entries_back_max) {
    Result<Entry> entry = chain_->entry(sequence);
    if (!entry && entry.error().kind == ErrorKind::not_found) break;
    if (!entry) return entry.error();
    sequence = entry->previous_sequence;
    if (!entry->told.too_late) entries.push_back(*entry);
  }
  working_[from] = {.record = {}, .moved_to = to};
  removed_.push_back(ids_[from]);
  for (const Entry& entry : entries) {
    Arrival arrival{entry.observation, entry.source, entry.received};
    arrival.observation.resource.id = ids_[to];
    arrival.observation.flags |= kMoved;
    arrival.observation.aliases = arena_.copy_of(std::span<const std::string_view>(&ids_[from], 1));
    if (Result<Fate> added = add_entry(to, arrival, now); !added) return added.error();
  }
  return {};
}

void Committer::count(const Batch& batch, const BatchEvent& event, Fate fate) {
  LedgerRow& row = row_of(batch.source, event.account, event.region);
  ++row.received;
  ++row.fates[static_cast<size_t>(fate)];
}

// Neighbouring events are mostly of one account and region.
LedgerRow& Committer::row_of(const std::string& source, std::string_view account,
                             std::string_view region) {
  const auto is_it = [&](const LedgerRow& row) {
    return row.source == source && row.account == account && row.region == region;
  };
  std::vector<LedgerRow>& rows = ledger_.rows;
  if (last_row_ < rows.size() && is_it(rows[last_row_])) return rows[last_row_];
  const auto known = std::ranges::find_if(rows, is_it);
  last_row_ = static_cast<size_t>(known - rows.begin());
  if (known != rows.end()) return *known;
  if (account != kOtherName && !store_.has_ledger_room(source, account, region)) {
    return row_of(source, kOtherName, kOtherName);
  }
  return rows.emplace_back(
      LedgerRow{.source = source, .account = std::string(account), .region = std::string(region)});
}

void Committer::add_notes(Batch& batch) {
  std::ranges::move(batch.unrecognised, std::back_inserter(ledger_.unrecognised));
  std::ranges::move(batch.refusals, std::back_inserter(ledger_.refusals));
}

Result<void> Committer::write(std::span<const std::unique_ptr<Batch>> batches, Time now) {
  std::vector<const Record*> records;
  records.reserve(working_.size());
  for (const Working& working : working_) {
    if (working.changed) records.push_back(&working.record);
  }
  std::vector<CursorChange> cursors;
  for (const auto& batch : batches) {
    if (!batch->cursor.key.empty()) cursors.push_back({batch->cursor.key, batch->cursor.value});
  }
  std::vector<TimerKey> fired;
  for (const auto& batch : batches) {
    fired.insert(fired.end(), batch->fired.begin(), batch->fired.end());
  }
  const bool nothing = ledger_.rows.empty() && cursors.empty() && fired.empty();
  if (nothing) return {};
  return store_.commit({.first_sequence = first_sequence_,
                        .last_sequence = next_sequence_ - 1,
                        .recorded = now,
                        .block = block_.finish(ledger_),
                        .records = records,
                        .removed = removed_,
                        .aliases = aliases_,
                        .cursors = cursors,
                        .timers = timers_,
                        .fired = fired,
                        .ledger = &ledger_});
}

}  // namespace statewire
