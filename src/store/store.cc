// Opening, and the one place where a block is applied to the views. The journal, the ledger,
// retention, reminders and delivery state are in store_journal.cc, store_ledger.cc,
// store_retention.cc, store_reminders.cc and store_deliveries.cc.
#include "store/store.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <system_error>

#include "base/fatal.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/text.h"
#include "store/block.h"
#include "store/keys.h"
#include "store/place.h"
#include "store/record_codec.h"
#include "store/rows.h"
#include "store/store_state.h"

namespace statewire {
namespace {

constexpr char kMetaValueFormat = 1;
constexpr std::string_view kLostPrefix = "lost";
constexpr size_t kLostRangesShown = 5;

constexpr std::string_view kSalvageHint =
    "Nothing of it was changed; `statewire store salvage --to DIR` makes a new store of what can "
    "be read";

// Sixteenths of the memory that a store may use; the engine has the other five. A map in memory
// needs no cache before it.
size_t record_cache_bytes(const StoreOptions& options) {
  return options.path.empty() ? 0 : options.memory_bytes / 32 * 19;
}
size_t recent_blocks_bytes(const StoreOptions& options) { return options.memory_bytes / 16; }
size_t read_blocks_bytes(const StoreOptions& options) { return options.memory_bytes / 32; }

}  // namespace

std::string meta_value(uint64_t number) {
  std::string value(9, kMetaValueFormat);
  to_little_endian(number, value.data() + 1);
  return value;
}

std::string lost_key(uint64_t first_sequence) {
  return std::string(kLostPrefix) + keys::journal_from(first_sequence);
}

std::optional<uint64_t> parse_lost(std::string_view key) {
  if (!key.starts_with(kLostPrefix)) return std::nullopt;
  return keys::parse_journal_from(key.substr(kLostPrefix.size()));
}

Result<uint64_t> parse_meta_value(std::string_view value) {
  if (value.size() != 9 || value[0] != kMetaValueFormat) {
    return damaged("the store's own record of itself is damaged or of a newer format");
  }
  return from_little_endian<uint64_t>(value.data() + 1);
}

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
  if (options.path.empty()) return open(options, make_memory_engine());
  if (options.read_only) return open_to_read(options, /*is_whole_log=*/false);
  // The library may abort where it finds no room while it opens.
  if (const auto free = free_bytes_at(options.path); free && *free < kWriteFreeBytesMin) {
    return failed(options.path + ": the disk is full: " + with_thousands(*free) +
                  " bytes are free, and a store needs " + with_thousands(kWriteFreeBytesMin) +
                  " to be opened; make room, and start it again");
  }
  auto place = std::make_unique<StorePlace>();
  if (auto held = place->hold(options.path); !held) return held.error();
  if (is_rocksdb_store(options.path)) {
    if (Result<void> looked = look_first(options); !looked) return looked.error();
  }
  auto opened = open_rocksdb_engine(options);
  if (!opened) return opened.error();
  auto store = open(options, std::move(*opened));
  if (!store) return store;
  Store& made = **store;
  place->note_lock();
  made.place_ = std::move(place);
  if (auto marked = made.acknowledged_.open(options.path, made.end_of_journal()); !marked) {
    return marked.error();
  }
  return store;
}

