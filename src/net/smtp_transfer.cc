#include "net/smtp_transfer.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "base/check.h"
#include "net/http_transfer.h"

namespace statewire {
namespace {

constexpr int kAuthenticationFailed = 535;

std::string origin_for(const SmtpServer& server) {
  const bool is_ipv6 = server.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + server.host + "]" : server.host;
  return (server.tls == SmtpTls::tls ? "smtps://" : "smtp://") + host + ":" +
         std::to_string(server.port);
}

bool is_address(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](unsigned char c) {
    return c <= 0x20 || c == 0x7f || c == '<' || c == '>';
  });
}

// What curl says of these names hosts, ports and certificates; of others it may quote the server.
bool is_reason_showable(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_USE_SSL_FAILED:
      return true;
    default:
      return false;
  }
}

}  // namespace

SmtpTransfer::SmtpTransfer(Mail mail)
    : mail_(std::move(mail)),
      origin_(origin_for(mail_.server)),
      handle_((prepare_curl(), curl_easy_init())) {
  CHECK(handle_ != nullptr);
}

Result<void> SmtpTransfer::prepare() {
  if (!is_address(mail_.from) || mail_.to.empty() ||
      !std::all_of(mail_.to.begin(), mail_.to.end(), is_address)) {
    return bad_input(origin_ + ": not an address that a mail can be sent to");
  }
  curl_easy_setopt(handle(), CURLOPT_URL, origin_.c_str());
  curl_easy_setopt(handle(), CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(handle(), CURLOPT_PROXY, "");
  curl_easy_setopt(handle(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle(), CURLOPT_ERRORBUFFER, reason_);
  const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(mail_.timeout).count();
  curl_easy_setopt(handle(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout));
  curl_easy_setopt(handle(), CURLOPT_HEADERFUNCTION, &SmtpTransfer::on_reply);
  curl_easy_setopt(handle(), CURLOPT_HEADERDATA, this);
  set_security();
  set_envelope();
  return {};
}

void SmtpTransfer::set_security() {
  const SmtpServer& server = mail_.server;
  curl_easy_setopt(handle(), CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  const bool has_tls = server.tls != SmtpTls::none;
  curl_easy_setopt(handle(), CURLOPT_USE_SSL, has_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE);
  if (!server.ca_file.empty()) {
    curl_easy_setopt(handle(), CURLOPT_CAINFO, server.ca_file.c_str());
    curl_easy_setopt(handle(), CURLOPT_CAPATH, nullptr);
  }
  if (server.user.empty()) return;
  curl_easy_setopt(handle(), CURLOPT_USERNAME, server.user.c_str());
  curl_easy_setopt(handle(), CURLOPT_PASSWORD, server.password.c_str());
}

void SmtpTransfer::set_envelope() {
  curl_easy_setopt(handle(), CURLOPT_MAIL_FROM, ("<" + mail_.from + ">").c_str());
  for (const std::string& address : mail_.to) {
    curl_slist* longer = curl_slist_append(to_.get(), ("<" + address + ">").c_str());
    CHECK(longer != nullptr);
    (void)to_.release();
    to_.reset(longer);
  }
  curl_easy_setopt(handle(), CURLOPT_MAIL_RCPT, to_.get());
  curl_easy_setopt(handle(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(handle(), CURLOPT_INFILESIZE_LARGE,
                   static_cast<curl_off_t>(mail_.message.size()));
  curl_easy_setopt(handle(), CURLOPT_READFUNCTION, &SmtpTransfer::on_read);
  curl_easy_setopt(handle(), CURLOPT_READDATA, this);
  curl_easy_setopt(handle(), CURLOPT_SEEKFUNCTION, &SmtpTransfer::on_seek);
  curl_easy_setopt(handle(), CURLOPT_SEEKDATA, this);
}

// Lines of replies, each with its code: "550 no such user".
size_t SmtpTransfer::on_reply(char* bytes, size_t size, size_t count, void* transfer) {
  std::string_view line(bytes, size * count);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  int code = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), code);
  if (parsed.ec == std::errc() && code >= 400 && code <= 599) {
    SmtpReply& refusal = static_cast<SmtpTransfer*>(transfer)->refusal_;
    refusal.code = code;
    refusal.text = line.substr(std::min<size_t>(4, line.size()));
  }
  return size * count;
}

size_t SmtpTransfer::on_read(char* to, size_t size, size_t count, void* transfer) {
  SmtpTransfer& self = *static_cast<SmtpTransfer*>(transfer);
  const std::string& message = self.mail_.message;
  const size_t bytes = std::min(size * count, message.size() - self.sent_);
  std::memcpy(to, message.data() + self.sent_, bytes);
  self.sent_ += bytes;
  return bytes;
}

// Curl begins again where a connection that it kept turns out to be dead.
int SmtpTransfer::on_seek(void* transfer, curl_off_t offset, int origin) {
  SmtpTransfer& self = *static_cast<SmtpTransfer*>(transfer);
  if (origin != SEEK_SET || offset < 0 || static_cast<size_t>(offset) > self.mail_.message.size()) {
    return CURL_SEEKFUNC_FAIL;
  }
  self.sent_ = static_cast<size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

Result<SmtpReply> SmtpTransfer::finish(CURLcode code) {
  if (code == CURLE_OK) return SmtpReply{.code = 250};
  const bool is_refused =
      code != CURLE_OPERATION_TIMEDOUT && code != CURLE_PEER_FAILED_VERIFICATION;
  if (is_refused && refusal_.code != 0) return refusal_;
  if (code == CURLE_LOGIN_DENIED) {
    return SmtpReply{.code = kAuthenticationFailed,
                     .text = "the server offers no way to authenticate that is known here"};
  }
  const bool shows = is_reason_showable(code) && reason_[0] != '\0';
  return failed(origin_ + ": " + (shows ? reason_ : curl_easy_strerror(code)));
}

}  // namespace statewire
