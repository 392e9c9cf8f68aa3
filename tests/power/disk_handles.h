// What RocksDB holds of a volatile disk: open files and directories, and a logger that drops all.
#pragma once

#include "volatile_disk.h"

namespace statewire {

class WritableFile final : public rocksdb::FSWritableFile {
 public:
  WritableFile(VolatileDisk& disk, VolatileDisk::File file) : disk_(disk), file_(std::move(file)) {}

  using FSWritableFile::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& bytes, const rocksdb::IOOptions&,
                           rocksdb::IODebugContext*) override {
    return disk_.append(*file_, {bytes.data(), bytes.size()});
  }
  rocksdb::IOStatus Close(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus Flush(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return disk_.sync(*file_);
  }
  rocksdb::IOStatus RangeSync(uint64_t, uint64_t, const rocksdb::IOOptions&,
                              rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();
  }
  bool IsSyncThreadSafe() const override { return true; }
  uint64_t GetFileSize(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return disk_.size(*file_);
  }

 private:
  VolatileDisk& disk_;
  const VolatileDisk::File file_;
};

class SequentialFile final : public rocksdb::FSSequentialFile {
 public:
  SequentialFile(VolatileDisk& disk, VolatileDisk::File file)
      : disk_(disk), file_(std::move(file)) {}

  rocksdb::IOStatus Read(size_t size, const rocksdb::IOOptions&, rocksdb::Slice* result,
                         char* scratch, rocksdb::IODebugContext*) override {
    const rocksdb::IOStatus status = disk_.read(*file_, at_, size, result, scratch);
    at_ += result->size();
    return status;
  }
  rocksdb::IOStatus Skip(uint64_t size) override {
    at_ += size;
    return rocksdb::IOStatus::OK();
  }

 private:
  VolatileDisk& disk_;
  const VolatileDisk::File file_;
  uint64_t at_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  RandomAccessFile(VolatileDisk& disk, VolatileDisk::File file)
      : disk_(disk), file_(std::move(file)) {}

  rocksdb::IOStatus Read(uint64_t offset, size_t size, const rocksdb::IOOptions&,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext*) const override {
    return disk_.read(*file_, offset, size, result, scratch);
  }

 private:
  VolatileDisk& disk_;
  const VolatileDisk::File file_;
};

class Directory final : public rocksdb::FSDirectory {
 public:
  Directory(VolatileDisk& disk, std::string name) : disk_(disk), name_(std::move(name)) {}

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return disk_.sync_directory(name_);
  }
  rocksdb::IOStatus Close(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
    return rocksdb::IOStatus::OK();
  }

 private:
  VolatileDisk& disk_;
  const std::string name_;
};

class NoLogger final : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char*, va_list) override {}
  size_t GetLogFileSize() const override { return 0; }
};

}  // namespace statewire
