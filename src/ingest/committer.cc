#include "ingest/committer.h"

#include <algorithm>
#include <exception>

#include "base/log.h"
#include "ingest/reminder_events.h"

namespace statewire {
namespace {

// Until it is asked once more whether a resource that is ignored is calm.
constexpr Duration kAskAgain = std::chrono::hours(1);
// Records that are read in one go, where many reminders are looked at.
constexpr size_t kRecordsInOneGo = 256;

}  // namespace

Committer::Committer(Store& store, TrackLimits limits)
    : store_(store), views_(store, &block_), fold_(views_, limits) {}

void Committer::use(std::shared_ptr<const IngestRules> rules) {
  if (rules == rules_) return;
  book_ = std::make_unique<RuleBook>(*rules);
  rules_ = std::move(rules);
  is_new_to_store_ = !rules_->ignored.empty();
}

// Folding decides nothing that lasts: what it throws is an error like any other. Once the write has
// begun nobody knows what is stored, and only to start again finds out.
Result<void> Committer::commit(Batches batches, Time now, std::vector<ChunkFates>& fates) {
  try {
    if (Result<void> folded = fold_all(batches, now, fates); !folded) return folded;
  } catch (const std::exception& fault) {
    return failed(std::string("folding: ") + fault.what());
  }
  try {
    return write(batches, now);
  } catch (const std::exception& fault) {
    log_error("a commit was broken off; stopping", {{"error", fault.what()}});
    flush_log();
    std::abort();
  }
}

Result<void> Committer::fold_all(Batches batches, Time now, std::vector<ChunkFates>& fates) {
  ledger_ = {};
  row_places_.clear();
  last_row_ = new_rows_ = 0;
  moved_.clear();
  moved_arena_.clear();
  first_sequence_ = store_.last_sequence() + 1;
  block_.begin(first_sequence_, now);
  views_.set_made_first(first_sequence_);
  fold_.begin(first_sequence_, now);
  for (const auto& batch : batches) {
    for (const Observation& observation : batch->observations) {
      if (Result<void> added = fold_.expect(observation); !added) return added;
    }
  }
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
  }
  find_unwanted();
  // These leave the batches, which may be folded again where one of them could not be.
  for (const auto& batch : batches) add_notes(*batch);
  return {};
}

Result<Fate> Committer::fold_event(const Batch& batch, const BatchEvent& event, Time now) {
  if (event.observation_count == 0) return event.fate;
  const bool is_own = event.source.empty();
  const std::string_view source = is_own ? batch.source : event.source;
  const Time received = is_own ? batch.received : event.received;
  EventFate fate;
  for (size_t i = 0; i < event.observation_count; ++i) {
    const Observation& observation = batch.observations[event.observation_first + i];
    const Result<bool> silent = is_silent(observation, now);
    if (!silent) return silent.error();
    if (*silent) continue;
    const Result<Folded> folded = fold_.take({observation, source, received});
    if (!folded) return folded.error();
    fate.add(folded->fate);
    if (folded->entry == nullptr) continue;
    block_.add(*folded->entry);
    if (folded->sent.empty()) continue;
    add_moved_reminders(folded->sent_to, folded->sent, folded->entry->sequence, now, moved_arena_,
                        moved_);
  }
  return fate.fate();
}

// What is about a record as it is now, and nobody wants to hear of the resource by now. Its arrival
// was dropped, too: what the record says is not known to be so. Whether it is calm is asked again,
// as it was told that it is not.
Result<bool> Committer::is_silent(const Observation& observation, Time now) {
  if (!is_of_now(observation.effect) || rules_->ignored.empty()) return false;
  const Result<const Record*> record = fold_.record(observation.resource.id);
  if (!record) return record.error();
  if (*record == nullptr || !book_->ignored_by((*record)->resource)) return false;
  if (observation.value != kCalmWord) return true;
  moved_.push_back({.key = {.due = now + kAskAgain,
                            .resource_id = moved_arena_.copy(observation.resource.id),
                            .kind = ReminderKind::calm,
                            .number = static_cast<uint64_t>(to_ns((*record)->since))},
                    .payload = moved_arena_.copy(observation.expected)});
  return true;
}

// Once for each set of rules: what departs later is dropped, or looked at when it departs. What
// cannot be read keeps its reminder.
void Committer::find_unwanted() {
  unwanted_.clear();
  if (!is_new_to_store_) return;
  std::vector<ReminderKey> overdue;
  const Result<void> read = store_.each_reminder([&](const Reminder& reminder) {
    if (reminder.key.kind != ReminderKind::overdue) return true;
    overdue.push_back(reminder.key);
    overdue.back().resource_id = moved_arena_.copy(reminder.key.resource_id);
    return true;
  });
  const auto tell = [](const Error& error) {
    log_error("whether somebody wants to hear of what is overdue cannot be read",
              {{"error", error.text}});
  };
  if (!read) tell(read.error());
  for (size_t first = 0; first < overdue.size(); first += kRecordsInOneGo) {
    const auto some =
        std::span(overdue).subspan(first).first(std::min(kRecordsInOneGo, overdue.size() - first));
    if (add_unwanted(some)) continue;
    for (const ReminderKey& key : some) {
      if (Result<void> added = add_unwanted({&key, 1}); !added) tell(added.error());
    }
  }
}

