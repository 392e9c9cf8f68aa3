// Opening, and the one place where a block is applied to the views. The journal, the ledger and
// delivery state are in store_journal.cc, store_ledger.cc and store_deliveries.cc.
#include "store/store.h"

#include <sys/statvfs.h>

#include "base/log.h"
#include "store/block.h"
#include "store/keys.h"
#include "store/record_codec.h"
#include "store/store_state.h"

namespace statewire {
namespace {

// Grows when a program that knows only the older one would misread what is stored.
constexpr uint64_t kStoreFormat = 1;
constexpr char kMetaValueFormat = 1;
// Of values that are one text.
constexpr char kTextValueFormat = 1;

// Of the memory that a store may use.
constexpr size_t kRecentBlocksShare = 12;

}  // namespace

std::string meta_value(uint64_t number) {
  std::string value(9, kMetaValueFormat);
  to_little_endian(number, value.data() + 1);
  return value;
}

Result<uint64_t> parse_meta_value(std::string_view value) {
  if (value.size() != 9 || value[0] != kMetaValueFormat) {
    return bad_input("the store's own record of itself is damaged or of a newer format");
  }
  return from_little_endian<uint64_t>(value.data() + 1);
}

Result<std::unique_ptr<Store>> Store::open(const StoreOptions& options) {
  std::unique_ptr<Engine> engine;
  if (options.path.empty()) {
    engine = make_memory_engine();
  } else {
    auto opened = open_rocksdb_engine(options);
    if (!opened) return opened.error();
    engine = std::move(*opened);
  }
  std::unique_ptr<Store> store(new Store(options, std::move(engine)));
  if (auto loaded = store->load(); !loaded) return loaded.error();
  return store;
}

Store::Store(StoreOptions options, std::unique_ptr<Engine> engine)
    : options_(std::move(options)),
      engine_(std::move(engine)),
      state_(std::make_unique<StoreState>(options_.memory_bytes / kRecentBlocksShare)) {}

Store::~Store() = default;

Result<void> Store::load() {
  if (auto known = load_format(); !known) return known;
  if (auto loaded = load_journal(); !loaded) return loaded;
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
  if (*format <= kStoreFormat) return {};
  return bad_input("store " + options_.path + " has format " + std::to_string(*format) +
                   ", and this program reads up to " + std::to_string(kStoreFormat) +
                   ": run the newer statewire that wrote it, or name another directory in store:");
}

Result<void> Store::commit(const Commit& commit) {
  CHECK(!options_.read_only);
  CHECK(commit.first_sequence == last_sequence() + 1);
  CHECK(commit.last_sequence + 1 >= commit.first_sequence);
  EngineBatch& batch = state_->commit_batch;
  batch.clear();
  add_block(commit, batch);
  add_views(commit, batch);
  if (auto written = engine_->write(batch, Sync::yes); !written) {
    // Whether the batch is on disk is known only to who reads it back: to start again does that.
    log_error("a commit could not be written; stopping", {{"error", written.error().text}});
    std::abort();
  }
  publish(commit);
  return {};
}

void Store::add_block(const Commit& commit, EngineBatch& batch) {
  batch.put_view(Family::journal, keys::journal(commit.first_sequence, state_->next_ordinal),
                 commit.block);
  const bool has_entries = commit.last_sequence >= commit.first_sequence;
  state_->next_ordinal = has_entries ? 0 : state_->next_ordinal + 1;
}

// The views are what the journal says, and nothing else: folding its blocks again and handing
// the outcome to this function gives the same bytes.
void Store::add_views(const Commit& commit, EngineBatch& batch) {
  for (const Record* record : commit.records) {
    state_->value.clear();
    append_record(*record, state_->value);
    keys::set_resource(record->resource.id, state_->key);
    batch.put(Family::resources, state_->key, state_->value.view());
  }
  for (const AliasChange& change : commit.aliases) {
    state_->value.clear();
    state_->value.byte(kTextValueFormat);
    state_->value.bytes(change.resource_id);
    batch.put(Family::aliases, keys::alias(change.alias), state_->value.view());
  }
  for (const CursorChange& change : commit.cursors) {
    state_->value.clear();
    state_->value.byte(kTextValueFormat);
    state_->value.bytes(change.value);
    batch.put(Family::cursors, keys::source_cursor(change.key), state_->value.view());
  }
  if (commit.ledger != nullptr) state_->ledger.stage(*commit.ledger, batch);
}

// Who waits for a sequence finds everything that belongs to it.
void Store::publish(const Commit& commit) {
  state_->ledger.publish();
  if (commit.last_sequence < commit.first_sequence) return;
  state_->recent.add({commit.first_sequence, commit.last_sequence,
                      std::make_shared<const std::string>(commit.block)});
  {
    Lock lock(tail_mutex_);
    last_sequence_ = commit.last_sequence;
  }
  tail_moved_.notify_all();
}

Result<void> Store::records(std::span<const std::string_view> ids, Arena& arena,
                            std::vector<std::optional<Record>>& out) const {
  out.assign(ids.size(), std::nullopt);
  std::vector<std::string_view> found_keys(ids.size());
  std::string key;
  for (size_t i = 0; i < ids.size(); ++i) {
    keys::set_resource(ids[i], key);
    found_keys[i] = arena.copy(key);
  }
  Result<void> outcome;
  const auto read =
      engine_->multi_get(Family::resources, found_keys, [&](size_t index, std::string_view value) {
        auto record = decode_record(arena.copy(value), arena);
        if (!record) {
          outcome = bad_input(std::string(ids[index]) + ": " + record.error().text);
        } else {
          out[index] = *record;
        }
      });
  return read ? outcome : read;
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

Result<std::optional<std::string>> Store::resource_of_alias(std::string_view alias) const {
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

DiskSpace Store::disk_space() const {
  struct statvfs space{};
  if (options_.path.empty()) return {.free_bytes = UINT64_MAX, .is_enough = true};
  // Not to know is no reason to refuse what may well fit.
  if (statvfs(options_.path.c_str(), &space) != 0) return {.free_bytes = 0, .is_enough = true};
  const uint64_t free_bytes = uint64_t{space.f_bavail} * space.f_frsize;
  return {.free_bytes = free_bytes, .is_enough = free_bytes >= options_.free_bytes_min};
}

size_t Store::memory_used() const { return engine_->memory_used() + state_->recent.bytes(); }

}  // namespace statewire
