#include "store/store_copy.h"

#include <fcntl.h>
#include <sys/file.h>

#include <filesystem>

#include "base/limits.h"
#include "store/store.h"

namespace statewire {
namespace {

constexpr std::string_view kCopyPrefix = "copy-";
constexpr auto kTimeToHold = std::chrono::minutes(1);  // For who has just got a copy.

bool is_copy_in_use(const std::filesystem::directory_entry& copy) {
  std::error_code problem;
  const auto age = std::filesystem::file_time_type::clock::now() - copy.last_write_time(problem);
  if (age < kTimeToHold) return true;
  const OwnedFd folder(::open(copy.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return folder.get() < 0 || ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0;
}

// How many are read now; the others are removed.
size_t tidy_store_copies(const std::filesystem::path& store) {
  size_t count = 0;
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator(store, problem)) {
    if (!entry.path().filename().string().starts_with(kCopyPrefix)) continue;
    if (is_copy_in_use(entry)) {
      ++count;
    } else {
      std::filesystem::remove_all(entry.path(), problem);
    }
  }
  return count;
}

}  // namespace

Result<std::string> make_store_copy(const Store& store, const std::string& store_path, Time now) {
  if (tidy_store_copies(store_path) >= kStoreCopiesMax) {
    return unavailable("others read copies of the store now");
  }
  std::string name = std::string(kCopyPrefix) + std::to_string(to_ns(now));
  const Result<void> copied = store.copy_to(store_path + "/" + name);
  return copied ? Result<std::string>(std::move(name)) : Result<std::string>(copied.error());
}

Result<StoreCopy> StoreCopy::hold(std::string path) {
  StoreCopy copy(std::move(path), OwnedFd());
  copy.lock_ = OwnedFd(::open(copy.path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (copy.lock_.get() < 0 || ::flock(copy.lock_.get(), LOCK_SH) != 0) {
    return failed(copy.path_ + " cannot be read");
  }
  return copy;
}

StoreCopy::~StoreCopy() {
  std::error_code problem;
  if (!path_.empty()) std::filesystem::remove_all(path_, problem);
}

}  // namespace statewire
