// What is kept: the journal, which is the truth, and the views of it.
//
// Store speaks domain words; its engine, RocksDB or memory, is chosen when it is opened. One thread
// at a time writes the journal (commit) and one writes deliveries (settle); any thread reads.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "base/result.h"
#include "model/entry.h"
#include "model/expectation.h"
#include "model/reminder.h"
#include "store/delivery_row.h"
#include "store/ledger.h"
#include "store/marks.h"

namespace rocksdb {
class Env;
}

namespace statewire {

class BlockReader;  // store/block.h
class Engine;       // store/engine.h, inside this folder.
struct StoreState;  // store/store_state.h, likewise.
class StorePlace;   // store/place.h, likewise.
class EngineBatch;
class ToldTimes;        // store/told_times.h
struct TimeWindow;      // likewise.
struct JournalStretch;  // likewise.
namespace keys {
struct JournalPlace;
}

struct StoreOptions {
  std::string path;  // Empty: in memory.
  uint64_t free_bytes_min = kFreeBytesMin;
  size_t memory_bytes = kStoreMemoryBytes;  // For caches and write buffers together.
  rocksdb::Env* env = nullptr;              // For the power-cut tests; null: the system's.
  bool read_only = false;
  int open_files_max =
      kStoreOpenFilesMax;        // Of the engine; it opens the others again when they are read.
  const Clock* clock = nullptr;  // A steady one, for the ages of blocks; null: a SteadyClock.
};

// A block of the journal as it is stored. Decode with store/block.h.
struct StoredBlock {
  uint64_t first_sequence = 0;
  uint64_t last_sequence = 0;
  std::shared_ptr<const std::string> bytes;
};

// Records that are stored beside one another: see partition_of().
struct RecordPartition {
  uint8_t number = 0;
  Time newest_since;  // No record there has a later one.
};

// Sequences that the journal lacks, both ends included.
struct LostRange {
  uint64_t first = 0;
  uint64_t last = 0;

