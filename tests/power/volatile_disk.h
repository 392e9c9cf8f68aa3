// A disk that forgets at a loss of power whatever was not synced, for RocksDB to stand on.
//
// Only what has become durable is ever written to the real files below `root`; all else lives in
// this process. So the end of the process, however it comes (SIGKILL, abort, _exit), is the loss
// of power, and a new disk over the same folders sees what a real one would have kept.
//
// Modelled:
// - Appended bytes are kept in memory until the file's Sync or Fsync. RangeSync promises nothing.
// - Names are apart from files: one that was created, renamed or deleted is so on disk only after
//   an fsync of its directory, as POSIX has it. Syncing a file does not make its name durable.
// - The kernel writes back early, as it likes: now and then some unsynced pages of a file reach
//   the disk, in any order (pages skipped read as zeros, the last one may be torn), and some
//   first changes of names do, in the order in which they were made.
// - The power may go within a sync: some files and names have then got some of their changes.
// Not modelled: making and removing directories (durable at once), files that are overwritten in
// place (RocksDB has none), the lock file, and RocksDB's own log of information (dropped).
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/mutex.h"

namespace statewire {

// What the disk pretends to have done, so that a test of the test can lose something.
enum class Lie { none, log_sync, directory_sync };

struct DiskOptions {
  std::string root;     // What is durable, under its own names.
  std::string backing;  // Files without a durable name; on the same file system. Emptied.
  uint64_t seed = 0;
  Lie lie = Lie::none;
  uint64_t cut_at_operation = 0;  // The power goes at this change of the disk; 0: never.
};

class VolatileFile;

// All functions: any thread. One at a time over the same folders.
class VolatileDisk final : public rocksdb::FileSystemWrapper {
 public:
  using Options = rocksdb::IOOptions;
  using Status = rocksdb::IOStatus;
  using Context = rocksdb::IODebugContext;
  using FileOptions = rocksdb::FileOptions;
  using File = std::shared_ptr<VolatileFile>;

  explicit VolatileDisk(DiskOptions options);
  ~VolatileDisk() override;
  const char* Name() const override { return "VolatileDisk"; }

  // For the files and directories that are handed out.
  Status append(VolatileFile& file, std::string_view bytes);
  Status sync(VolatileFile& file);
  Status read(const VolatileFile& file, uint64_t offset, size_t size, rocksdb::Slice* result,
              char* scratch);
  uint64_t size(const VolatileFile& file);
  Status sync_directory(const std::string& directory);

  Status NewWritableFile(const std::string& name, const FileOptions& options,
                         std::unique_ptr<rocksdb::FSWritableFile>* result,
                         Context* context) override;
  Status NewSequentialFile(const std::string& name, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSSequentialFile>* result,
                           Context* context) override;
  Status NewRandomAccessFile(const std::string& name, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                             Context* context) override;
  Status NewDirectory(const std::string& name, const Options& options,
                      std::unique_ptr<rocksdb::FSDirectory>* result, Context* context) override;
  Status NewLogger(const std::string& name, const Options& options,
                   std::shared_ptr<rocksdb::Logger>* result, Context* context) override;
  Status FileExists(const std::string& name, const Options& options, Context* context) override;
  Status GetChildren(const std::string& directory, const Options& options,
                     std::vector<std::string>* result, Context* context) override;
  Status GetChildrenFileAttributes(const std::string& directory, const Options& options,
                                   std::vector<rocksdb::FileAttributes>* result,
                                   Context* context) override;
  Status GetFileSize(const std::string& name, const Options& options, uint64_t* size,
                     Context* context) override;
  Status GetFileModificationTime(const std::string& name, const Options& options, uint64_t* time,
                                 Context* context) override;
  Status DeleteFile(const std::string& name, const Options& options, Context* context) override;
  Status RenameFile(const std::string& from, const std::string& to, const Options& options,
                    Context* context) override;

  // What the model does not know, RocksDB must not use behind its back.
  Status ReopenWritableFile(const std::string&, const FileOptions&,
                            std::unique_ptr<rocksdb::FSWritableFile>*, Context*) override {
    return Status::NotSupported("to reopen a file");
  }
  Status ReuseWritableFile(const std::string&, const std::string&, const FileOptions&,
                           std::unique_ptr<rocksdb::FSWritableFile>*, Context*) override {
    return Status::NotSupported("to reuse a file");
  }
  Status NewRandomRWFile(const std::string&, const FileOptions&,
                         std::unique_ptr<rocksdb::FSRandomRWFile>*, Context*) override {
    return Status::NotSupported("to overwrite a file");
  }
  Status NewMemoryMappedFileBuffer(const std::string&,
                                   std::unique_ptr<rocksdb::MemoryMappedFileBuffer>*) override {
    return Status::NotSupported("to map a file");
  }
  Status Truncate(const std::string&, size_t, const Options&, Context*) override {
    return Status::NotSupported("to truncate a file");
  }
  Status LinkFile(const std::string&, const std::string&, const Options&, Context*) override {
    return Status::NotSupported("to link a file");
  }

 private:
  // A change of the names in one directory, from newest durable to newest visible.
  struct NameChange {
    std::string from;  // Removed; empty where a file is created.
    std::string to;    // Created; empty where a file is removed.
    File file;         // Of a creation.
  };

  File find(const std::string& name);
  void change_name(NameChange change) REQUIRES(mutex_);
  void apply_names(const std::string& directory, size_t count) REQUIRES(mutex_);
  void write_back(VolatileFile& file) REQUIRES(mutex_);
  void count_operation() REQUIRES(mutex_);
  [[noreturn]] void cut_power() REQUIRES(mutex_);
  uint64_t draw(uint64_t below) REQUIRES(mutex_) { return random_() % below; }

  const DiskOptions options_;
  Mutex mutex_;
  std::mt19937_64 random_ GUARDED_BY(mutex_);
  uint64_t operations_ GUARDED_BY(mutex_) = 0;
  uint64_t files_made_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, File> files_ GUARDED_BY(mutex_);  // As RocksDB sees them.
  std::map<std::string, std::vector<NameChange>> unsynced_names_ GUARDED_BY(mutex_);
};

}  // namespace statewire
