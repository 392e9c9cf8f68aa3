// Copies of a store that its daemon makes for who reads it in peace: files go away under a reader
// while a daemon compacts them. Each is a folder in the store's. Whoever asked for it holds it
// while reading, and removes it; where that did not happen, the next one who asks does.
#pragma once

#include <string>
#include <utility>

#include "base/descriptor.h"
#include "base/result.h"
#include "base/time.h"

namespace statewire {

class Store;

// Makes a copy of this moment: its name in the store's folder. Removes those that nobody holds any
// more. `unavailable` where others hold kStoreCopiesMax. Any thread.
Result<std::string> make_store_copy(const Store& store, const std::string& store_path, Time now);

// Holds a copy, and removes it at the end. Where this process is killed, others see that nobody
// reads it any more.
class StoreCopy {
 public:
  static Result<StoreCopy> hold(std::string path);
  StoreCopy(StoreCopy&& other) noexcept
      : path_(std::exchange(other.path_, {})), lock_(std::move(other.lock_)) {}
  StoreCopy& operator=(StoreCopy&&) = delete;
  ~StoreCopy();

  const std::string& path() const { return path_; }

 private:
  StoreCopy(std::string path, OwnedFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  OwnedFd lock_;
};

}  // namespace statewire
