// RocksDB behind the seam; the only file that knows it.
//
// Memory: write buffers and the block cache share one budget; index and filter blocks live in the
// cache too. The journal's keys only grow, so its files never overlap, and as
// they are compressed alike on all levels, compaction moves them down without writing them again.
#include <algorithm>
#include <filesystem>

#include "store/engine.h"
#include "store/store.h"

#ifdef STATEWIRE_ROCKSDB

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include "base/limits.h"

namespace statewire {
namespace {

using rocksdb::ColumnFamilyDescriptor;
using rocksdb::ColumnFamilyHandle;
using rocksdb::ColumnFamilyOptions;
using rocksdb::Slice;
using rocksdb::Status;

constexpr int kBloomBitsPerKey = 10;

Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const Slice& bytes) { return {bytes.data(), bytes.size()}; }

// The family of the journal's beginning and format is RocksDB's own, which is always there.
std::string stored_name(Family family) {
  if (family == Family::meta) return rocksdb::kDefaultColumnFamilyName;
  return std::string(kFamilyNames[static_cast<size_t>(family)]);
}

struct Memory {
  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
  size_t bytes;

  explicit Memory(size_t memory_bytes)
      : cache(rocksdb::NewLRUCache(memory_bytes, /*num_shard_bits=*/2,
                                   /*strict_capacity_limit=*/false,
                                   /*high_pri_pool_ratio=*/0.25)),
        write_buffers(std::make_shared<rocksdb::WriteBufferManager>(memory_bytes / 8 * 5, cache)),
        bytes(memory_bytes) {}
};

rocksdb::DBOptions database_options(const StoreOptions& options, const Memory& memory) {
  rocksdb::DBOptions result;
  if (options.env != nullptr) result.env = options.env;
  result.create_if_missing = true;
  result.create_missing_column_families = true;
  result.write_buffer_manager = memory.write_buffers;
  result.max_background_jobs = 2;
  result.max_open_files = kStoreOpenFilesMax;
  // One replay of this much after a crash; a clean stop leaves none.
  result.max_total_wal_size = memory.bytes * 2;
  result.info_log_level = rocksdb::WARN_LEVEL;
  result.keep_log_file_num = 2;
  result.max_log_file_size = 1u << 20;
  result.stats_dump_period_sec = 0;
  result.stats_persist_period_sec = 0;
  return result;
}

ColumnFamilyOptions family_options(std::string_view name, const Memory& memory) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = memory.cache;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.format_version = 5;
  ColumnFamilyOptions result;
  result.compression = rocksdb::kLZ4Compression;
  result.level_compaction_dynamic_level_bytes = true;
  result.write_buffer_size = memory.bytes / 24;
  result.arena_block_size = 64u << 10;
  if (name == stored_name(Family::journal)) {
    result.write_buffer_size = memory.bytes / 6;
    result.arena_block_size = 1u << 20;
  } else if (name == stored_name(Family::resources)) {
    // The larger it is, the more versions of a record are dropped before they reach the disk.
    result.write_buffer_size = memory.bytes / 3;
    result.arena_block_size = 1u << 20;
    // Neighbours, one partition after the other: each goes in where the last one did.
    result.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  }
  if (name == stored_name(Family::aliases)) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  }
  result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return result;
}

class RocksdbEngine final : public Engine {
 public:
  RocksdbEngine(std::string path, const Memory& memory, bool read_only,
                std::unique_ptr<rocksdb::DB> database, std::vector<ColumnFamilyHandle*> handles)
      : path_(std::move(path)),
        memory_(memory),
        read_only_(read_only),
        database_(std::move(database)),
        handles_(std::move(handles)) {
    for (ColumnFamilyHandle* handle : handles_) {
      for (size_t i = 0; i < families_.size(); ++i) {
        if (handle->GetName() == stored_name(static_cast<Family>(i))) families_[i] = handle;
      }
    }
  }

  // What is flushed now need not be replayed at the next start; what fails to is in the log.
  ~RocksdbEngine() override {
    if (!read_only_) database_->Flush({}, handles_).PermitUncheckedError();
    for (ColumnFamilyHandle* handle : handles_) database_->DestroyColumnFamilyHandle(handle);
    database_->Close().PermitUncheckedError();
  }

  Result<void> write(const EngineBatch& batch, Sync sync) override {
    rocksdb::WriteBatch changes;
    for (const EngineBatch::Change& change : batch.changes()) {
      ColumnFamilyHandle* const family = of(change.family);
      const Slice key = slice(change.key);
      Status status;
      switch (change.kind) {
        case EngineBatch::Kind::put:
          status = changes.Put(family, key, slice(change.value));
          break;
        case EngineBatch::Kind::remove:
          status = changes.Delete(family, key);
          break;
        case EngineBatch::Kind::remove_range:
          status = changes.DeleteRange(family, key, slice(change.value));
          break;
      }
      if (!status.ok()) return error(status);
    }
    rocksdb::WriteOptions how;
    how.sync = sync == Sync::yes;
    if (const Status status = database_->Write(how, &changes); !status.ok()) return error(status);
    for (const EngineBatch::Change& change : batch.changes()) {
      if (change.kind == EngineBatch::Kind::remove_range) drop_files(change);
    }
    return {};
  }

