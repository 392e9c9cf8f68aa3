#include "net/smtp_transfer.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>

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

}  // namespace

curl_socket_t SmtpSockets::open(const curl_sockaddr& address) {
  Lock lock(mutex_);
  if (is_cut_) return CURL_SOCKET_BAD;
  const int socket = ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  open_.insert(socket);
  return socket;
}

void SmtpSockets::close(curl_socket_t socket) {
  Lock lock(mutex_);
  open_.erase(socket);
  ::close(socket);
}

void SmtpSockets::cut() {
  Lock lock(mutex_);
  is_cut_ = true;
  for (const curl_socket_t socket : open_) ::shutdown(socket, SHUT_RDWR);
}

SmtpTransfer::SmtpTransfer(Mail mail, CurlHandle& handle, SmtpSockets& sockets)
    : mail_(std::move(mail)),
      origin_(origin_for(mail_.server)),
      handle_(handle),
      sockets_(sockets) {}

Result<SmtpReply> SmtpTransfer::perform() {
  if (!is_address(mail_.from) || mail_.to.empty() ||
      !std::all_of(mail_.to.begin(), mail_.to.end(), is_address)) {
    return bad_input(origin_ + ": not an address that a mail can be sent to");
  }
  handle_.begin("smtp,smtps", mail_.timeout, mail_.server.ca_file);
  handle_.set(CURLOPT_URL, origin_.c_str());
  handle_.set(CURLOPT_PROXY, "");
  handle_.set(CURLOPT_HEADERFUNCTION, &SmtpTransfer::on_reply);
  handle_.set(CURLOPT_HEADERDATA, this);
  handle_.set(CURLOPT_OPENSOCKETFUNCTION, &SmtpTransfer::on_open);
  handle_.set(CURLOPT_OPENSOCKETDATA, &sockets_);
  handle_.set(CURLOPT_CLOSESOCKETFUNCTION, &SmtpTransfer::on_close);
  handle_.set(CURLOPT_CLOSESOCKETDATA, &sockets_);
  set_security();
  set_envelope();
  Result<SmtpReply> reply = reply_of(curl_easy_perform(handle_.get()));
  forget_callbacks();
  return reply;
}

void SmtpTransfer::set_security() {
  const SmtpServer& server = mail_.server;
  const bool has_tls = server.tls != SmtpTls::none;
  handle_.set(CURLOPT_USE_SSL, has_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE);
  if (server.user.empty()) return;
  handle_.set(CURLOPT_USERNAME, server.user.c_str());
  handle_.set(CURLOPT_PASSWORD, server.password.c_str());
}

void SmtpTransfer::set_envelope() {
  handle_.set(CURLOPT_MAIL_FROM, ("<" + mail_.from + ">").c_str());
  for (const std::string& address : mail_.to) to_.add("<" + address + ">");
  handle_.set(CURLOPT_MAIL_RCPT, to_.get());
  handle_.set(CURLOPT_UPLOAD, 1L);
  handle_.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail_.message.size()));
  handle_.set(CURLOPT_READFUNCTION, &SmtpTransfer::on_read);
  handle_.set(CURLOPT_READDATA, this);
  handle_.set(CURLOPT_SEEKFUNCTION, &SmtpTransfer::on_seek);
  handle_.set(CURLOPT_SEEKDATA, this);
}

// The handle may keep the connection, and outlives this.
void SmtpTransfer::forget_callbacks() {
  handle_.set(CURLOPT_HEADERFUNCTION, nullptr);
  handle_.set(CURLOPT_HEADERDATA, nullptr);
  handle_.set(CURLOPT_READFUNCTION, nullptr);
  handle_.set(CURLOPT_READDATA, nullptr);
  handle_.set(CURLOPT_SEEKFUNCTION, nullptr);
  handle_.set(CURLOPT_MAIL_RCPT, nullptr);
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

curl_socket_t SmtpTransfer::on_open(void* sockets, curlsocktype, curl_sockaddr* address) {
  return static_cast<SmtpSockets*>(sockets)->open(*address);
}

int SmtpTransfer::on_close(void* sockets, curl_socket_t socket) {
  static_cast<SmtpSockets*>(sockets)->close(socket);
  return 0;
}

Result<SmtpReply> SmtpTransfer::reply_of(CURLcode code) const {
  if (code == CURLE_OK) return SmtpReply{.code = 250};
  const bool is_refused =
      code != CURLE_OPERATION_TIMEDOUT && code != CURLE_PEER_FAILED_VERIFICATION;
  if (is_refused && refusal_.code != 0) return refusal_;
  if (code == CURLE_LOGIN_DENIED) {
    return SmtpReply{.code = kAuthenticationFailed,
                     .text = "the server offers no way to authenticate that is known here"};
  }
  return failed(origin_ + ": " + handle_.failure(code));
}

}  // namespace statewire
