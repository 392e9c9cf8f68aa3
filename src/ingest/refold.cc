#include "ingest/refold.h"

#include <map>
#include <set>
#include <unordered_map>

#include "store/block.h"

namespace statewire {
namespace {

class StoreChain final : public Chain {
 public:
  StoreChain(const Store& store, Arena& arena) : store_(store), arena_(arena) {}
  Result<Entry> entry(uint64_t sequence) override { return store_.entry(sequence, arena_); }

 private:
  const Store& store_;
  Arena& arena_;
};

std::string encoded(const Record& record) {
  std::string bytes;
  encode_record(record, bytes);
  return bytes;
}

class Refold {
 public:
  Refold(const Store& store, TrackLimits limits)
      : store_(store), tracker_(limits), chain_(store, arena_) {}

  Result<RefoldReport> run() {
    Result<void> folded;
    const Result<void> read =
        store_.each_block(store_.first_sequence(), [&](const StoredBlock& block) {
          folded = fold_block(block);
          return folded.ok();
        });
    if (!read) return read.error();
    if (!folded) return folded.error();
    if (Result<void> read_timers = load_timers(); !read_timers) return read_timers.error();
    if (Result<void> compared = compare_records(); !compared) return compared.error();
    if (store_.first_sequence() == 1) {
      if (Result<void> compared = compare_ledger(); !compared) return compared.error();
    }
    report_.resources = records_.size();
    return std::move(report_);
  }

 private:
  using LedgerKey = std::tuple<std::string, std::string, std::string>;

  void differ(std::string text) {
    if (report_.differences.size() < kDifferencesMax)
      report_.differences.push_back(std::move(text));
  }

  Result<void> fold_block(const StoredBlock& block) {
    const Result<BlockReader> reader = BlockReader::open(*block.bytes);
    if (!reader) return reader.error();
    for (size_t i = 0; i < reader->size(); ++i) {
      arena_.clear();
      const Result<Entry> entry = reader->entry(i, arena_);
      if (!entry) return entry.error();
      if (Result<void> folded = fold_entry(*entry); !folded) return folded;
    }
    const Result<LedgerDelta> delta = reader->ledger();
    if (!delta) return delta.error();
    for (const LedgerRow& row : delta->rows) {
      LedgerRow& sum = ledger_[{row.source, row.account, row.region}];
      sum.received += row.received;
      for (int fate = 0; fate < kFateCount; ++fate) sum.fates[fate] += row.fates[fate];
    }
    return {};
  }

  Result<void> fold_entry(const Entry& entry) {
    ++report_.entries;
    // The alias has no record any more.
    if (entry.observation.has(kMoved)) {
      for (const std::string_view alias : entry.observation.aliases) {
        records_.erase(std::string(alias));
      }
    }
    std::string& stored = records_[std::string(entry.observation.resource.id)];
    const bool is_trimmed = stored.empty() && entry.previous_sequence != 0;
    Record after = entry.after;
    if (!is_trimmed) {
      Record before;
      if (!stored.empty()) {
        Result<Record> decoded = decode_record(stored, arena_);
        if (!decoded) return decoded.error();
        before = *decoded;
      }
      const Result<Tracked> tracked =
          tracker_.track(stored.empty() ? nullptr : &before, entry.observation, chain_, arena_);
      if (!tracked) return tracked.error();
      after = tracked->after;
      after.last_sequence = entry.sequence;
      after.recorded = entry.recorded;
      if (tracked->told.kind != entry.told.kind || tracked->told.id != entry.told.id) {
        differ("journal entry " + std::to_string(entry.sequence) + " tells " +
               std::string(name_of(entry.told.kind)) + ", folded again it tells " +
               std::string(name_of(tracked->told.kind)));
      }
    }
    std::string folded = encoded(after);
    if (folded != encoded(entry.after)) {
      differ("journal entry " + std::to_string(entry.sequence) + " of " +
             std::string(entry.observation.resource.id) + " is not what folding gives");
    }
    stored = std::move(folded);
    return {};
  }

  // A timer may have been set under another name of the resource.
  Result<void> load_timers() {
    Result<void> outcome;
    const Result<void> read = store_.each_timer([&](const Timer& timer) {
      std::string id(timer.resource_id);
      const Result<std::optional<std::string>> resource = store_.resource_of_alias(id);
      if (!resource) return outcome = resource.error(), false;
      timers_.emplace(resource->value_or(id), timer.due);
      return true;
    });
    return read ? outcome : read;
  }

  Result<void> compare_records() {
    size_t seen = 0;
    Result<void> read = store_.each_record("", [&](const Record& record) {
      ++seen;
      const auto folded = records_.find(std::string(record.resource.id));
      if (folded == records_.end()) {
        differ("the record of " + std::string(record.resource.id) + " has no journal entry");
      } else if (folded->second != encoded(record)) {
        differ("the record of " + std::string(record.resource.id) +
               " is not what its journal entries give");
      }
      const bool waits = record.settles_at != Time{};
      if (waits && !timers_.contains({std::string(record.resource.id), record.settles_at})) {
        differ("no timer settles " + std::string(record.resource.id));
      }
      return true;
    });
    if (!read) {
      differ(read.error().text);
      return {};
    }
    if (seen < records_.size()) {
      differ(std::to_string(records_.size() - seen) + " resources of the journal have no record");
    }
    return {};
  }

  Result<void> compare_ledger() {
    const Result<std::vector<LedgerRow>> rows = store_.ledger();
    if (!rows) return rows.error();
    for (const LedgerRow& row : *rows) {
      const LedgerRow& sum = ledger_[{row.source, row.account, row.region}];
      if (sum.received != row.received || !std::ranges::equal(sum.fates, row.fates)) {
        differ("the ledger of source " + row.source + ", account " + row.account + ", region " +
               row.region + " is not what the journal says");
      }
      if (!row.adds_up()) differ("the ledger of source " + row.source + " does not add up");
    }
    if (rows->size() != ledger_.size()) differ("the ledger lacks rows that the journal has");
    return {};
  }

  const Store& store_;
  Tracker tracker_;
  Arena arena_;
  StoreChain chain_;
  std::unordered_map<std::string, std::string> records_;  // Id to encoded record.
  std::map<LedgerKey, LedgerRow> ledger_;
  std::set<std::pair<std::string, Time>> timers_;  // Resource, when it is due.
  RefoldReport report_;
};

}  // namespace

Result<RefoldReport> check_store(const Store& store, TrackLimits limits) {
  return Refold(store, limits).run();
}

}  // namespace statewire