// To open a store that is to be written drops for good what its log has behind a fault, and files
// that nothing names. So it is read first, and what is damaged is left as it was.
Result<void> Store::look_first(const StoreOptions& options) {
  const auto lock = lock_rocksdb(options);
  if (!lock) return lock.error();
  struct stat status{};
  if (stat(options.path.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    log_warn("others than its owner can read the store: chmod 700", {{"path", options.path}});
  }
  if (const Result<void> checked = check_marks(options.path); !checked) {
    log_error("whether the store has all that was acknowledged cannot be told",
              {{"error", checked.error().text}});
  }
  const auto mark = read_mark<Acknowledged>(options.path);
  StoreOptions to_read = options;
  to_read.read_only = true;
  const auto whole = open_to_read(to_read, /*is_whole_log=*/true);
  if (whole) return {};
  if (whole.error().kind != ErrorKind::damaged) return whole.error();
  if (auto to_end = open_to_read(to_read, /*is_whole_log=*/false); !to_end) return to_end.error();
  if (!mark || !*mark) {
    log_error("the end of the store's log is torn, and what was acknowledged last may be lost",
              {{"found", whole.error().text}});
    return {};
  }
  log_warn(
      "the end of the store's log is torn, as a loss of power leaves it. All that was acknowledged "
      "is there; what was delivered last may be delivered again",
      {{"found", whole.error().text}});
  return {};
}

// The mark first: it moves on where a daemon runs.
Result<std::unique_ptr<Store>> Store::open_to_read(const StoreOptions& options, bool is_whole_log) {
  const auto mark = read_mark<Acknowledged>(options.path);
  auto opened = open_rocksdb_engine(options, is_whole_log ? LogTrust::whole : LogTrust::to_end);
  if (!opened) {
    if (opened.error().kind != ErrorKind::damaged) return opened.error();
    std::string lost = mark ? lost_in(options, *mark) : "";
    if (!lost.empty()) lost = ": " + lost;
    return damaged(opened.error().text + lost + ". " + std::string(kSalvageHint));
  }
  auto store = open(options, std::move(*opened));
  if (!store || !mark) return store;
  if (auto compared = (*store)->compare(*mark); !compared) return compared.error();
  return store;
}

// Which sequences a store lacks that cannot be opened, as far as the rest of it tells; empty where
// it does not. Reads the whole journal.
std::string Store::lost_in(const StoreOptions& options, const std::optional<Acknowledged>& mark) {
  auto opened = open_rocksdb_engine(options, LogTrust::what_is);
  if (!opened) return {};
  auto store = open(options, std::move(*opened));
  if (!store) return {};
  std::vector<LostRange> lost;
  uint64_t next = (*store)->first_sequence();
  const Result<void> read = (*store)->each_block(next, [&](const StoredBlock& block) {
    if (block.first_sequence > next) lost.push_back({next, block.first_sequence - 1});
    next = block.last_sequence + 1;
    return true;
  });
  if (!read) return {};
  if (mark && mark->last_sequence >= next) lost.push_back({next, mark->last_sequence});
  std::erase_if(lost, [&](const LostRange& range) {
    return std::ranges::find((*store)->lost(), range) != (*store)->lost().end();
  });
  if (lost.empty()) return {};
  std::string text = "sequences ";
  for (size_t i = 0; i < std::min(lost.size(), kLostRangesShown); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(lost[i].first) + " to " + std::to_string(lost[i].last);
  }
  if (lost.size() > kLostRangesShown) text += " and others";
  return text + " are lost";
}

Acknowledged Store::end_of_journal() const {
  Lock lock(tail_mutex_);
  return {.last_sequence = last_sequence_, .journal_bytes = bytes_before_next_};
}

Result<void> Store::compare(const std::optional<Acknowledged>& mark) const {
  const Acknowledged end = end_of_journal();
  if (!mark ||
      (end.last_sequence >= mark->last_sequence && end.journal_bytes >= mark->journal_bytes)) {
    return {};
  }
  std::string lost = "the fates of events that made no entry are lost";
  if (end.last_sequence < mark->last_sequence) {
    lost = "sequences " + std::to_string(end.last_sequence + 1) + " to " +
           std::to_string(mark->last_sequence) + " are lost";
  }
  return damaged("store " + options_.path + " is damaged: it ends at sequence " +
                 std::to_string(end.last_sequence) + ", and was acknowledged up to " +
                 std::to_string(mark->last_sequence) + ": " + lost + ". " +
                 std::string(kSalvageHint));
}

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options,
                                           std::unique_ptr<Engine> engine) {
  std::unique_ptr<Store> store(new Store(options, std::move(engine)));
  if (auto loaded = store->load(); !loaded) return loaded.error();
  return store;
}

