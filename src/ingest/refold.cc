#include "ingest/refold.h"

#include <map>
#include <set>
#include <unordered_map>

#include "base/limits.h"
#include "ingest/store_views.h"
#include "store/block.h"
#include "track/fold.h"

namespace statewire {
namespace {

std::string encoded(const Record& record) {
  std::string bytes;
  encode_record(record, bytes);
  return bytes;
}

bool is_same(const Told& a, const Told& b) {
  return a.kind == b.kind && a.id == b.id && a.amends == b.amends && a.late == b.late &&
         a.too_late == b.too_late && a.previous.phase == b.previous.phase &&
         a.previous.value == b.previous.value && a.previous.since == b.previous.since;
}

// The views that the journal has given so far.
class RefoldedViews final : public Views {
 public:
  explicit RefoldedViews(const Store& store) : store_views_(store) {}

  Result<void> records(std::span<const std::string_view> ids, Arena& arena,
                       std::vector<std::optional<Record>>& out) override {
    out.assign(ids.size(), std::nullopt);
    for (size_t i = 0; i < ids.size(); ++i) {
      const auto found = records_.find(std::string(ids[i]));
      if (found == records_.end()) continue;
      const Result<Record> record = decode_record(arena.copy(found->second), arena);
      if (!record) return record.error();
      out[i] = *record;
    }
    return {};
  }
  Result<std::string_view> resource_of_alias(std::string_view alias, Arena&) override {
    const auto found = aliases_.find(alias);
    return found == aliases_.end() ? std::string_view{} : std::string_view(found->second);
  }
  Result<Entry> entry(uint64_t sequence, Arena& arena) override {
    return store_views_.entry(sequence, arena);
  }

  void apply(const FoldChanges& changes) {
    for (const Record* record : changes.records) {
      records_[std::string(record->resource.id)] = encoded(*record);
    }
    for (const std::string_view id : changes.removed) records_.erase(std::string(id));
    for (const AliasChange& change : changes.aliases) {
      aliases_[std::string(change.alias)] = change.resource_id;
    }
  }

  const std::unordered_map<std::string, std::string>& encoded_records() const { return records_; }
  const std::map<std::string, std::string, std::less<>>& aliases() const { return aliases_; }

 private:
  StoreViews store_views_;
  std::unordered_map<std::string, std::string> records_;  // Id to encoded record.
  std::map<std::string, std::string, std::less<>> aliases_;
};

class Refold {
 public:
  Refold(const Store& store, TrackLimits limits)
      : store_(store),
        first_sequence_(store.first_sequence()),
        views_(store),
        fold_(views_, limits) {}

  Result<RefoldReport> run(const std::function<void(uint64_t)>& progress) {
    Result<void> folded;
    const Result<void> read = store_.each_block(first_sequence_, [&](const StoredBlock& block) {
      folded = fold_block(block);
      progress(report_.entries);
      return folded.ok();
    });
    if (!read) return read.error();
    if (!folded) return folded.error();
    if (Result<void> reminders = load_reminders(); !reminders) return reminders.error();
    compare_records();
    if (Result<void> compared = compare_aliases(); !compared) return compared.error();
    if (first_sequence_ == 1) {
      if (Result<void> compared = compare_ledger(); !compared) return compared.error();
    }
    report_.resources = views_.encoded_records().size();
    return std::move(report_);
  }

 private:
  using LedgerKey = std::tuple<std::string, std::string, std::string>;

  void differ(std::string text) {
    if (report_.differences.size() < kDifferencesKept) {
      report_.differences.push_back(std::move(text));
    }
  }

  // As the commit that made it.
  Result<void> fold_block(const StoredBlock& block) {
    const Result<BlockReader> reader = BlockReader::open(*block.bytes);
    if (!reader) return reader.error();
    arena_.clear();
    fold_.begin(reader->first_sequence(), reader->recorded());
    for (size_t i = 0; i < reader->size(); ++i) {
      const Result<Entry> entry = reader->entry(i, arena_);
      if (!entry) return entry.error();
      ++report_.entries;
      if (Result<void> folded = fold_entry(*entry); !folded) return folded;
    }
    views_.apply(fold_.changes());
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
    const bool has_lost_its_record =
        entry.previous_sequence != 0 && entry.previous_sequence < first_sequence_;
    if (has_lost_its_record && entry.observation.effect == Effect::move) return fold_.adopt(entry);
    if (has_lost_its_record) {
      const Result<const Record*> before = fold_.record(entry.observation.resource.id);
      if (!before) return before.error();
      if (*before == nullptr) return fold_.adopt(entry);
    }
    const Result<Folded> folded = fold_.take({entry.observation, entry.source, entry.received});
    if (!folded) return folded.error();
    const bool is_trimmed = first_sequence_ > 1 && folded->is_cut;
    if (!is_trimmed) compare_entry(*folded, entry);
    report_.undecided += is_trimmed;
    // One difference is told once, where it begins.
    const bool is_right = folded->entry != nullptr && folded->entry->sequence == entry.sequence &&
                          encoded(folded->entry->after) == encoded(entry.after);
    return is_right ? Result<void>() : fold_.adopt(entry);
  }

