#include "ingest/committer.h"

namespace statewire {

// A record that the commit touches.
struct Committer::Working {
  Record record;
  bool exists = false;   // Has a record: it was stored, or an earlier observation made it.
  bool changed = false;  // Must be written.
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
    : store_(store), tracker_(limits), chain_(std::make_unique<BatchChain>(*this)) {}

Committer::~Committer() = default;

Result<void> Committer::commit(std::span<const std::unique_ptr<Batch>> batches, Time now,
                               std::vector<ChunkFates>& fates) {
  arena_.clear();
  aliases_.clear();
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

// An id of the form that stands for "a type that the catalog gives no full id" may be the alias
// of a resource with a better one; all others are canonical already.
Result<std::string_view> Committer::canonical_id(std::string_view id) {
  if (!id.starts_with("urn:")) return id;
  const Result<std::optional<std::string>> found = store_.resource_of_alias(id);
  if (!found) return found.error();
  return *found ? arena_.copy(**found) : id;
}

// All records that the batches touch are read in one go.
Result<void> Committer::load_records(std::span<const std::unique_ptr<Batch>> batches) {
  working_.clear();
  working_of_id_.clear();
  ids_.clear();
  for (const auto& batch : batches) {
    for (Observation& observation : batch->observations) {
      Result<std::string_view> id = canonical_id(observation.resource.id);
      if (!id) return id.error();
      observation.resource.id = *id;
      if (working_of_id_.try_emplace(*id, ids_.size()).second) ids_.push_back(*id);
    }
  }
  if (Result<void> read = store_.records(ids_, arena_, loaded_); !read) return read;
  working_.resize(ids_.size());
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
  Working& working = working_[working_of_id_.find(observation.resource.id)->second];
  Record* const before = working.exists ? &working.record : nullptr;
  Result<Tracked> tracked = tracker_.track(before, observation, *chain_, arena_);
  if (!tracked) return tracked.error();
  if (tracked->fate == Fate::duplicate) return Fate::duplicate;

  Entry entry;
  entry.sequence = next_sequence_++;
  entry.previous_sequence = before == nullptr ? 0 : before->last_sequence;
  entry.source = batch.source;
  entry.received = batch.received;
  entry.recorded = now;
  entry.observation = observation;
  entry.after = tracked->after;
  entry.after.last_sequence = entry.sequence;
  entry.after.recorded = now;
  entry.told = tracked->told;
  block_.add(entry);

  working.record = entry.after;
  working.exists = true;
  working.changed = true;
  for (const std::string_view alias : observation.aliases) {
    if (alias != observation.resource.id) aliases_.push_back({alias, observation.resource.id});
  }
  return tracked->fate;
}

// Neighbouring events are mostly of one account and region.
void Committer::count(const Batch& batch, const BatchEvent& event, Fate fate) {
  auto is_row_of = [&](const LedgerRow& row) {
    return row.source == batch.source && row.account == event.account && row.region == event.region;
  };
  std::vector<LedgerRow>& rows = ledger_.rows;
  if (last_row_ >= rows.size() || !is_row_of(rows[last_row_])) {
    last_row_ = 0;
    while (last_row_ < rows.size() && !is_row_of(rows[last_row_])) ++last_row_;
    if (last_row_ == rows.size()) {
      rows.push_back({.source = batch.source,
                      .account = std::string(event.account),
                      .region = std::string(event.region)});
    }
  }
  ++rows[last_row_].received;
  ++rows[last_row_].fates[static_cast<size_t>(fate)];
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
  const bool nothing = ledger_.rows.empty() && cursors.empty();
  if (nothing) return {};
  return store_.commit({.first_sequence = first_sequence_,
                        .last_sequence = next_sequence_ - 1,
                        .recorded = now,
                        .block = block_.finish(ledger_),
                        .records = records,
                        .aliases = aliases_,
                        .cursors = cursors,
                        .ledger = &ledger_});
}

}  // namespace statewire
