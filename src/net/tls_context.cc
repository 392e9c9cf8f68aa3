#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace statewire {
namespace {

// The newest of OpenSSL's errors for this thread, which are then forgotten.
std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* text = ERR_reason_error_string(code);
  return text == nullptr ? "not usable" : text;
}

Result<void> check_readable(const std::string& path, const char* what) {
  if (access(path.c_str(), R_OK) == 0) return {};
  return failed(std::string("cannot read the ") + what + " " + path + ": " + std::strerror(errno));
}

// Without this OpenSSL would ask the terminal, and a daemon would hang.
int no_passphrase(char*, int, int, void*) { return 0; }

Result<void> use_certificate(SSL_CTX* context, const std::string& certificate_file,
                             const std::string& key_file) {
  for (const auto& [path, what] :
       {std::pair{certificate_file, "certificate file"}, {key_file, "key file"}}) {
    if (auto readable = check_readable(path, what); !readable) return readable.error();
  }
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    return bad_input("certificate file " + certificate_file + ": " + openssl_reason());
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return bad_input("key file " + key_file + ": " + openssl_reason());
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    return bad_input("key file " + key_file + " does not belong to certificate file " +
                     certificate_file + ": " + openssl_reason());
  }
  return {};
}

Result<void> trust(SSL_CTX* context, const std::string& ca_file) {
  if (auto readable = check_readable(ca_file, "file of authorities"); !readable) {
    return readable.error();
  }
  if (SSL_CTX_load_verify_locations(context, ca_file.c_str(), nullptr) != 1) {
    return bad_input("file of authorities " + ca_file + ": " + openssl_reason());
  }
  return {};
}

// Who has no certificate of these authorities does not get beyond the handshake.
Result<void> demand_certificates(SSL_CTX* context, const std::string& ca_file) {
  if (auto trusted = trust(context, ca_file); !trusted) return trusted.error();
  SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(ca_file.c_str()));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {};
}

}  // namespace

Result<TlsContext> load_tls_context(const HttpTlsFiles& files) {
  SSL_CTX* raw = SSL_CTX_new(TLS_server_method());
  if (raw == nullptr) return failed("cannot set up TLS: " + openssl_reason());
  auto context = std::make_shared<boost::asio::ssl::context>(raw);
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);  // Idle connections hold no TLS buffers.
  if (auto used = use_certificate(raw, files.certificate_file, files.key_file); !used) {
    return used.error();
  }
  if (!files.client_ca_file.empty()) {
    if (auto set = demand_certificates(raw, files.client_ca_file); !set) return set.error();
  }
  return context;
}

Result<void> check_client_tls(const ClientTls& tls) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
  if (context == nullptr) return failed("cannot set up TLS: " + openssl_reason());
  if (!tls.ca_file.empty()) {
    if (auto trusted = trust(context.get(), tls.ca_file); !trusted) return trusted.error();
  }
  if (tls.certificate_file.empty()) return {};
  return use_certificate(context.get(), tls.certificate_file,
                         tls.key_file.empty() ? tls.certificate_file : tls.key_file);
}

}  // namespace statewire
