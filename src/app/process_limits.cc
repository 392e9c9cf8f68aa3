#include "app/process_limits.h"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>

#include "base/limits.h"

namespace statewire {
namespace {

constexpr size_t kFilesMin = 128;
constexpr int kTrimBytes = 4 << 20;

}  // namespace

Result<FileShares> shares_of(size_t files) {
  if (files < kFilesMin) {
    return bad_input("at most " + std::to_string(files) + " files may be open; at least " +
                     std::to_string(kFilesMin) + " are needed: raise the limit (ulimit -n)");
  }
  const size_t shared = files - kOwnFilesMax - kControlConnectionsMax;
  const size_t server = shared / 2;
  FileShares shares;
  shares.refused_connections_max = std::min(kRefusedConnectionsMax, server / 8);
  shares.connections_max = std::min(kConnectionsMax, server - shares.refused_connections_max);
  shares.client_connections_max = std::min(kDaemonClientConnectionsMax, shared / 4);
  shares.store_files_max =
      std::min(kStoreOpenFilesMax,
               std::max(20, static_cast<int>(std::min<size_t>(shared / 4, kStoreOpenFilesMax))));
  return shares;
}

Result<FileShares> share_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return failed("the limit of open files is not known");
  const rlimit raised{.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return shares_of(static_cast<size_t>(limit.rlim_cur));
}

// Without this the allocator learns to keep blocks as large as those that were freed, and one large
// body a thread would stay for good; in eight arenas for each core.
void keep_heap_small() {
  mallopt(M_MMAP_THRESHOLD, static_cast<int>(kHeapBlockBytesMax));
  mallopt(M_TRIM_THRESHOLD, kTrimBytes);
  mallopt(M_ARENA_MAX, static_cast<int>(std::max(2u, std::thread::hardware_concurrency())));
}

void give_back_memory() { malloc_trim(0); }

void leave_in_file(std::string_view constants) {
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<uintptr_t>(constants.data());
  const uintptr_t first = (begin + page - 1) / page * page;
  const uintptr_t end = (begin + constants.size()) / page * page;
  if (first < end) ::madvise(reinterpret_cast<void*>(first), end - first, MADV_DONTNEED);
}

}  // namespace statewire
