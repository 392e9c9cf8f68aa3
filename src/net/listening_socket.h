// Listening sockets, ready to accept: close-on-exec, never blocking. The caller owns the
// descriptor.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace statewire {

struct ListeningSocket {
  int descriptor = -1;
  uint16_t port = 0;  // As bound; 0 for a Unix socket.
};

// `address` is an IP address or a name; port 0 takes any that is free.
Result<ListeningSocket> open_tcp_listener(const std::string& address, uint16_t port);

// Mode 0600 from the first moment on. A socket that a dead process left behind is replaced; one
// that somebody listens on is an error.
Result<ListeningSocket> open_unix_listener(const std::string& path);

// The text of a peer's address, empty for a Unix socket. IPv4 inside IPv6 reads as IPv4.
struct AcceptedSocket {
  int descriptor = -1;     // -1: nobody is waiting, or `exhausted`.
  bool exhausted = false;  // No descriptor or memory was left: try again later.
  int family = 0;
  std::string peer;
};
AcceptedSocket accept_from(int listening_descriptor);

}  // namespace statewire
