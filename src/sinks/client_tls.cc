#include "sinks/client_tls.h"

namespace statewire {
namespace {

// `key` may be of no node.
ClientTls read_files(MapReader& keys, const Node& key) {
  const Node ca_file = keys.optional("ca_file");
  const Node certificate = keys.optional("certificate_file");
  ClientTls tls{.ca_file = ca_file.file_path(),
                .certificate_file = certificate.file_path(),
                .key_file = key.file_path()};
  if (key && !certificate) {
    key.error_at_key("a key without certificate_file");
  } else if (const Result<void> checked = check_client_tls(tls); !checked) {
    (certificate ? certificate : ca_file).error(checked.error().text);
  }
  return tls;
}

}  // namespace

ClientTls read_client_tls(MapReader& keys) { return read_files(keys, keys.optional("key_file")); }

ClientTls read_client_tls_without_key(MapReader& keys) { return read_files(keys, Node()); }

}  // namespace statewire
