#include "net/curl_handle.h"

#include <cstdlib>

#include "base/check.h"

namespace statewire {
namespace {

// Curl's own words for these name hosts, ports, times and certificates. For any other failure they
// could quote what was sent or received, and only the code's general text is used.
bool is_reason_showable(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_USE_SSL_FAILED:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return true;
    default:
      return false;
  }
}

// The system's authorities, where they are not where libcurl was built to look: as all programs
// over OpenSSL are told.
const char* system_authorities() {
  static const char* const file = std::getenv("SSL_CERT_FILE");
  return file;
}

}  // namespace

void prepare_curl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(code == CURLE_OK);
}

CurlHandle::CurlHandle() : handle_((prepare_curl(), curl_easy_init())) {
  CHECK(handle_ != nullptr);
}

void CurlHandle::begin(const char* protocols, Duration timeout, const ClientTls& tls) {
  curl_easy_reset(get());
  reason_[0] = '\0';
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_ERRORBUFFER, reason_);
  set(CURLOPT_PROTOCOLS_STR, protocols);
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(milliseconds));
  set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (!tls.ca_file.empty()) {
    set(CURLOPT_CAINFO, tls.ca_file.c_str());
    set(CURLOPT_CA_CACHE_TIMEOUT, 0L);  // The file may be another under the same name.
    set(CURLOPT_CAPATH, nullptr);
  } else if (const char* const file = system_authorities(); file != nullptr && *file != '\0') {
    set(CURLOPT_CAINFO, file);
  }
  if (tls.certificate_file.empty()) return;
  set(CURLOPT_SSLCERT, tls.certificate_file.c_str());
  set(CURLOPT_KEYPASSWD, "");  // Or OpenSSL would ask the terminal.
  set(CURLOPT_SSLKEY, (tls.key_file.empty() ? tls.certificate_file : tls.key_file).c_str());
}

Error CurlHandle::failure(const std::string& place, CURLcode code) const {
  const bool shows = is_reason_showable(code) && reason_[0] != '\0';
  const std::string reason = shows ? reason_ : curl_easy_strerror(code);
  if (code != CURLE_PEER_FAILED_VERIFICATION) return failed(place + ": " + reason);
  return bad_input(place + ": certificate not trusted: " + reason);
}

void CurlLines::add(const std::string& line) {
  curl_slist* longer = curl_slist_append(lines_.get(), line.c_str());
  CHECK(longer != nullptr);
  (void)lines_.release();
  lines_.reset(longer);
}

}  // namespace statewire
