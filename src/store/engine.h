// The seam between the store, which speaks domain words, and what keeps the bytes: ordered keys and
// values in families, atomic writes. Two engines stand behind it: RocksDB on disk, and memory.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/result.h"

namespace statewire {

struct StoreOptions;

enum class Family : uint8_t {
  meta,  // The version of the format, and the journal's first sequence.
  journal,
  resources,
  aliases,
  ledger,
  cursors,
  deliveries,
  parked,
  batches,
  reminders,
};
constexpr std::array<std::string_view, 10> kFamilyNames = {
    "meta",    "journal",    "resources", "aliases", "ledger",
    "cursors", "deliveries", "parked",    "batches", "reminders"};

// Changes that are made together, in this order. Keeps its memory over clear(). Not thread-safe.
class EngineBatch {
 public:
  enum class Kind : uint8_t { put, remove, remove_range };
  struct Change {
    Kind kind;
    Family family;
    std::string_view key;
    std::string_view value;  // For remove_range: the first key that is kept.
  };

  void clear() {
    changes_.clear();
    arena_.clear();
  }
  void put(Family family, std::string_view key, std::string_view value) {
    put_views(family, arena_.copy(key), arena_.copy(value));
  }
  // Nothing is copied: key and value must outlive the write.
  void put_views(Family family, std::string_view key, std::string_view value) {
    changes_.push_back({Kind::put, family, key, value});
  }
  void remove(Family family, std::string_view key) {
    changes_.push_back({Kind::remove, family, arena_.copy(key), {}});
  }
  void remove_range(Family family, std::string_view from, std::string_view to) {
    changes_.push_back({Kind::remove_range, family, arena_.copy(from), arena_.copy(to)});
  }
  bool is_empty() const { return changes_.empty(); }
  std::span<const Change> changes() const { return changes_; }

 private:
  std::vector<Change> changes_;
  Arena arena_;
};

enum class Sync { yes, no };  // Whether a write outlives a loss of power.
enum class Direction { forward, backward };

// All functions: any thread. Writes are atomic and ordered among themselves. What a callback is
// given is valid during the call.
class Engine {
 public:
  using Found = std::function<void(size_t index, std::string_view value)>;
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;

  virtual ~Engine() = default;
  virtual Result<void> write(const EngineBatch& batch, Sync sync) = 0;
  virtual Result<std::optional<std::string>> get(Family family, std::string_view key) const = 0;
  // Calls `found` for each key that is there, in any order. It may not call the engine.
  virtual Result<void> multi_get(Family family, std::span<const std::string_view> keys,
                                 const Found& found) const = 0;
  // Visits keys in order, beginning at `from` (or at the nearest key in that direction), until
  // `visit` returns false.
  virtual Result<void> each(Family family, std::string_view from, Direction direction,
                            const Visit& visit) const = 0;
  // An estimate, cheap to ask for.
  virtual uint64_t bytes(Family family) const = 0;
  virtual size_t memory_used() const = 0;

  // Reads all that is on disk, past every cache, and compares checksums: `damaged` where one is
  // wrong.
  virtual Result<void> verify() const { return {}; }
  // Makes a copy of this moment in the directory `path`, which must not exist: a store of its own.
  // It takes no more room than what is written to either from now on.
  virtual Result<void> copy_to(const std::string& path) const {
    return bad_input(path + " cannot be a copy of a store that is in memory only");
  }
};

std::unique_ptr<Engine> make_memory_engine();

// How much of the log of a store that was not closed must be whole. What is on disk otherwise must
// be, always.
enum class LogTrust {
  whole,    // All of it, else `damaged`: as a process leaves it that was killed.
  to_end,   // Up to its first fault; nothing behind that is read. A loss of power tears the end.
  what_is,  // What can be read, before and behind faults: for salvage.
};

// `unavailable` where another process holds it; `damaged` where it is not what was written.
// Compiled without RocksDB, it only fails. Opened to be written, a directory without a store gets
// one, and what the log lost, by `trust`, is lost for good.
Result<std::unique_ptr<Engine>> open_rocksdb_engine(const StoreOptions& options,
                                                    LogTrust trust = LogTrust::to_end);

// Which tables a store has.
enum class TableList {
  as_written,  // By the files that name its others.
  by_tables,   // All that are there, by what they say of themselves. What was removed may be there.
};
// `damaged` where the list by which a store has its tables is cut, or has zeros in it: tables that
// it named would be taken for ones that nobody needs. A list that cannot be read is left to the
// opening.
Result<void> check_list_of_tables(const std::string& path);
// Opens what can be read of a damaged store, to be read only. The directory `beside` is made for
// it: with links to the tables, and logs of the records that are whole; what was left out of those
// is told in `faults`. What the system fails to read is `damaged` here, as what is wrong is.
Result<std::unique_ptr<Engine>> open_what_is(const StoreOptions& options, const std::string& beside,
                                             TableList list, std::vector<std::string>& faults);

// Keeps other processes out of a store while it lives.
class EngineLock {
 public:
  virtual ~EngineLock() = default;
};
// `unavailable` where another process has it.
Result<std::unique_ptr<EngineLock>> lock_rocksdb(const StoreOptions& options);
// Whether a store was ever made there, whole or not.
bool is_rocksdb_store(const std::string& path);

}  // namespace statewire
