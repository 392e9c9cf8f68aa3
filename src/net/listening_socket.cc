#include "net/listening_socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/limits.h"

namespace statewire {
namespace {

std::string reason() { return std::strerror(errno); }

struct AddressesDeleter {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, AddressesDeleter>;

uint16_t port_of(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

Result<ListeningSocket> bind_tcp(const addrinfo& address, const std::string& name) {
  const int descriptor =
      socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (descriptor < 0) return failed("cannot listen on " + name + ": " + reason());
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(descriptor, address.ai_addr, address.ai_addrlen) != 0 ||
      listen(descriptor, kListenBacklogMax) != 0) {
    Error error = failed("cannot listen on " + name + ": " + reason());
    close(descriptor);
    return error;
  }
  return ListeningSocket{descriptor, port_of(descriptor)};
}

bool somebody_listens(const sockaddr_un& address) {
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const bool connected =
      connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return connected;
}

std::string address_text(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr, text,
              sizeof text);
  } else if (address.ss_family == AF_INET6) {
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) {
      inet_ntop(AF_INET, v6.s6_addr + 12, text, sizeof text);
    } else {
      inet_ntop(AF_INET6, &v6, text, sizeof text);
    }
  }
  return text;
}

}  // namespace

Result<ListeningSocket> open_tcp_listener(const std::string& address, uint16_t port) {
  const std::string name =
      (address.find(':') == std::string::npos ? address : "[" + address + "]") + ":" +
      std::to_string(port);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(address.c_str(), std::to_string(port).c_str(), &wanted, &found);
  if (code != 0) return bad_input("cannot listen on " + name + ": " + gai_strerror(code));
  const Addresses addresses(found);
  return bind_tcp(*addresses, name);
}

Result<ListeningSocket> open_unix_listener(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return bad_input("cannot listen on " + path + ": a socket's path has at most " +
                     std::to_string(sizeof address.sun_path - 1) + " bytes");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  struct stat existing;
  if (lstat(path.c_str(), &existing) == 0) {
    if (!S_ISSOCK(existing.st_mode)) return failed("cannot listen on " + path + ": not a socket");
    if (somebody_listens(address)) return failed("cannot listen on " + path + ": in use");
    unlink(path.c_str());
  }
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return failed("cannot listen on " + path + ": " + reason());
  // Linux gives the file the descriptor's mode: nobody can slip in between bind and chmod.
  fchmod(descriptor, S_IRUSR | S_IWUSR);
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || listen(descriptor, kListenBacklogMax) != 0) {
    Error error = failed("cannot listen on " + path + ": " + reason());
    close(descriptor);
    return error;
  }
  return ListeningSocket{descriptor, 0};
}

AcceptedSocket accept_from(int listening_descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const int descriptor = accept4(listening_descriptor, reinterpret_cast<sockaddr*>(&address), &size,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC);
  AcceptedSocket result;
  if (descriptor < 0) {
    result.exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    return result;
  }
  result.descriptor = descriptor;
  result.family = address.ss_family;
  result.peer = address_text(address);
  if (address.ss_family != AF_UNIX) {
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  return result;
}

}  // namespace statewire