  bool operator==(const LostRange&) const = default;
};

struct CursorChange {
  std::string_view key;
  std::string_view value;  // Empty: the cursor is removed.
};

// All that follows from a batch of events; stored by one atomic, synced write.
struct Commit {
  uint64_t first_sequence = 0;
  uint64_t last_sequence = 0;  // first - 1 where the batch made no entry.
  Time recorded;
  std::string_view block;                     // Made by BlockWriter.
  const ToldTimes* times = nullptr;           // Of its entries; null: nothing is said.
  std::span<const Record* const> records;     // Each changed one, once, as it is after the batch.
  std::span<const std::string_view> removed;  // Ids of records that have ended.
  std::span<const AliasChange> aliases;
  std::span<const CursorChange> cursors;
  std::span<const Reminder> reminders;  // Those that are set.
  std::span<const ReminderKey> fired;   // Those that are removed, even if this commit sets them.
  const LedgerDelta* ledger = nullptr;
  std::span<const Passage> passages;
};

struct DiskSpace {
  uint64_t free_bytes = 0;
  bool is_enough = true;      // For what is sent; also where nothing is known.
  uint64_t needed_bytes = 0;  // Free, for it to be enough.
  bool is_known = false;
  std::string problem = {};  // What it refuses now that is no reason to refuse events.
};

class Store {
 public:
  // Makes the store where there is none, unless it is opened read-only (then not_found). Errors
  // name what is wrong: another format, a second daemon (`unavailable`), a directory that cannot be
  // written. Opened read-only, it is a picture of the moment, and needs no lock.
  // `damaged` where it is not what was written, or lacks what was acknowledged; it says which
  // sequences, and nothing of the store was changed then. What a loss of power tears from the log,
  // before it was synced, is no damage.
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options);
  // The same over the caller's engine: for tests in which stored data outlives the store.
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options,
                                             std::unique_ptr<Engine> engine);
  ~Store();

  // --- Commit: one thread.
  // Aborts the process where a sync fails: nobody knows what is on disk then. `unavailable`, and
  // nothing was changed, where the disk has no room.
  Result<void> commit(const Commit& commit);

  // Writes what the commit says of the views, and nothing of the journal: for who has folded it
  // again. No commit goes on meanwhile.
  Result<void> put_views(const Commit& views);

  // --- Records. Texts are copied into `arena`. out[i] belongs to ids[i].
  Result<void> records(std::span<const std::string_view> ids, Arena& arena,
                       std::vector<std::optional<Record>>& out) const;
  // In key order (partition, id) from just after `after` (empty: the first), until `visit`
  // returns false. The record is valid during the call.
  Result<void> each_record(std::string_view after,
                           const std::function<bool(const Record&)>& visit) const;
  // Looks at the next `count_max` records after `after`, and visits those in whose stored bytes
  // `text` stands (empty: all). The id to go on after; empty where all were looked at, or `visit`
  // returned false.
  Result<std::string> some_records(std::string_view after, std::string_view text, size_t count_max,
                                   const std::function<bool(const Record&)>& visit) const;
  // The same where `name` is looked for: of an id an end behind `/` or `:`, a name, or a tag
  // "Name". Passes over what holds no such record, once learn_hints() has returned.
  Result<std::string> some_records_named(std::string_view after, std::string_view name,
                                         size_t count_max,
                                         const std::function<bool(const Record&)>& visit) const;
  // The same as some_records(), of one partition: looks at the next `left` records, and takes off
  // it how many they were, so that a turn goes on with the next partition.
  Result<std::string> some_records_of(uint8_t partition, std::string_view after,
                                      std::string_view text, size_t& left,
                                      const std::function<bool(const Record&)>& visit) const;
  // All partitions: the one that may hold the latest `since` first, once learn_hints() has
  // returned.
  std::vector<RecordPartition> partitions_newest_first() const;
  // Reads the names and times of all records. Any thread, once. A million take a second.
  Result<void> learn_hints(const std::stop_token& stop);
  // The id that `alias` stands for. A text that is no alias costs a hash once learn_aliases() has
  // returned; before that, and beyond kAliasesKnownMax aliases, it costs a look into the engine.
  Result<std::optional<std::string>> resource_of_alias(std::string_view alias) const;
  // Reads all aliases, or as many as are kept in memory. Any thread, once. A million take a second,
  // so a start does not wait for it.
  Result<void> learn_aliases(const std::stop_token& stop);
  Result<std::string> cursor(std::string_view key) const;  // Empty where there is none.
  // All cursors of sources whose keys begin so. Reads those of all sources.
  Result<void> each_cursor(
      std::string_view prefix,
      const std::function<void(std::string_view key, std::string_view value)>& visit) const;

  // --- Journal.
  uint64_t first_sequence() const;  // Of what retention has left; 1 at the beginning.
  uint64_t last_sequence() const;   // 0 at the beginning.
  // Whether retention has taken blocks; those without entries go while the first entry stays.
  bool is_trimmed() const;
  // The block that holds `sequence`, or the first one after it; `bytes` is null where there is
  // none. What a record names is there, also where its commit is only about to be published.
  Result<StoredBlock> block_at(uint64_t sequence) const;
  // All blocks from the one that holds `sequence` on, in order, until `visit` returns false; also
  // those that only add to the ledger and hold no entry (last_sequence is first_sequence - 1).
  Result<void> each_block(uint64_t sequence,
                          const std::function<bool(const StoredBlock&)>& visit) const;
  // The blocks that hold entries, from the one that holds `sequence` (else the nearest before it)
  // to the first, until `visit` returns false. A block is valid during the call.
  Result<void> each_block_back(uint64_t sequence,
                               const std::function<bool(const BlockReader&)>& visit) const;
  // Where, at or before `sequence`, an entry may tell of that time.
  Result<JournalStretch> stretch_that_may_tell(uint64_t sequence, const TimeWindow& window) const;
  // What salvage could not read, in order. Subscriptions pass over it and park what they missed.
  const std::vector<LostRange>& lost() const { return lost_; }
  // Texts are copied into `arena`. not_found where retention has taken it, or it is yet to come.
  Result<Entry> entry(uint64_t sequence, Arena& arena) const;
  // The first sequence from `sequence` on that can be read, where the journal is damaged or lacks
  // something at `sequence`; the one after the last where nothing can. Reads a block for each
  // halving of the damage, and may pass over what is whole between two faults.
  Result<uint64_t> first_readable(uint64_t sequence) const;
  // Blocks until last_sequence() >= sequence, or the timeout. True where it was reached.
  bool wait_for(uint64_t sequence, Duration timeout) const;
  // The bytes of the journal's blocks, keys and values, before compression. Costs nothing.
  uint64_t journal_bytes() const;

  // --- Retention: one thread.
  // The first sequence to keep, so that no block is older than `age_max` and all blocks together
  // take no more than `bytes_max`; the newest block is always kept. The one after the last
  // sequence where all blocks with entries may go, as the newest has none. Reads no more than about
  // 100 blocks, however long the journal is.
  // Ages follow a clock of the store's own, which never jumps: it runs while a process has the
  // store open. Of the time between two processes it counts what the wall clock says has passed
  // since the last commit, up to an hour. So a wrong wall clock trims nothing more than an hour too
  // early, and a journal does not age while no process has it open.
  Result<uint64_t> journal_cut(Duration age_max, uint64_t bytes_max) const;
  // Removes whole blocks that end before `sequence`; the newest block always stays. Synced: after
  // a loss of power either all of them are there, or none. If it fails, nothing has changed;
  // `unavailable` where the disk has no room for the write.
  Result<void> trim_journal(uint64_t sequence);

  // --- Ledger.
  Result<std::vector<LedgerRow>> ledger() const;
  LedgerSums ledger_sums() const;
  // Whoever commits keeps to kLedgerRowsMax, and one row more for each source.
  size_t ledger_row_count() const;
  bool has_ledger_row(std::string_view source, std::string_view account,
                      std::string_view region) const;
  Result<std::vector<UnrecognisedRow>> unrecognised() const;  // The most frequent first.
  Result<std::vector<Refusal>> refusals() const;              // The newest first.

  // --- What was learned: how long resources take to pass through a phase.
  std::map<std::string, PhaseSketches, std::less<>> learned() const;  // By type.
  // `place` is that of the phase in kPassingPhases. Empty where nothing was seen. Costs little.
  DurationSketch learned(std::string_view type, size_t place) const;

  // --- Reminders. Commits set them, and the commits of the events that they come back as remove
  // them. Those of kinds that this program does not know are kept and passed over.
  // No reminder is due before this time; Time::max() where there is none. Costs nothing.
  Time next_reminder() const;
  // In the order of their keys, until `visit` returns false. Texts are valid during the call.
  // Damaged reminders are logged once, counted, and passed over.
  Result<void> each_reminder(const std::function<bool(const Reminder&)>& visit) const;
  // How many were seen since the store was opened; at most kUnreadableRowsKept.
  size_t reminders_damaged() const;

  // --- Deliveries: one thread writes. A row that cannot be read is handed over as an error that
  // says why, and so is a stretch of them, with the number of its last; the others are read all the
  // same.
  // If it fails, nothing was changed: `unavailable` if the disk has no room for a synced write.
  Result<void> settle(const Settlement& settlement);
  Result<std::optional<SubscriptionState>> subscription(std::string_view name) const;
  Result<void> each_subscription(
      const std::function<bool(std::string_view name, Result<SubscriptionState>)>& visit) const;
  // Those of one subscription from number `from` on, in order, until `visit` returns false.
  using VisitDelivery = std::function<bool(uint64_t number, Result<DeliveryRow>)>;
  Result<void> each_delivery(std::string_view subscription, uint64_t from,
                             const VisitDelivery& visit) const;
  // In key order from `from` on, also those of other subscriptions, until `visit` returns false.
  using VisitParked = std::function<bool(const DeliveryKey& key, Result<ParkedRow>)>;
  Result<void> each_parked(const DeliveryKey& from, const VisitParked& visit) const;
  // How many are parked for it. Costs nothing. Where there are more than a thousand, all count once
  // learn_parked() has returned. Always 0 where the store is opened read-only.
  uint64_t parked_count(std::string_view subscription) const;
  // Reads the keys of what is parked. Any thread, once; a start does not wait for it.
  Result<void> learn_parked(const std::stop_token& stop);
  Result<std::optional<BatchRow>> frozen_batch(std::string_view subscription) const;

  DiskSpace disk_space() const;
  // Why the path of the store does not lead to what was opened any more; empty where it does.
  // Nothing is committed then. Any thread; costs little.
  std::string place_fault() const;
  size_t memory_used() const;
  // Reads all files, past every cache, and compares their checksums: `damaged` where one is wrong.
  Result<void> verify_files() const;
  // Reads every row of every family, also those that nobody looks for, and calls `differs` for each
  // that is not what was written, and for each stretch that cannot be read, by family and key.
  Result<void> check_rows(const std::function<void(std::string)>& differs) const;
  // Makes a store of this moment in the directory `path`, which must not exist. Any thread; costs
  // little, as files that are complete are shared.
  Result<void> copy_to(const std::string& path) const;

 private:
  Store(StoreOptions options, std::unique_ptr<Engine> engine);
  static Result<std::unique_ptr<Store>> open_to_read(const StoreOptions& options,
                                                     bool is_whole_log);
  static Result<void> look_first(const StoreOptions& options);
  static std::string lost_in(const StoreOptions& options, const std::optional<Acknowledged>& mark);
  Result<void> compare(const std::optional<Acknowledged>& mark) const;
  Acknowledged end_of_journal() const;
  Result<void> ask_for_room() const;
  Result<void> load();
  Result<void> load_format();
  Result<void> load_journal();
  Result<void> load_first_block();
  Result<void> load_spans();
  Result<void> remove_spans_of_more(uint64_t last);
  Result<void> load_lost();
  Result<void> load_aliases();
  void load_hints();
  Result<void> load_reminders();
  Result<bool> learn_parked_piece();
  void add_block(const Commit& commit, EngineBatch& batch);
  void add_views(const Commit& commit, EngineBatch& batch);
  void add_records(const Commit& commit, EngineBatch& batch);
  void add_reminders(const Commit& commit, EngineBatch& batch);
  void publish(const Commit& commit);
  void mark_acknowledged(uint64_t last_sequence);
  Result<void> stored_records(std::span<const std::string_view> ids,
                              std::span<const size_t> missing, uint64_t epoch, Arena& arena,
                              std::vector<std::optional<Record>>& out) const;
  Result<void> each_stored_block(
      uint64_t sequence,
      const std::function<bool(std::string_view key, uint64_t first, uint64_t last,
                               std::string_view bytes)>& visit) const;
  Result<StoredBlock> stored_block_holding(uint64_t sequence) const;
  Result<keys::JournalPlace> place_holding(uint64_t sequence) const;
  Result<bool> is_last_block(uint64_t sequence) const;
  Result<std::string> key_to_keep(uint64_t sequence) const;
  Duration age_clock() const;

  const StoreOptions options_;
  std::unique_ptr<StorePlace> place_;  // Null where it is only read, or in memory.
  const std::unique_ptr<Engine> engine_;
  const std::unique_ptr<StoreState> state_;
  mutable Mutex tail_mutex_;
  mutable std::condition_variable tail_moved_;
  uint64_t first_sequence_ GUARDED_BY(tail_mutex_) = 1;
  uint64_t last_sequence_ GUARDED_BY(tail_mutex_) = 0;
  // The bytes before the first block and before the next one, as in keys::JournalPlace.
  uint64_t bytes_before_first_ GUARDED_BY(tail_mutex_) = 0;
  uint64_t bytes_before_next_ GUARDED_BY(tail_mutex_) = 0;

  std::vector<LostRange> lost_;
  MarkFile<Acknowledged> acknowledged_;  // Of the committing thread.
  std::atomic<int> mark_problem_ = 0;    // As errno says it; 0: the mark is where it should be.

  const SteadyClock steady_clock_;
  const Clock& clock_;
  Time opened_at_;                // By clock_.
  Duration age_clock_at_open_{};  // See journal_cut().
};

// The partition of a resource: XXH3-64 of its canonical id, seed 0, modulo 256.
uint8_t partition_of(std::string_view resource_id);

}  // namespace statewire
