// RocksDB behind the seam; the only file that knows it.
//
// Memory: write buffers and the block cache share one budget; index and filter blocks live in the
// cache too. The journal's keys only grow, so its files never overlap, and as
// they are compressed alike on all levels, compaction moves them down without writing them again.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "store/engine.h"
#include "store/log_copy.h"
#include "store/marks.h"
#include "store/place.h"
#include "store/store.h"
#include "store/wire.h"

#ifdef STATEWIRE_ROCKSDB

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/wal_filter.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include "base/descriptor.h"
#include "base/limits.h"
#include "base/mutex.h"

namespace statewire {
namespace {

using rocksdb::ColumnFamilyDescriptor;
using rocksdb::ColumnFamilyHandle;
using rocksdb::ColumnFamilyOptions;
using rocksdb::Slice;
using rocksdb::Status;

constexpr int kBloomBitsPerKey = 10;
// A turn of a scan needs some hundred KiB. A larger buffer would be mapped anew for each turn.
constexpr size_t kScanBytesAhead = 128u << 10;
static_assert(kScanBytesAhead < kHeapBlockBytesMax);

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

// Sees that the batches of the log follow one another. The library passes in silence over pages of
// zeros, where a record would begin, and over a file of the log that is gone.
class LogOrder final : public rocksdb::WalFilter {
 public:
  const char* Name() const override { return "batches that do not follow one another"; }

  WalProcessingOption LogRecordFound(unsigned long long, const std::string&,
                                     const rocksdb::WriteBatch& batch, rocksdb::WriteBatch*,
                                     bool*) override {
    const uint64_t count = batch.Count();
    if (count == 0) return WalProcessingOption::kContinueProcessing;  // The library's own.
    const auto first = from_little_endian<uint64_t>(batch.Data().data());
    if (next_ != 0 && first != next_) return WalProcessingOption::kCorruptedRecord;
    next_ = first + count;
    return WalProcessingOption::kContinueProcessing;
  }

 private:
  uint64_t next_ = 0;  // 0: the first decides.
};

constexpr std::string_view kListPrefix = "MANIFEST-";

// The list of tables that a store goes by, as CURRENT names it.
struct ListFile {
  std::string name;
  std::string path;
  TablesListed reach;
};

// Nothing where the library will say what is wrong with it.
std::optional<ListFile> list_of_tables(const std::string& path) {
  ListFile list;
  std::ifstream(path + "/CURRENT") >> list.name;
  if (!list.name.starts_with(kListPrefix)) return {};
  list.path = path + "/" + list.name;
  std::error_code problem;
  list.reach.list = std::strtoull(list.name.c_str() + kListPrefix.size(), nullptr, 10);
  list.reach.bytes = std::filesystem::file_size(list.path, problem);
  return problem ? std::nullopt : std::optional(std::move(list));
}

// Notes how far the list of tables was written, before what it made needless is removed.
class ListMark final : public rocksdb::EventListener {
 public:
  explicit ListMark(std::string path) : path_(std::move(path)) {}

  Result<void> open() {
    Lock lock(mutex_);
    return mark_.open(path_, synced_list().value_or(TablesListed{}));
  }
  void note() {
    Lock lock(mutex_);
    if (const auto now = synced_list()) mark_.write(*now);
  }

  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo&) override { note(); }
  void OnCompactionCompleted(rocksdb::DB*, const rocksdb::CompactionJobInfo&) override { note(); }

 private:
  // Another job may be writing to it, and has not synced that yet.
  std::optional<TablesListed> synced_list() const REQUIRES(mutex_) {
    const auto list = list_of_tables(path_);
    if (!list) return {};
    const OwnedFd file(::open(list->path.c_str(), O_RDONLY | O_CLOEXEC));
    const bool is_synced = file.get() >= 0 && ::fdatasync(file.get()) == 0;
    return is_synced ? std::optional(list->reach) : std::nullopt;
  }

