// What a client of SMTP calls itself. All functions are pure but the last; any thread.
#pragma once

#include <string>
#include <string_view>

namespace statewire {

// "mail.example.org": labels of ASCII letters, digits and hyphens; also one alone.
bool is_mail_domain(std::string_view text);

// What EHLO may say: a domain of two labels or more, or an address literal such as "[192.0.2.1]" or
// "[IPv6:2001:db8::1]". RFC 5321, 4.1.1.1.
bool is_client_name(std::string_view text);

// This machine's: its name, if that is a domain; else the address that it reaches others from,
// which strict servers take too.
std::string own_client_name();

}  // namespace statewire
