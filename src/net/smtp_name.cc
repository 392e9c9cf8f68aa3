#include "net/smtp_name.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

bool is_label_character(char c) { return is_letter_or_digit(c) || c == '-'; }

bool is_address_literal(std::string_view text) {
  constexpr std::string_view kIpv6 = "IPv6:";
  if (!text.starts_with('[') || !text.ends_with(']')) return false;
  text = text.substr(1, text.size() - 2);
  const int family = text.starts_with(kIpv6) ? AF_INET6 : AF_INET;
  const std::string address(family == AF_INET6 ? text.substr(kIpv6.size()) : text);
  in6_addr parsed{};
  return ::inet_pton(family, address.c_str(), &parsed) == 1;
}

// The address that packets to `peer` would come from; empty where there is no way. Nothing is sent:
// a datagram socket only looks at the routes.
std::string source_address(int family, const char* peer) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  void* address = nullptr;
  if (family == AF_INET6) {
    auto* const to = reinterpret_cast<sockaddr_in6*>(&storage);
    to->sin6_family = AF_INET6;
    to->sin6_port = htons(25);
    address = &to->sin6_addr;
    size = sizeof(*to);
  } else {
    auto* const to = reinterpret_cast<sockaddr_in*>(&storage);
    to->sin_family = AF_INET;
    to->sin_port = htons(25);
    address = &to->sin_addr;
    size = sizeof(*to);
  }
  if (::inet_pton(family, peer, address) != 1) return {};
  const int socket = ::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return {};
  auto* const name = reinterpret_cast<sockaddr*>(&storage);
  char text[INET6_ADDRSTRLEN] = "";
  const bool is_known = ::connect(socket, name, size) == 0 &&
                        ::getsockname(socket, name, &size) == 0 &&
                        ::inet_ntop(family, address, text, sizeof(text)) != nullptr;
  ::close(socket);
  return is_known ? text : "";
}

}  // namespace

bool is_mail_domain(std::string_view text) {
  while (true) {
    const size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    if (label.empty() || label.size() > kMailLabelBytesMax) return false;
    if (label.front() == '-' || label.back() == '-') return false;
    if (!std::ranges::all_of(label, is_label_character)) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_client_name(std::string_view text) {
  if (is_address_literal(text)) return true;
  return text.size() <= kMailAddressBytesMax && text.find('.') != std::string_view::npos &&
         is_mail_domain(text);
}

std::string own_client_name() {
  char host[HOST_NAME_MAX + 1] = "";
  if (::gethostname(host, sizeof(host) - 1) == 0 && is_client_name(host)) return host;
  // Addresses for documentation: they are reached by the route to everywhere.
  if (const std::string own = source_address(AF_INET, "192.0.2.1"); !own.empty()) {
    return "[" + own + "]";
  }
  if (const std::string own = source_address(AF_INET6, "2001:db8::1"); !own.empty()) {
    return "[IPv6:" + own + "]";
  }
  return "[127.0.0.1]";
}

}  // namespace statewire