  const std::string path_;
  Mutex mutex_;
  MarkFile<TablesListed> mark_ GUARDED_BY(mutex_);
};

// Who only reads writes no log of the library's either.
class NoLibraryLog final : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::WALRecoveryMode recovery_mode(LogTrust trust) {
  switch (trust) {
    case LogTrust::whole:
      return rocksdb::WALRecoveryMode::kAbsoluteConsistency;
    case LogTrust::to_end:
      return rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    case LogTrust::what_is:
      break;
  }
  return rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords;
}

rocksdb::DBOptions database_options(const StoreOptions& options, const Memory& memory) {
  rocksdb::DBOptions result;
  if (options.env != nullptr) result.env = options.env;
  if (options.read_only) result.info_log = std::make_shared<NoLibraryLog>();
  // One whose beginning was lost is none to begin again.
  result.create_if_missing = !is_rocksdb_store(options.path);
  result.create_missing_column_families = true;
  result.write_buffer_manager = memory.write_buffers;
  // With a manager of its own this only bounds what is taken for the log in advance, which is a
  // part of the largest write buffer else.
  result.db_write_buffer_size = kLogBytesAhead;
  result.max_background_jobs = 2;
  result.max_open_files = options.open_files_max;
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
  }
  if (name == stored_name(Family::resources) || name == stored_name(Family::aliases)) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
    // The index of a million keys takes megabytes. The cache has no room for it as a whole, so that
    // each turn of a scan, and many a look-up, would read all of it again.
    table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
    table.partition_filters = true;
  }
  result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return result;
}

// What is not there, or is not what was written, is damage; what could not be read, or written, is
// of the environment, but damage for who takes what is. A file that is missing is told as either.
Error error_of(std::string what, const Status& status, LogTrust trust) {
  std::string text = std::move(what) + ": " + status.ToString();
  const bool is_missing = text.find("No such file") != std::string::npos;
  const bool is_refused = text.find("ermission denied") != std::string::npos ||
                          text.find("oo many open files") != std::string::npos;
  const bool is_unreadable = trust == LogTrust::what_is && status.IsIOError();
  if (is_missing || ((status.IsCorruption() || is_unreadable) && !is_refused)) {
    return damaged(std::move(text));
  }
  return failed(std::move(text));
}

class RocksdbEngine final : public Engine {
 public:
  RocksdbEngine(std::string path, const Memory& memory, bool read_only, LogTrust trust,
                std::unique_ptr<LogOrder> log_order, std::shared_ptr<ListMark> list_mark,
                std::unique_ptr<rocksdb::DB> database, std::vector<ColumnFamilyHandle*> handles)
      : path_(std::move(path)),
        memory_(memory),
        log_order_(std::move(log_order)),
        list_mark_(std::move(list_mark)),
        read_only_(read_only),
        trust_(trust),
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
    if (!read_only_) {
      database_->Flush({}, handles_).PermitUncheckedError();
      list_mark_->note();
    }
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
    // Blocks are small, and whoever scans records wants many.
    if (family == Family::resources) how.readahead_size = kScanBytesAhead;
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

  Result<void> verify() const override {
    rocksdb::ReadOptions how;
    how.fill_cache = false;
    const Status status = database_->VerifyChecksum(how);
    return status.ok() ? Result<void>() : Result<void>(error(status));
  }