Store::Store(StoreOptions options, std::unique_ptr<Engine> engine)
    : options_(std::move(options)),
      engine_(std::move(engine)),
      state_(std::make_unique<StoreState>(recent_blocks_bytes(options_),
                                          read_blocks_bytes(options_),
                                          record_cache_bytes(options_))),
      clock_(options_.clock != nullptr ? *options_.clock : steady_clock_),
      opened_at_(clock_.now()) {}

Store::~Store() = default;

Result<void> Store::load() {
  if (auto known = load_format(); !known) return known;
  if (auto loaded = load_journal(); !loaded) return loaded;
  if (!options_.read_only) {
    if (auto loaded = load_spans(); !loaded) return loaded;
  }
  if (auto loaded = load_lost(); !loaded) return loaded;
  if (auto loaded = load_aliases(); !loaded) return loaded;
  load_hints();
  if (auto loaded = load_reminders(); !loaded) return loaded;
  if (!options_.read_only) {
    if (auto learned = learn_parked_piece(); !learned) return learned.error();
  }
  if (auto loaded = state_->learned.load(*engine_); !loaded) return loaded;
  return state_->ledger.load(*engine_);
}

Result<void> Store::load_format() {
  const auto stored = engine_->get(Family::meta, kFormatKey);
  if (!stored) return stored.error();
  if (!stored.value()) {
    if (options_.read_only) return {};
    EngineBatch batch;
    batch.put(Family::meta, kFormatKey, meta_value(kStoreFormat));
    return engine_->write(batch, Sync::yes);
  }
  const auto format = parse_meta_value(*stored.value());
  if (!format) return format.error();
  if (*format == kStoreFormat) return {};
  const std::string which = "store " + options_.path + " has format " + std::to_string(*format) +
                            ", and this program reads " + std::to_string(kStoreFormat) + ": ";
  if (*format > kStoreFormat) {
    return failed(which +
                  "run the newer statewire that wrote it, or name another directory in "
                  "store:");
  }
  return failed(which +
                "move the directory away, or name an empty one in store:. The events can be "
                "sent again to the new one");
}

Result<void> Store::load_lost() {
  Result<void> outcome;
  const auto read = engine_->each(Family::meta, kLostPrefix, Direction::forward,
                                  [&](std::string_view key, std::string_view value) {
                                    const auto first = parse_lost(key);
                                    const auto last = parse_meta_value(value);
                                    if (!first) return false;
                                    if (!last) return outcome = last.error(), false;
                                    lost_.push_back({*first, *last});
                                    return true;
                                  });
  return read ? outcome : read;
}

// Only whether there are any.
Result<void> Store::load_aliases() {
  bool is_any = false;
  const auto read =
      engine_->each(Family::aliases, {}, Direction::forward,
                    [&](std::string_view, std::string_view) { return is_any = true, false; });
  if (read.ok() && !is_any) state_->aliases.all_are_known();
  return read;
}

Result<void> Store::learn_aliases(const std::stop_token& stop) {
  const auto read = engine_->each(Family::aliases, {}, Direction::forward,
                                  [&](std::string_view key, std::string_view) {
                                    state_->aliases.add(keys::text_of_alias(key));
                                    return state_->aliases.has_room() && !stop.stop_requested();
                                  });
  if (read.ok() && !stop.stop_requested()) state_->aliases.all_are_known();
  return read;
}

// Likewise; questions say what cannot be read.
void Store::load_hints() {
  bool is_any = false;
  const auto read =
      engine_->each(Family::resources, {}, Direction::forward,
                    [&](std::string_view, std::string_view) { return is_any = true, false; });
  if (read.ok() && !is_any) state_->hints.all_are_known();
}

Result<void> Store::learn_hints(const std::stop_token& stop) {
  Arena arena;
  const auto read = engine_->each(Family::resources, {}, Direction::forward,
                                  [&](std::string_view key, std::string_view value) {
                                    arena.clear();
                                    if (const auto record = decode_record(value, arena)) {
                                      state_->hints.add(*record);
                                    } else {
                                      state_->hints.add_any(keys::partition_of_resource(key));
                                    }
                                    return !stop.stop_requested();
                                  });
  if (read.ok() && !stop.stop_requested()) state_->hints.all_are_known();
  return read;
}

