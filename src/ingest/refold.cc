#include "ingest/refold.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
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
    for (const Passage& passage : changes.passages) {
      const auto place = place_of_passing(passage.phase);
      if (!place || passage.type.empty() || passage.type.size() > kLearnedTypeBytesMax) continue;
      learned_[std::string(passage.type)][*place].add(passage.bucket, passage.count);
    }
    for (const AliasChange& change : changes.aliases) {
      aliases_[std::string(change.alias)] = change.resource_id;
    }
    if (!keeps_reminders_) return;
    for (const Reminder& reminder : changes.reminders) {
      KeptReminder& kept = reminders_[{std::string(reminder.key.resource_id), reminder.key.kind}];
      kept = {reminder.key, std::string(reminder.payload)};
    }
  }

  // From now on: the last one of each resource and kind, for who sets them again.
  void keep_reminders() { keeps_reminders_ = true; }
  // Nothing where the journal gave none.
  std::optional<Reminder> reminder(const std::string& id, ReminderKind kind) const {
    const auto kept = reminders_.find({id, kind});
    if (kept == reminders_.end()) return std::nullopt;
    Reminder reminder{.key = kept->second.key, .payload = kept->second.payload};
    reminder.key.resource_id = kept->first.first;
    return reminder;
  }

  const std::unordered_map<std::string, std::string>& encoded_records() const { return records_; }
  const std::map<std::string, std::string, std::less<>>& aliases() const { return aliases_; }
  const std::map<std::string, PhaseSketches>& learned() const { return learned_; }

 private:
  struct KeptReminder {
    ReminderKey key;
    std::string payload;
  };

  StoreViews store_views_;
  std::unordered_map<std::string, std::string> records_;  // Id to encoded record.
  std::map<std::string, std::string, std::less<>> aliases_;
  std::map<std::string, PhaseSketches> learned_;  // By type.
  bool keeps_reminders_ = false;
  std::map<std::pair<std::string, ReminderKind>, KeptReminder> reminders_;
};

class Refold {
 public:
  Refold(const Store& store, TrackLimits limits)
      : store_(store),
        first_sequence_(store.first_sequence()),
        views_(store),
        fold_(views_, limits) {}

  Result<RefoldReport> check(const std::function<void(uint64_t)>& progress) {
    if (Result<void> folded = fold_journal(progress); !folded) return folded.error();
    compare_records();
    if (Result<void> compared = compare_aliases(); !compared) return compared.error();
    if (is_complete()) {
      if (Result<void> compared = compare_ledger(); !compared) return compared.error();
      compare_learned();
    }
    return std::move(report_);
  }

  // Writes what the journal gives over what is stored.
  Result<RefoldReport> rebuild(Store& store) {
    views_.keep_reminders();
    if (Result<void> folded = fold_journal([](uint64_t) {}); !folded) return folded.error();
    if (Result<void> put = put_records(store); !put) return put.error();
    std::vector<AliasChange> aliases;
    for (const auto& [alias, resource_id] : views_.aliases()) {
      aliases.push_back({alias, resource_id});
    }
    if (Result<void> put = store.put_views({.aliases = aliases}); !put) return put.error();
    if (Result<void> put = put_reminders(store); !put) return put.error();
    if (is_complete()) {
      if (Result<void> put = put_ledger(store); !put) return put.error();
      if (Result<void> put = put_learned(store); !put) return put.error();
    }
    return std::move(report_);
  }

 private:
  using LedgerKey = std::tuple<std::string, std::string, std::string>;

  void differ(std::string text) {
    if (report_.differences.size() < kDifferencesKept) {
      report_.differences.push_back(std::move(text));
    }
  }

  Result<void> fold_journal(const std::function<void(uint64_t)>& progress) {
    Result<void> folded;
    uint64_t next = first_sequence_;
    const Result<void> read = store_.each_block(first_sequence_, [&](const StoredBlock& block) {
      if (block.first_sequence > next) miss({next, block.first_sequence - 1});
      next = std::max(next, block.last_sequence + 1);
      folded = fold_block(block);
      progress(report_.entries);
      return folded.ok();
    });
    if (!read) return read;
    if (!folded) return folded;
    report_.resources = views_.encoded_records().size();
    return load_reminders();
  }

  // What salvage knows to be lost is no difference.
  void miss(LostRange range) {
    missing_.push_back(range);
    if (std::ranges::find(store_.lost(), range) != store_.lost().end()) return;
    differ("the journal lacks sequences " + std::to_string(range.first) + " to " +
           std::to_string(range.last));
  }

  // Retention has taken it, or it is lost.
  bool is_missing(uint64_t sequence) const {
    const auto holds = [&](const LostRange& range) {
      return range.first <= sequence && sequence <= range.last;
    };
    return sequence < first_sequence_ || std::ranges::any_of(missing_, holds);
  }

