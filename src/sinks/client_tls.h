// The files of TLS in the configuration of a sink.
#pragma once

#include "config/map_reader.h"
#include "net/client_tls.h"

namespace statewire {

// Reads `ca_file`, and `certificate_file` with its `key_file`: what cannot be used is told now.
ClientTls read_client_tls(MapReader& keys);
// The same where `key_file` is something else: the certificate's file holds its key, too.
ClientTls read_client_tls_without_key(MapReader& keys);

}  // namespace statewire