Result<void> Store::commit(const Commit& commit) {
  CHECK(!options_.read_only);
  CHECK(commit.first_sequence == last_sequence() + 1);
  CHECK(commit.last_sequence + 1 >= commit.first_sequence);
  if (auto room = ask_for_room(); !room) return room;
  EngineBatch& batch = state_->commit_batch;
  batch.clear();
  state_->arena.clear();
  add_block(commit, batch);
  add_views(commit, batch);
  if (auto written = engine_->write(batch, Sync::yes); !written) {
    // Whether the batch is on disk is known only to who reads it back: to start again does that.
    log_error("a commit could not be written; stopping", {{"error", written.error().text}});
    end_at_once();
  }
  publish(commit);
  return {};
}

void Store::add_block(const Commit& commit, EngineBatch& batch) {
  const keys::JournalPlace place{.first_sequence = commit.first_sequence,
                                 .ordinal = state_->next_ordinal,
                                 .bytes_before = state_->bytes_before_next,
                                 .age_clock = age_clock()};
  state_->key = keys::journal(place);
  batch.put_views(Family::journal, state_->arena.copy(state_->key), commit.block);
  state_->bytes_before_next += state_->key.size() + commit.block.size();
  const bool has_entries = commit.last_sequence >= commit.first_sequence;
  state_->next_ordinal = has_entries ? 0 : state_->next_ordinal + 1;
  if (!has_entries || commit.times == nullptr) return;
  state_->spans.add(commit.first_sequence, commit.last_sequence, *commit.times);
  state_->spans.finish_if_full(batch);
}

// The views are what the journal says, and nothing else: folding its blocks again and handing
// the outcome to this function gives the same bytes.
void Store::add_views(const Commit& commit, EngineBatch& batch) {
  add_records(commit, batch);
  for (const AliasChange& change : commit.aliases) {
    state_->value.clear();
    state_->value.byte(kTextValueFormat);
    state_->value.bytes(change.resource_id);
    batch.put(Family::aliases, keys::alias(change.alias), state_->value.view());
    state_->aliases.add(change.alias);
  }
  for (const CursorChange& change : commit.cursors) {
    if (change.value.empty()) {
      batch.remove(Family::cursors, keys::source_cursor(change.key));
      continue;
    }
    state_->value.clear();
    state_->value.byte(kTextValueFormat);
    state_->value.bytes(change.value);
    batch.put(Family::cursors, keys::source_cursor(change.key), state_->value.view());
  }
  add_reminders(commit, batch);
  if (commit.ledger != nullptr) state_->ledger.stage(*commit.ledger, batch);
  state_->learned.stage(commit.passages, batch);
}

Result<void> Store::put_views(const Commit& views) {
  CHECK(!options_.read_only);
  if (auto room = ask_for_room(); !room) return room;
  EngineBatch& batch = state_->commit_batch;
  batch.clear();
  state_->arena.clear();
  add_views(views, batch);
  if (auto written = engine_->write(batch, Sync::yes); !written) return written;
  state_->records.update(state_->updates);
  state_->ledger.publish();
  state_->learned.publish();
  return {};
}

Result<void> Store::check_rows(const std::function<void(std::string)>& differs) const {
  for (size_t i = 0; i < kFamilyNames.size(); ++i) {
    const Family family = static_cast<Family>(i);
    const auto visit = [&](std::string_view key, std::string_view value) {
      const std::string wrong = fault_of_row(family, key, value);
      if (!wrong.empty()) differs(name_of_row(family, key) + wrong);
      return true;
    };
    const auto on_fault = [&](std::string_view last, std::string_view, const Error& error) {
      differs("after " + name_of_row(family, last) + error.text);
      return true;
    };
    if (auto read = each_readable_row(*engine_, family, "", visit, on_fault); !read) return read;
  }
  return {};
}