  Result<void> copy_to(const std::string& path) const override {
    rocksdb::Checkpoint* made = nullptr;
    Status status = rocksdb::Checkpoint::Create(database_.get(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
    if (status.ok()) status = checkpoint->CreateCheckpoint(path);
    return status.ok() ? Result<void>() : Result<void>(error(status));
  }

 private:
  ColumnFamilyHandle* of(Family family) const { return families_[static_cast<size_t>(family)]; }

  Error error(const Status& status) const { return error_of("store " + path_, status, trust_); }

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
  const std::unique_ptr<LogOrder> log_order_;  // The database keeps its address.
  const std::shared_ptr<ListMark> list_mark_;  // Null where it is only read.
  const bool read_only_;
  const LogTrust trust_;
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

Error opening_error(const std::string& path, const Status& status,
                    LogTrust trust = LogTrust::whole) {
  const std::string text = status.ToString();
  // By another process, or by this one.
  const bool is_lock = text.find("Resource temporarily unavailable") != std::string::npos ||
                       text.find("lock hold by current process") != std::string::npos;
  if (is_lock) return unavailable("store " + path + " is held by another process");
  return error_of("store " + path + " cannot be opened", status, trust);
}

class RocksdbLock final : public EngineLock {
 public:
  RocksdbLock(rocksdb::Env* env, rocksdb::FileLock* lock) : env_(env), lock_(lock) {}
  ~RocksdbLock() override { env_->UnlockFile(lock_).PermitUncheckedError(); }

 private:
  rocksdb::Env* const env_;
  rocksdb::FileLock* const lock_;
};

namespace fs = std::filesystem;

// Logs come after all files that a repaired or a new store has by then.
constexpr uint64_t kNumberAfterOthers = 1'000'000;

bool is_log(const fs::path& file) { return file.extension() == ".log"; }

// How many it makes. Links, as nobody writes to what they lead to: nothing is copied, and what
// cannot be read is found where it is read.
size_t link_files(const fs::path& from, const fs::path& to,
                  const std::function<bool(const fs::path&)>& is_taken) {
  size_t count = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    if (!entry.is_regular_file() || !is_taken(entry.path())) continue;
    fs::create_symlink(fs::absolute(entry.path()), to / entry.path().filename());
    ++count;
  }
  return count;
}

Result<void> copy_logs(const fs::path& from, const fs::path& to, uint64_t later,
                       std::vector<std::string>& faults) {
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    if (!is_log(entry.path())) continue;
    std::string name = entry.path().filename();
    if (later != 0) {
      name = std::to_string(later + std::strtoull(name.c_str(), nullptr, 10)) + ".log";
    }
    if (Result<void> copied = copy_whole_records(entry.path(), to / name, faults); !copied) {
      return copied;
    }
  }
  return {};
}

// A list of the tables that are there, by what they say of themselves.
Result<void> repair(const StoreOptions& options) {
  const Memory memory(options.memory_bytes / 16 * 5);
  std::vector<ColumnFamilyDescriptor> families;
  for (size_t i = 0; i < kFamilyNames.size(); ++i) {
    const std::string name = stored_name(static_cast<Family>(i));
    families.emplace_back(name, family_options(name, memory));
  }
  const Status status =
      rocksdb::RepairDB(options.path, database_options(options, memory), families);
  if (status.ok()) return {};
  return opening_error(options.path, status, LogTrust::what_is);
}

}  // namespace

// The mark first: it moves on where a daemon runs.
Result<void> check_list_of_tables(const std::string& path) {
  const auto mark = read_mark<TablesListed>(path);
  const auto list = list_of_tables(path);
  if (!list) return {};  // The library says what is wrong with it.
  const std::string cannot = "store " + path + " cannot be opened: ";
  if (mark && *mark && list->reach.list < (*mark)->list) {
    return damaged(cannot + "CURRENT names " + list->name + ", which is older than the store");
  }
  if (mark && *mark && list->reach < **mark) {
    return damaged(cannot + list->name + " ends at byte " + std::to_string(list->reach.bytes) +
                   ", and was written to byte " + std::to_string((*mark)->bytes));
  }
  const Result<void> checked = check_no_zeros(list->path);
  return checked ? checked : damaged(cannot + checked.error().text);
}

