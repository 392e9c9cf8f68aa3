// A copy of the store at this moment, in a folder of the store, for who reads it in peace: files go
// away under a reader while a daemon compacts them. Whoever asked for it locks its folder while
// reading, and removes it. Where that did not happen the next one who asks finds it unlocked.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "api/answers.h"
#include "api/route_functions.h"
#include "base/json_writer.h"
#include "base/limits.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCopyPrefix = "copy-";
constexpr auto kTimeToLock = std::chrono::minutes(1);  // For who has just got a copy.

bool is_in_use(const fs::directory_entry& copy) {
  std::error_code problem;
  if (fs::file_time_type::clock::now() - copy.last_write_time(problem) < kTimeToLock) return true;
  const int folder = ::open(copy.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_free = folder >= 0 && ::flock(folder, LOCK_EX | LOCK_NB) == 0;
  if (folder >= 0) ::close(folder);
  return !is_free;
}

// How many are read now; the others are removed.
size_t tidy_copies(const fs::path& store) {
  size_t count = 0;
  std::error_code problem;
  for (const fs::directory_entry& entry : fs::directory_iterator(store, problem)) {
    if (!entry.path().filename().string().starts_with(kCopyPrefix)) continue;
    if (is_in_use(entry)) {
      ++count;
    } else {
      fs::remove_all(entry.path(), problem);
    }
  }
  return count;
}

}  // namespace

HttpServerResponse post_store_copy(const RouteContext& context, const RouteCall& call) {
  if (!call.request.head.over_control_socket) {
    return error_response(403,
                          "a copy of the store is made for its owner, over the control socket");
  }
  const fs::path store(context.store_path);
  if (tidy_copies(store) >= kStoreCopiesMax) {
    return response_of(unavailable("others read copies of the store now"));
  }
  const std::string name = std::string(kCopyPrefix) + std::to_string(to_ns(context.clock.now()));
  if (const Result<void> copied = context.store.copy_to((store / name).string()); !copied) {
    return response_of(copied.error());
  }
  return json_response(json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("name", name);
    json.end_object();
  }));
}

}  // namespace statewire