  bool is_complete() const { return !store_.is_trimmed() && missing_.empty(); }

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
        entry.previous_sequence != 0 && is_missing(entry.previous_sequence);
    // What retention takes, it takes of a resource from the beginning; salvage loses what is
    // between.
    const bool has_gap = has_lost_its_record && entry.previous_sequence >= first_sequence_;
    const bool is_move = has_lost_its_record && entry.observation.effect == Effect::move;
    if (has_gap || is_move) return fold_.adopt(entry);
    if (has_lost_its_record) {
      const Result<const Record*> before = fold_.record(entry.observation.resource.id);
      if (!before) return before.error();
      if (*before == nullptr) return fold_.adopt(entry);
    }
    const Result<Folded> folded = fold_.take({entry.observation, entry.source, entry.received});
    if (!folded) return folded.error();
    const bool is_trimmed = !is_complete() && folded->is_cut;
    if (!is_trimmed) compare_entry(*folded, entry);
    report_.undecided += is_trimmed;
    // One difference is told once, where it begins.
    const bool is_right = folded->entry != nullptr && folded->entry->sequence == entry.sequence &&
                          encoded(folded->entry->after) == encoded(entry.after);
    if (is_right) return {};
    has_adopted_ = true;
    return fold_.adopt(entry);
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
    const bool is_trimmed = record.last_sequence != 0 && is_missing(record.last_sequence);
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

  // An entry that was trusted instead of folded tells no passage; beyond kLearnedTypesMax types
  // nothing is learned.
  void compare_learned() {
    if (has_adopted_) return;
    const auto stored = store_.learned();
    for (const auto& [type, sketches] : views_.learned()) {
      const auto found = stored.find(type);
      if (found == stored.end() && stored.size() >= kLearnedTypesMax) continue;
      if (found == stored.end() ? sketches != PhaseSketches{} : found->second != sketches) {
        differ("what was learned of " + type + " is not what the journal says");
      }
    }
  }

  // --- Rebuilding.

  Result<void> put_records(Store& store) {
    std::set<std::string> right;
    std::vector<std::string> surplus;
    const Result<void> read = store.each_record("", [&](const Record& record) {
      std::string id(record.resource.id);
      const auto folded = views_.encoded_records().find(id);
      const bool is_known = folded != views_.encoded_records().end();
      if (is_known && folded->second == encoded(record)) {
        right.insert(std::move(id));
      } else if (!is_known && !(record.last_sequence != 0 && is_missing(record.last_sequence))) {
        surplus.push_back(std::move(id));
      }
      return true;
    });
    if (!read) return read;
    std::vector<std::string_view> removed(surplus.begin(), surplus.end());
    if (Result<void> put = store.put_views({.removed = removed}); !put) return put;
    for (const auto& [id, bytes] : views_.encoded_records()) {
      if (right.contains(id)) continue;
      arena_.clear();
      const Result<Record> record = decode_record(bytes, arena_);
      if (!record) return record.error();
      const Record* const one = &*record;
      if (Result<void> put = store.put_views({.records = {&one, 1}}); !put) return put;
    }
    return {};
  }

  // Those that the records and aliases wait for.
  Result<void> put_reminders(Store& store) {
    std::vector<Reminder> reminders;
    const auto set = [&](const std::string& id, ReminderKind kind) {
      if (const auto reminder = views_.reminder(id, kind)) reminders.push_back(*reminder);
    };
    const Result<void> read = store.each_record("", [&](const Record& record) {
      const std::string id(record.resource.id);
      if (record.settles_at != Time{} && !settles_.contains({id, record.settles_at})) {
        set(id, ReminderKind::settle);
      }
      if (views_.aliases().contains(id) && !moves_.contains(id)) set(id, ReminderKind::move);
      return true;
    });
    return read ? store.put_views({.reminders = reminders}) : read;
  }

  // Rows are counted up, also by what is less than nothing: numbers go round.
  Result<void> put_ledger(Store& store) {
    const Result<std::vector<LedgerRow>> rows = store.ledger();
    if (!rows) return rows.error();
    auto sums = ledger_;
    for (const LedgerRow& row : *rows) {
      LedgerRow& sum = sums[{row.source, row.account, row.region}];
      sum.received -= row.received;
      for (int fate = 0; fate < kFateCount; ++fate) sum.fates[fate] -= row.fates[fate];
    }
    LedgerDelta delta;
    for (auto& [key, row] : sums) {
      std::tie(row.source, row.account, row.region) = key;
      delta.rows.push_back(row);
    }
    return store.put_views({.ledger = &delta});
  }

  // As with the ledger: what is stored is counted up, or down.
  Result<void> put_learned(Store& store) {
    const auto stored = store.learned();
    std::vector<Passage> passages;
    for (const auto& [type, sketches] : views_.learned()) {
      const auto found = stored.find(type);
      for (size_t place = 0; place < kPassingPhases.size(); ++place) {
        for (size_t bucket = 0; bucket < DurationSketch::kBuckets; ++bucket) {
          const int64_t is = found == stored.end() ? 0 : found->second[place].counts()[bucket];
          const int64_t count = int64_t{sketches[place].counts()[bucket]} - is;
          if (count != 0) passages.push_back({type, kPassingPhases[place], bucket, count});
        }
      }
    }
    return store.put_views({.passages = passages});
  }

  const Store& store_;
  const uint64_t first_sequence_;
  std::vector<LostRange> missing_;  // By the journal itself.
  RefoldedViews views_;
  Fold fold_;
  Arena arena_;  // Of the entries of one block.
  bool has_adopted_ = false;
  std::map<LedgerKey, LedgerRow> ledger_;
  std::set<std::pair<std::string, Time>> settles_;  // Resource, when it is due.
  std::set<std::string> moves_;                     // Aliases.
  RefoldReport report_;
};

}  // namespace

Result<RefoldReport> check_store(const Store& store, TrackLimits limits,
                                 const std::function<void(uint64_t)>& progress) {
  return Refold(store, limits).check(progress);
}

Result<RefoldReport> rebuild_views(Store& store, TrackLimits limits) {
  return Refold(store, limits).rebuild(store);
}

}  // namespace statewire