// Logs are read after a repair: the library's own would make tables of them beside those that were
// made of them before. Where there are no tables yet a new store gives its families the numbers
// that those of the old one had.
Result<std::unique_ptr<Engine>> open_what_is(const StoreOptions& options, const std::string& beside,
                                             TableList list, std::vector<std::string>& faults) {
  StoreOptions made = options;
  made.path = beside;
  made.read_only = false;
  try {
    fs::remove_all(beside);
    fs::create_directories(beside);
    if (list == TableList::as_written) {
      link_files(options.path, beside, [](const fs::path& file) {
        const std::string name = file.filename();
        return file.extension() == ".sst" || name == "CURRENT" || name.starts_with(kListPrefix);
      });
    } else if (link_files(options.path, beside,
                          [](const fs::path& file) { return file.extension() == ".sst"; }) > 0) {
      if (Result<void> repaired = repair(made); !repaired) return repaired.error();
    } else if (auto fresh = open_rocksdb_engine(made); !fresh) {
      return fresh.error();
    }
    const uint64_t later = list == TableList::as_written ? 0 : kNumberAfterOthers;
    if (auto copied = copy_logs(options.path, beside, later, faults); !copied) {
      return copied.error();
    }
  } catch (const fs::filesystem_error& fault) {
    return failed(fault.what());
  }
  made.read_only = true;
  return open_rocksdb_engine(made, LogTrust::what_is);
}

// The library makes the file CURRENT last; what it had before nobody was promised anything of. The
// mark is of a store that was whole once.
bool is_rocksdb_store(const std::string& path) {
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator(path, problem)) {
    const std::string name = entry.path().filename().string();
    if (name == "CURRENT" || name == Acknowledged::kName || name.ends_with(".sst")) return true;
  }
  return false;
}

Result<std::unique_ptr<EngineLock>> lock_rocksdb(const StoreOptions& options) {
  rocksdb::Env* const env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  rocksdb::FileLock* lock = nullptr;
  if (const Status status = env->LockFile(options.path + "/LOCK", &lock); !status.ok()) {
    // Nobody writes there: a disk that failed is often mounted so.
    const bool is_read_only = status.ToString().find("Read-only file system") != std::string::npos;
    if (is_read_only) return std::make_unique<EngineLock>();
    return opening_error(options.path, status);
  }
  return std::unique_ptr<EngineLock>(std::make_unique<RocksdbLock>(env, lock));
}

Result<std::unique_ptr<Engine>> open_rocksdb_engine(const StoreOptions& options, LogTrust trust) {
  // The store's own caches take the rest.
  const Memory memory(options.memory_bytes / 16 * 5);
  rocksdb::DBOptions database = database_options(options, memory);
  auto log_order = trust == LogTrust::what_is ? nullptr : std::make_unique<LogOrder>();
  database.wal_recovery_mode = recovery_mode(trust);
  database.wal_filter = log_order.get();
  if (options.read_only) {
    if (!std::filesystem::exists(options.path)) {
      return not_found("there is no store at " + options.path);
    }
  } else if (auto made = make_store_directory(options.path); !made) {
    return made.error();
  }
  if (trust != LogTrust::what_is) {
    if (Result<void> checked = check_list_of_tables(options.path); !checked) return checked.error();
  }
  std::shared_ptr<ListMark> list_mark;
  if (!options.read_only) {
    list_mark = std::make_shared<ListMark>(options.path);
    database.listeners.push_back(list_mark);
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
  if (!status.ok()) return opening_error(options.path, status, trust);
  auto engine = std::make_unique<RocksdbEngine>(
      options.path, memory, options.read_only, trust, std::move(log_order), list_mark,
      std::unique_ptr<rocksdb::DB>(opened), std::move(handles));
  if (list_mark != nullptr) {
    if (Result<void> marked = list_mark->open(); !marked) return marked.error();
  }
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace statewire

#else

namespace statewire {

bool is_rocksdb_store(const std::string&) { return false; }

Result<void> check_list_of_tables(const std::string&) { return {}; }

Result<std::unique_ptr<Engine>> open_what_is(const StoreOptions& options, const std::string&,
                                             TableList, std::vector<std::string>&) {
  return open_rocksdb_engine(options);
}

Result<std::unique_ptr<EngineLock>> lock_rocksdb(const StoreOptions&) {
  return std::make_unique<EngineLock>();
}

Result<std::unique_ptr<Engine>> open_rocksdb_engine(const StoreOptions& options, LogTrust) {
  return failed("store " + options.path +
                " cannot be opened: this program was built without RocksDB and keeps stores in "
                "memory only");
}

}  // namespace statewire

#endif