// In key order: the engine's sorted tables take neighbours one after the other far faster.
void Store::add_records(const Commit& commit, EngineBatch& batch) {
  StoreState& state = *state_;
  state.changed.clear();
  for (const Record* record : commit.records) {
    state.value.clear();
    append_record(*record, state.value);
    state.hints.add(*record);
    keys::set_resource(record->resource.id, state.key);
    state.changed.push_back({state.arena.copy(state.key), state.arena.copy(state.value.view()),
                             hash64(record->resource.id)});
  }
  std::sort(state.changed.begin(), state.changed.end(),
            [](const auto& a, const auto& b) { return a.key < b.key; });
  state.updates.clear();
  for (const auto& [key, value, hash] : state.changed) {
    batch.put_views(Family::resources, key, value);
    state.updates.push_back({hash, value});
  }
  for (const std::string_view id : commit.removed) {
    keys::set_resource(id, state.key);
    batch.remove(Family::resources, state.key);
    state.updates.push_back({hash64(id), {}});
  }
}

// Without it a start does not see what its log may have lost.
void Store::mark_acknowledged(uint64_t last_sequence) {
  const int problem = acknowledged_.write(
      {.last_sequence = last_sequence, .journal_bytes = state_->bytes_before_next});
  if (problem == mark_problem_.exchange(problem)) return;
  const std::string path = options_.path + "/" + std::string(Acknowledged::kName);
  if (problem == 0)
    return log_info("how far events are acknowledged is written again", {{"file", path}});
  log_error(
      "how far events are acknowledged cannot be written; what the store loses from now on is "
      "not noticed at a start",
      {{"file", path}, {"error", std::generic_category().message(problem)}});
}

// Who waits for a sequence finds everything that belongs to it.
void Store::publish(const Commit& commit) {
  state_->records.update(state_->updates);
  state_->ledger.publish();
  state_->learned.publish();
  mark_acknowledged(commit.last_sequence);
  for (const Reminder& each : commit.reminders) state_->next_reminder.set(each.key.due);
  if (commit.last_sequence < commit.first_sequence) {
    Lock lock(tail_mutex_);
    bytes_before_next_ = state_->bytes_before_next;
    return;
  }
  state_->recent.add({commit.first_sequence, commit.last_sequence,
                      std::make_shared<const std::string>(commit.block)});
  {
    Lock lock(tail_mutex_);
    last_sequence_ = commit.last_sequence;
    bytes_before_next_ = state_->bytes_before_next;
  }
  tail_moved_.notify_all();
}

Result<void> Store::records(std::span<const std::string_view> ids, Arena& arena,
                            std::vector<std::optional<Record>>& out) const {
  out.assign(ids.size(), std::nullopt);
  std::vector<uint64_t> hashes;
  hashes.reserve(ids.size());
  for (const std::string_view id : ids) hashes.push_back(hash64(id));
  const uint64_t epoch = state_->records.epoch();
  std::vector<std::string_view> values;
  state_->records.find(hashes, arena, values);
  std::vector<size_t> missing;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!values[i].empty()) {
      const auto record = decode_record(values[i], arena);
      if (!record) return record.error();
      if (record->resource.id == ids[i]) out[i] = *record;
    }
    if (!out[i]) missing.push_back(i);
  }
  return missing.empty() ? Result<void>() : stored_records(ids, missing, epoch, arena, out);
}

// Those that the cache does not know; it learns them.
Result<void> Store::stored_records(std::span<const std::string_view> ids,
                                   std::span<const size_t> missing, uint64_t epoch, Arena& arena,
                                   std::vector<std::optional<Record>>& out) const {
  std::vector<std::string_view> keys;
  std::string key;
  for (const size_t index : missing) {
    keys::set_resource(ids[index], key);
    keys.push_back(arena.copy(key));
  }
  std::vector<RecordCache::Item> learned;
  Result<void> outcome;
  const auto read =
      engine_->multi_get(Family::resources, keys, [&](size_t at, std::string_view value) {
        const size_t index = missing[at];
        const std::string_view kept = arena.copy(value);
        auto record = decode_record(kept, arena);
        if (!record) {
          outcome = damaged(std::string(ids[index]) + ": " + record.error().text);
          return;
        }
        out[index] = *record;
        learned.push_back({hash64(ids[index]), kept});
      });
  if (!read) return read;
  state_->records.learn(learned, epoch);
  return outcome;
}

