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

}  // namespace

Result<TlsContext> load_tls_context(const HttpTlsFiles& files) {
  if (auto readable = check_readable(files.certificate_file, "certificate file"); !readable) {
    return readable.error();
  }
  if (auto readable = check_readable(files.key_file, "key file"); !readable) {
    return readable.error();
  }
  SSL_CTX* raw = SSL_CTX_new(TLS_server_method());
  if (raw == nullptr) return failed("cannot set up TLS: " + openssl_reason());
  auto context = std::make_shared<boost::asio::ssl::context>(raw);
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);  // Idle connections hold no TLS buffers.
  SSL_CTX_set_default_passwd_cb(raw, no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(raw, files.certificate_file.c_str()) != 1) {
    return bad_input("certificate file " + files.certificate_file + ": " + openssl_reason());
  }
  if (SSL_CTX_use_PrivateKey_file(raw, files.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return bad_input("key file " + files.key_file + ": " + openssl_reason());
  }
  if (SSL_CTX_check_private_key(raw) != 1) {
    return bad_input("key file " + files.key_file + " does not belong to certificate file " +
                     files.certificate_file + ": " + openssl_reason());
  }
  return context;
}

}  // namespace statewire
