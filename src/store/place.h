// Where a store lies: its disk, and the directory that its path leads to.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"

namespace statewire {

// Of the disk of `path`, which need not be there yet. Nothing where that is not known.
std::optional<uint64_t> free_bytes_at(const std::string& path);

// Its owner's alone, where it is not there yet.
Result<void> make_store_directory(const std::string& path);

// Whether `path` is `folder` or lies in it, whatever links lead there. Neither need be there yet.
bool is_inside(const std::string& path, const std::string& folder);

// The directory of a store, held: no other that is held so can be the same one meanwhile, whatever
// becomes of the files in it.
class StorePlace {
 public:
  StorePlace() = default;  // Nowhere, as of a store in memory.
  StorePlace(const StorePlace&) = delete;
  StorePlace& operator=(const StorePlace&) = delete;

  // Makes the directory where there is none. `unavailable` where another one holds it.
  Result<void> hold(const std::string& path);
  // The library has made its lock by now: it belongs to the place.
  void note_lock();
  // Why the path does not lead to what is held any more; empty where it does. Any thread.
  std::string fault() const;

 private:
  struct File {
    dev_t device = 0;
    ino_t inode = 0;

    bool operator==(const File&) const = default;
  };
  static std::optional<File> file_at(const std::string& path);

  std::string path_;
  OwnedFd directory_;
  std::optional<File> held_;
  std::optional<File> lock_;
};

}  // namespace statewire
