#include "app/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include "base/log.h"

namespace statewire {
namespace {

// A reload is timed by the clock that the manager looks at.
std::string text_of(ServiceState state) {
  switch (state) {
    case ServiceState::ready:
      return "READY=1";
    case ServiceState::stopping:
      return "STOPPING=1";
    case ServiceState::reloading:
      break;
  }
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t micros = int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
  return "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros);
}

}  // namespace

// The path may be one of the abstract namespace: "@name".
void tell_service_manager(ServiceState state) {
  const char* const path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr || (*path != '/' && *path != '@')) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const size_t size = std::strlen(path);
  if (size >= sizeof(address.sun_path)) return;
  std::memcpy(address.sun_path, path, size);
  if (*path == '@') address.sun_path[0] = '\0';
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  const std::string text = text_of(state);
  const auto* const to = reinterpret_cast<const sockaddr*>(&address);
  const auto address_size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
  if (::sendto(socket, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT, to, address_size) <
      0) {
    log_warn("the service manager cannot be told", {{"state", std::string_view(text)}});
  }
  ::close(socket);
}

}  // namespace statewire
