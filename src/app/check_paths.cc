#include "app/check_paths.h"

#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/text.h"
#include "store/place.h"

namespace statewire {

namespace fs = std::filesystem;

std::string control_socket_of(const std::string& store_path) {
  return store_path + "/control.sock";
}

void check_store_path(const Node& node, const std::string& path) {
  constexpr size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
  if (path.empty()) return;
  const std::string socket = control_socket_of(path);
  const size_t rest = socket.size() - path.size();
  if (socket.size() > kLongest) {
    return node.error("the store's path has " + counted(path.size(), "byte") + "; at most " +
                      std::to_string(kLongest - rest) +
                      " leave room for the name of its control socket");
  }
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::exists(status) && !fs::is_directory(status)) {
    node.error(path + " is a file; name a folder, which is made where there is none");
  }
}

void check_outside_store(const Node& node, const std::string& store_path) {
  if (!node.is_scalar() || store_path.empty()) return;
  const std::string path = node.file_path();
  if (path.empty() || !is_inside(path, store_path)) return;
  node.error(path + " is inside the store, whose folder is for its own files; name another");
}

void check_memory(const Node& node, uint64_t bytes) {
  const uint64_t machine = static_cast<uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES))) *
                           static_cast<uint64_t>(std::max(0L, ::sysconf(_SC_PAGESIZE)));
  if (machine == 0 || bytes <= machine) return;
  node.warn("is more than this machine has; at most " + std::to_string(machine >> 20) +
            "MiB would be right");
}

}  // namespace statewire