// All of them, or none.
Result<void> Committer::add_unwanted(std::span<const ReminderKey> overdue) {
  Arena arena;
  std::vector<std::string_view> ids;
  for (const ReminderKey& key : overdue) {
    const Result<std::string_view> resource = views_.resource_of_alias(key.resource_id, arena);
    if (!resource) return resource.error();
    ids.push_back(resource->empty() ? key.resource_id : *resource);
  }
  std::vector<std::optional<Record>> records;
  if (Result<void> found = views_.records(ids, arena, records); !found) return found;
  for (size_t i = 0; i < overdue.size(); ++i) {
    if (records[i] && book_->ignored_by(records[i]->resource)) unwanted_.push_back(overdue[i]);
  }
  return {};
}

bool Committer::is_ignored(std::string_view resource_id) {
  if (rules_->ignored.empty()) return false;
  const Result<const Record*> record = fold_.record(resource_id);  // It is of this commit.
  return record && *record != nullptr && book_->ignored_by((*record)->resource);
}

void Committer::count(const Batch& batch, const BatchEvent& event, Fate fate) {
  LedgerRow& row = row_of(batch.source, event.account, event.region);
  ++row.received;
  ++row.fates[static_cast<size_t>(fate)];
}

// Neighbouring events are mostly of one account and region. Events name both themselves: what would
// be a row too many, those of this commit included, is counted under one name.
LedgerRow& Committer::row_of(const std::string& source, std::string_view account,
                             std::string_view region) {
  std::vector<LedgerRow>& rows = ledger_.rows;
  const auto is_it = [&](const LedgerRow& row) {
    return row.source == source && row.account == account && row.region == region;
  };
  if (last_row_ < rows.size() && is_it(rows[last_row_])) return rows[last_row_];
  row_name_.assign(source).append(1, '\0').append(account).append(1, '\0').append(region);
  if (const auto known = row_places_.find(row_name_); known != row_places_.end()) {
    return rows[last_row_ = known->second];
  }
  const bool is_new = !store_.has_ledger_row(source, account, region);
  const bool is_other = account == kOtherName && region == kOtherName;
  if (is_new && !is_other && store_.ledger_row_count() + new_rows_ >= kLedgerRowsMax) {
    const std::string name = row_name_;
    LedgerRow& other = row_of(source, kOtherName, kOtherName);
    row_places_.emplace(name, last_row_);
    return other;
  }
  new_rows_ += is_new ? 1 : 0;
  last_row_ = rows.size();
  row_places_.emplace(row_name_, last_row_);
  return rows.emplace_back(
      LedgerRow{.source = source, .account = std::string(account), .region = std::string(region)});
}

void Committer::add_notes(Batch& batch) {
  std::ranges::move(batch.unrecognised, std::back_inserter(ledger_.unrecognised));
  std::ranges::move(batch.refusals, std::back_inserter(ledger_.refusals));
}

// What is read from a file is long past: what follows it there is waited for as long.
void Committer::set_overdue_reminders(std::span<const Departure> departures, Time now) {
  for (const Departure& departure : departures) {
    Expectation expectation = departure.expectation;
    const std::optional<size_t> place = place_of_passing(expectation.phase);
    if (!place) continue;
    const Expected expected =
        expected_of(rules_->expect, departure.type, *place, store_.learned(departure.type, *place));
    // It was recognised before the rule came.
    if (!expected.within || is_ignored(departure.resource_id)) continue;
    expectation.within = *expected.within;
    if (expected.is_learned) {
      expectation.seen = expected.seen;
      expectation.median = expected.median.value_or(Duration{});
      expectation.p99 = expected.p99.value_or(Duration{});
    }
    // Of whole seconds: what is due in the same one is looked at in one commit.
    const Time due = std::chrono::ceil<std::chrono::seconds>(std::max(expectation.since, now) +
                                                             *expected.within);
    reminders_.push_back({.key = {.due = due,
                                  .resource_id = departure.resource_id,
                                  .kind = ReminderKind::overdue,
                                  .number = static_cast<uint64_t>(to_ns(expectation.since))},
                          .payload = pack(expectation, moved_arena_)});
  }
}

Result<void> Committer::write(Batches batches, Time now) {
  cursors_.clear();
  fired_.clear();
  for (const auto& batch : batches) {
    if (!batch->cursor.key.empty()) cursors_.push_back({batch->cursor.key, batch->cursor.value});
    fired_.insert(fired_.end(), batch->fired.begin(), batch->fired.end());
  }
  if (ledger_.rows.empty() && cursors_.empty() && fired_.empty()) return {};
  const FoldChanges changes = fold_.changes();
  reminders_.assign(changes.reminders.begin(), changes.reminders.end());
  reminders_.insert(reminders_.end(), moved_.begin(), moved_.end());
  set_overdue_reminders(changes.departures, now);
  fired_.insert(fired_.end(), unwanted_.begin(), unwanted_.end());
  Result<void> written = store_.commit({.first_sequence = first_sequence_,
                                        .last_sequence = fold_.next_sequence() - 1,
                                        .recorded = now,
                                        .block = block_.finish(ledger_),
                                        .times = &block_.times(),
                                        .records = changes.records,
                                        .removed = changes.removed,
                                        .aliases = changes.aliases,
                                        .cursors = cursors_,
                                        .reminders = reminders_,
                                        .fired = fired_,
                                        .ledger = &ledger_,
                                        .passages = changes.passages});
  is_new_to_store_ = is_new_to_store_ && !written;
  return written;
}

}  // namespace statewire
