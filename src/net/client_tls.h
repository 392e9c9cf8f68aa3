// How a client of TLS trusts, and shows who it is.
#pragma once

#include <string>

#include "base/result.h"

namespace statewire {

// All PEM.
struct ClientTls {
  std::string ca_file = {};           // The authorities to trust instead of the system's.
  std::string certificate_file = {};  // The client's own first, then the chain; empty: none.
  std::string key_file = {};          // Empty where the certificate's file holds it, too.

  bool operator==(const ClientTls&) const = default;
};

// Reads the files: an error says which is at fault, and why. Never asks for a passphrase.
Result<void> check_client_tls(const ClientTls& tls);

}  // namespace statewire