  void compare_entry(const Folded& folded, const Entry& entry) {
    const std::string name = "journal entry " + std::to_string(entry.sequence);
    if (folded.entry == nullptr) {
      return differ(name + " is a duplicate of another");
    }
    const Entry& again = *folded.entry;
    if (!is_same(again.told, entry.told)) {
      differ(name + " tells " + std::string(name_of(entry.told.kind)) + ", folded again it tells " +
             std::string(name_of(again.told.kind)));
    }
    if (again.previous_sequence != entry.previous_sequence ||
        encoded(again.after) != encoded(entry.after)) {
      differ(name + " of " + std::string(entry.observation.resource.id) +
             " is not what folding gives");
    }
  }

  // A reminder may have been set under another name of the resource.
  Result<void> load_reminders() {
    Result<void> outcome;
    const Result<void> read = store_.each_reminder([&](const Reminder& reminder) {
      std::string id(reminder.key.resource_id);
      if (reminder.key.kind == ReminderKind::move) moves_.insert(id);
      if (reminder.key.kind != ReminderKind::settle) return true;
      const Result<std::optional<std::string>> resource = store_.resource_of_alias(id);
      if (!resource) return outcome = resource.error(), false;
      if (*resource) settles_.emplace(**resource, reminder.key.due);
      settles_.emplace(std::move(id), reminder.key.due);
      return true;
    });
    if (const size_t damaged = store_.reminders_damaged(); damaged > 0) {
      differ(std::to_string(damaged) + " stored reminders are damaged");
    }
    return read ? outcome : read;
  }

  void compare_records() {
    size_t seen = 0;
    const Result<void> read = store_.each_record("", [&](const Record& record) {
      seen += compare_record(record);
      return true;
    });
    if (!read) return differ(read.error().text);
    const size_t folded = views_.encoded_records().size();
    if (seen < folded) {
      differ(std::to_string(folded - seen) + " resources of the journal have no record");
    }
  }

  // True where the journal knows the resource.
  bool compare_record(const Record& record) {
    const std::string id(record.resource.id);
    const auto folded = views_.encoded_records().find(id);
    const bool is_known = folded != views_.encoded_records().end();
    const bool is_trimmed = record.last_sequence != 0 && record.last_sequence < first_sequence_;
    if (!is_known && !is_trimmed) {
      differ("the record of " + id + " has no journal entry");
    } else if (is_known && folded->second != encoded(record)) {
      differ("the record of " + id + " is not what its journal entries give");
    }
    const bool waits = record.settles_at != Time{};
    if (waits && !settles_.contains({id, record.settles_at})) {
      differ("no reminder settles " + id);
    }
    const auto resource = store_.resource_of_alias(id);
    if (resource.ok() && resource->has_value() && !moves_.contains(id)) {
      differ("no reminder moves " + id + ", which is an alias, to its resource");
    }
    return is_known;
  }

  Result<void> compare_aliases() {
    for (const auto& [alias, resource_id] : views_.aliases()) {
      const Result<std::optional<std::string>> stored = store_.resource_of_alias(alias);
      if (!stored) return stored.error();
      if (*stored != resource_id) {
        differ("the alias " + alias + " leads to " + stored->value_or("nothing") +
               ", by the journal to " + resource_id);
      }
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
  const uint64_t first_sequence_;
  RefoldedViews views_;
  Fold fold_;
  Arena arena_;  // Of the entries of one block.
  std::map<LedgerKey, LedgerRow> ledger_;
  std::set<std::pair<std::string, Time>> settles_;  // Resource, when it is due.
  std::set<std::string> moves_;                     // Aliases.
  RefoldReport report_;
};

}  // namespace

Result<RefoldReport> check_store(const Store& store, TrackLimits limits,
                                 const std::function<void(uint64_t)>& progress) {
  return Refold(store, limits).run(progress);
}

}  // namespace statewire