Result<void> Store::each_record(std::string_view after,
                                const std::function<bool(const Record&)>& visit) const {
  std::string from;
  if (!after.empty()) keys::set_resource(after, from);
  Arena arena;
  Result<void> outcome;
  const auto read = engine_->each(Family::resources, from, Direction::forward,
                                  [&](std::string_view key, std::string_view value) {
                                    if (key == from) return true;
                                    arena.clear();
                                    const auto record = decode_record(value, arena);
                                    if (!record) return outcome = record.error(), false;
                                    return visit(*record);
                                  });
  return read ? outcome : read;
}

namespace {

// A part of a scan of the records, as Store::some_records says.
class RecordScan {
 public:
  RecordScan(std::string_view text, size_t count_max,
             const std::function<bool(const Record&)>& visit)
      : text_(text), count_max_(count_max), visit_(visit) {}

  // False where the part is over.
  bool look_at(std::string_view key, std::string_view value) {
    if (++count_ > count_max_) return false;
    if (count_ == count_max_) last_ = keys::id_of_resource(key);
    if (!text_.empty() &&
        ::memmem(value.data(), value.size(), text_.data(), text_.size()) == nullptr) {
      return true;
    }
    arena_.clear();
    const auto record = decode_record(value, arena_);
    if (!record) return outcome_ = record.error(), is_ended_ = true, false;
    return is_ended_ = !visit_(*record), !is_ended_;
  }
  bool is_over() const { return is_ended_ || count_ > count_max_; }
  size_t looked_at() const { return std::min(count_, count_max_); }
  Result<std::string> next() const {
    if (!outcome_) return outcome_.error();
    return is_ended_ || count_ <= count_max_ ? std::string() : last_;
  }

 private:
  const std::string_view text_;
  const size_t count_max_;
  const std::function<bool(const Record&)>& visit_;
  Arena arena_;
  Result<void> outcome_;
  size_t count_ = 0;
  std::string last_;
  bool is_ended_ = false;
};

}  // namespace

Result<std::string> Store::some_records(std::string_view after, std::string_view text,
                                        size_t count_max,
                                        const std::function<bool(const Record&)>& visit) const {
  std::string from;
  if (!after.empty()) keys::set_resource(after, from);
  RecordScan scan(text, count_max, visit);
  const auto read = engine_->each(Family::resources, from, Direction::forward,
                                  [&](std::string_view key, std::string_view value) {
                                    return key == from || scan.look_at(key, value);
                                  });
  return read ? scan.next() : Result<std::string>(read.error());
}

namespace {

// From just after the key `from`, which is in the partition or before it.
Result<void> scan_partition(const Engine& engine, uint8_t partition, std::string_view from,
                            RecordScan& scan) {
  return engine.each(Family::resources, from, Direction::forward,
                     [&](std::string_view key, std::string_view value) {
                       if (keys::partition_of_resource(key) != partition) return false;
                       return key == from || scan.look_at(key, value);
                     });
}

std::string key_after(std::string_view id, uint8_t partition) {
  std::string key(1, static_cast<char>(partition));
  if (!id.empty()) keys::set_resource(id, key);
  return key;
}

}  // namespace

Result<std::string> Store::some_records_named(
    std::string_view after, std::string_view name, size_t count_max,
    const std::function<bool(const Record&)>& visit) const {
  RecordScan scan(name, count_max, visit);
  std::string from = key_after(after, 0);
  for (size_t at = keys::partition_of_resource(from); at < RecordHints::kPartitions; ++at) {
    const auto partition = static_cast<uint8_t>(at);
    if (partition != keys::partition_of_resource(from)) from = key_after({}, partition);
    if (!state_->hints.may_hold(partition, name)) continue;
    if (const auto read = scan_partition(*engine_, partition, from, scan); !read) {
      return read.error();
    }
    if (scan.is_over()) break;
  }
  return scan.next();
}