  Result<std::optional<std::string>> get(Family family, std::string_view key) const override {
    if (of(family) == nullptr) return std::optional<std::string>();
    std::string value;
    const Status status = database_->Get({}, of(family), slice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return error(status);
    return std::optional<std::string>(std::move(value));
  }

  Result<void> multi_get(Family family, std::span<const std::string_view> keys,
                         const Found& found) const override {
    if (of(family) == nullptr) return {};
    const size_t room = std::min(keys.size(), kStoreKeysAtATime);
    std::vector<Slice> slices(room);
    std::vector<Status> statuses(room);
    std::vector<rocksdb::PinnableSlice> values(room);
    for (size_t begin = 0; begin < keys.size(); begin += kStoreKeysAtATime) {
      const size_t count = std::min(kStoreKeysAtATime, keys.size() - begin);
      for (size_t i = 0; i < count; ++i) slices[i] = slice(keys[begin + i]);
      database_->MultiGet({}, of(family), count, slices.data(), values.data(), statuses.data());
      for (size_t i = 0; i < count; ++i) {
        if (statuses[i].ok()) {
          found(begin + i, view(values[i]));
        } else if (!statuses[i].IsNotFound()) {
          return error(statuses[i]);
        }
        values[i].Reset();
      }
    }
    return {};
  }

  Result<void> each(Family family, std::string_view from, Direction direction,
                    const Visit& visit) const override {
    if (of(family) == nullptr) return {};
    rocksdb::ReadOptions how;
    // Blocks of the journal are read again by the next subscription; a scan of records is not.
    how.fill_cache = family == Family::journal;
    const std::unique_ptr<rocksdb::Iterator> at(database_->NewIterator(how, of(family)));
    const bool forward = direction == Direction::forward;
    forward ? at->Seek(slice(from)) : at->SeekForPrev(slice(from));
    while (at->Valid() && visit(view(at->key()), view(at->value()))) {
      forward ? at->Next() : at->Prev();
    }
    if (!at->status().ok()) return error(at->status());
    return {};
  }

  uint64_t bytes(Family family) const override {
    if (of(family) == nullptr) return 0;
    uint64_t on_disk = 0;
    uint64_t in_memory = 0;
    database_->GetIntProperty(of(family), rocksdb::DB::Properties::kLiveSstFilesSize, &on_disk);
    database_->GetIntProperty(of(family), rocksdb::DB::Properties::kCurSizeAllMemTables,
                              &in_memory);
    return on_disk + in_memory;
  }

  // The cache is charged for the write buffers.
  size_t memory_used() const override { return memory_.cache->GetUsage(); }

 private:
  ColumnFamilyHandle* of(Family family) const { return families_[static_cast<size_t>(family)]; }

  Error error(const Status& status) const {
    return failed("store " + path_ + ": " + status.ToString());
  }

  // A removed range hides its keys at once, but gives the disk back only as files are written
  // again, and the journal's never are.
  void drop_files(const EngineBatch::Change& change) {
    const Slice from = slice(change.key);
    const Slice to = slice(change.value);
    rocksdb::DeleteFilesInRange(database_.get(), of(change.family), &from, &to,
                                /*include_end=*/false)
        .PermitUncheckedError();
  }

  const std::string path_;
  const Memory memory_;
  const bool read_only_;
  const std::unique_ptr<rocksdb::DB> database_;
  const std::vector<ColumnFamilyHandle*> handles_;
  std::array<ColumnFamilyHandle*, kFamilyNames.size()> families_ = {};  // Null: an older store.
};

// All families that are there, also those of a newer program: its format is refused later, with
// a better reason than a missing family.
std::vector<std::string> families_to_open(const rocksdb::DBOptions& options,
                                          const StoreOptions& store) {
  std::vector<std::string> names;
  const bool exists = rocksdb::DB::ListColumnFamilies(options, store.path, &names).ok();
  if (exists && store.read_only) return names;
  for (size_t i = 0; i < kFamilyNames.size(); ++i) {
    const std::string name = stored_name(static_cast<Family>(i));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

Result<void> make_directory(const std::string& path) {
  std::error_code problem;
  if (std::filesystem::create_directories(path, problem)) {
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, problem);
  }
  if (problem) return failed("store " + path + " cannot be made: " + problem.message());
  return {};
}

Error opening_error(const std::string& path, const Status& status) {
  const std::string text = status.ToString();
  const bool is_lock = status.IsIOError() && text.find("lock") != std::string::npos &&
                       text.find("LOCK") != std::string::npos;
  if (is_lock) return unavailable("store " + path + " is held by another process");
  return failed("store " + path + " cannot be opened: " + text);
}

}  // namespace

Result<std::unique_ptr<Engine>> open_rocksdb_engine(const StoreOptions& options) {
  // The store's own caches take the rest.
  const Memory memory(options.memory_bytes / 16 * 5);
  const rocksdb::DBOptions database = database_options(options, memory);
  if (options.read_only) {
    if (!std::filesystem::exists(options.path)) {
      return not_found("there is no store at " + options.path);
    }
  } else if (auto made = make_directory(options.path); !made) {
    return made.error();
  }
  std::vector<ColumnFamilyDescriptor> families;
  for (const std::string& name : families_to_open(database, options)) {
    families.emplace_back(name, family_options(name, memory));
  }
  std::vector<ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  const Status status =
      options.read_only
          ? rocksdb::DB::OpenForReadOnly(database, options.path, families, &handles, &opened)
          : rocksdb::DB::Open(database, options.path, families, &handles, &opened);
  if (!status.ok()) return opening_error(options.path, status);
  return std::unique_ptr<Engine>(
      std::make_unique<RocksdbEngine>(options.path, memory, options.read_only,
                                      std::unique_ptr<rocksdb::DB>(opened), std::move(handles)));
}

}  // namespace statewire

#else

namespace statewire {

Result<std::unique_ptr<Engine>> open_rocksdb_engine(const StoreOptions& options) {
  return failed("store " + options.path +
                " cannot be opened: this program was built without RocksDB and keeps stores in "
                "memory only");
}

}  // namespace statewire

#endif
