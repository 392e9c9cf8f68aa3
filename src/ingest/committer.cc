#include "ingest/committer.h"

#include <algorithm>
#include <exception>

#include "base/log.h"
#include "ingest/reminder_events.h"

namespace statewire {

Committer::Committer(Store& store, TrackLimits limits)
    : store_(store), views_(store, &block_), fold_(views_, limits) {}

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
  return store_.commit({.first_sequence = first_sequence_,
                        .last_sequence = fold_.next_sequence() - 1,
                        .recorded = now,
                        .block = block_.finish(ledger_),
                        .records = changes.records,
                        .removed = changes.removed,
                        .aliases = changes.aliases,
                        .cursors = cursors_,
                        .reminders = reminders_,
                        .fired = fired_,
                        .ledger = &ledger_});
}

}  // namespace statewire