Result<std::string> Store::some_records_of(uint8_t partition, std::string_view after,
                                           std::string_view text, size_t& left,
                                           const std::function<bool(const Record&)>& visit) const {
  RecordScan scan(text, left, visit);
  const auto read = scan_partition(*engine_, partition, key_after(after, partition), scan);
  left -= scan.looked_at();
  return read ? scan.next() : Result<std::string>(read.error());
}

std::vector<RecordPartition> Store::partitions_newest_first() const {
  std::vector<RecordPartition> partitions;
  for (size_t at = 0; at < RecordHints::kPartitions; ++at) {
    const auto number = static_cast<uint8_t>(at);
    partitions.push_back({number, state_->hints.newest_since(number)});
  }
  std::ranges::sort(partitions, std::greater(), &RecordPartition::newest_since);
  return partitions;
}

Result<std::optional<std::string>> Store::resource_of_alias(std::string_view alias) const {
  if (!state_->aliases.may_contain(alias)) return std::optional<std::string>();
  auto value = engine_->get(Family::aliases, keys::alias(alias));
  if (!value || !value.value() || value.value()->empty()) return value;
  return std::optional<std::string>(value.value()->substr(1));
}

Result<std::string> Store::cursor(std::string_view key) const {
  auto value = engine_->get(Family::cursors, keys::source_cursor(key));
  if (!value) return value.error();
  if (!value.value() || value.value()->empty()) return std::string();
  return value.value()->substr(1);
}

Result<void> Store::each_cursor(
    std::string_view prefix,
    const std::function<void(std::string_view key, std::string_view value)>& visit) const {
  const std::string first = keys::source_cursor({});
  return engine_->each(Family::cursors, first, Direction::forward,
                       [&](std::string_view row, std::string_view value) {
                         const auto key = keys::name_of_source_cursor(row);
                         if (!key) return false;
                         if (key->starts_with(prefix) && !value.empty())
                           visit(*key, value.substr(1));
                         return true;
                       });
}

DiskSpace Store::disk_space() const {
  if (options_.path.empty()) return {.free_bytes = UINT64_MAX};
  // Not to know is no reason to refuse what may well fit.
  const std::optional<uint64_t> free_bytes = free_bytes_at(options_.path);
  if (!free_bytes) return {};
  const int mark_problem = mark_problem_;
  const uint64_t needed = std::max(options_.free_bytes_min, kWriteFreeBytesMin);
  return {.free_bytes = *free_bytes,
          .is_enough = *free_bytes >= needed,
          .needed_bytes = needed,
          .is_known = true,
          .problem = mark_problem == 0 ? std::string()
                                       : std::string(Acknowledged::kName) + " cannot be written: " +
                                             std::generic_category().message(mark_problem)};
}

std::string Store::place_fault() const { return place_ ? place_->fault() : std::string(); }

// The library may abort where a synced write finds no room. What is written to a directory that
// nothing leads to is lost.
Result<void> Store::ask_for_room() const {
  if (std::string fault = place_fault(); !fault.empty()) return unavailable(std::move(fault));
  const DiskSpace space = disk_space();
  if (space.is_known && space.free_bytes < kWriteFreeBytesMin) {
    return unavailable("the disk of the store is full");
  }
  return {};
}

Result<void> Store::verify_files() const { return engine_->verify(); }

// The mark before the copy, which is never behind it.
Result<void> Store::copy_to(const std::string& path) const {
  const Acknowledged mark = end_of_journal();
  if (auto copied = engine_->copy_to(path); !copied) return copied;
  return MarkFile<Acknowledged>().open(path, mark);
}

size_t Store::memory_used() const {
  return engine_->memory_used() + state_->recent.bytes() + state_->read.bytes() +
         state_->records.bytes() + RecordHints::kBytes;
}

}  // namespace statewire
