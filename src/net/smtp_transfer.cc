#include "net/smtp_transfer.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/percent.h"
#include "net/smtp_name.h"

namespace statewire {
namespace {

constexpr int kNotOffered = 502;
constexpr int kAuthenticationFailed = 535;
constexpr int kNotAnAddress = 553;
constexpr Duration kGoodbyeTime = std::chrono::seconds(5);
// A time that no mail takes.
constexpr std::chrono::seconds kNever = std::chrono::hours(24);

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
      sockets_(sockets),
      dialogue_(mail_.to.size()) {}

Result<SmtpOutcome> SmtpTransfer::perform() {
  if (is_unwanted()) return unavailable("nobody waits for this mail any more");
  const bool has_envelope = is_address(mail_.from) && !mail_.to.empty() &&
                            std::all_of(mail_.to.begin(), mail_.to.end(), is_address);
  if (!has_envelope && !mail_.is_login_alone) {
    return SmtpOutcome{.mail = {.stage = SmtpStage::message,
                                .code = kNotAnAddress,
                                .text = "not an address that a mail can be sent to"},
                       .recipients = {}};
  }
  handle_.begin("smtp,smtps", Duration(), mail_.server.files);
  const std::string& name = mail_.server.client_name;
  const std::string url = origin_ + "/" + percent_encode(name.empty() ? own_client_name() : name);
  handle_.set(CURLOPT_URL, url.c_str());
  handle_.set(CURLOPT_PROXY, "");
  handle_.set(CURLOPT_VERBOSE, 1L);
  handle_.set(CURLOPT_DEBUGFUNCTION, &SmtpTransfer::on_dialogue);
  handle_.set(CURLOPT_DEBUGDATA, this);
  handle_.set(CURLOPT_OPENSOCKETFUNCTION, &SmtpTransfer::on_open);
  handle_.set(CURLOPT_OPENSOCKETDATA, this);
  handle_.set(CURLOPT_CLOSESOCKETFUNCTION, &SmtpTransfer::on_close);
  handle_.set(CURLOPT_CLOSESOCKETDATA, &sockets_);
  set_times();
  set_security();
  mail_.is_login_alone ? set_login_alone() : set_envelope();
  Result<SmtpOutcome> outcome = outcome_of(curl_easy_perform(handle_.get()));
  forget_callbacks();
  return outcome;
}

// Curl has one time for all answers, and one for all that comes before the mail. So it gets times
// that never end, but for connecting, which it shares out among a host's addresses; on_progress,
// which is called at least once a second, looks at those of the stages.
void SmtpTransfer::set_times() {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(mail_.timeouts.connect);
  handle_.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(milliseconds.count()));
  handle_.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, kNever.count());
  handle_.set(CURLOPT_NOPROGRESS, 0L);
  handle_.set(CURLOPT_XFERINFOFUNCTION, &SmtpTransfer::on_progress);
  handle_.set(CURLOPT_XFERINFODATA, this);
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
  handle_.set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  handle_.set(CURLOPT_UPLOAD, 1L);
  handle_.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail_.message.size()));
  handle_.set(CURLOPT_READFUNCTION, &SmtpTransfer::on_read);
  handle_.set(CURLOPT_READDATA, this);
  handle_.set(CURLOPT_SEEKFUNCTION, &SmtpTransfer::on_seek);
  handle_.set(CURLOPT_SEEKDATA, this);
}

void SmtpTransfer::set_login_alone() {
  handle_.set(CURLOPT_NOBODY, 1L);
  handle_.set(CURLOPT_CUSTOMREQUEST, "NOOP");
}

// The handle may keep the connection, and outlives this.
void SmtpTransfer::forget_callbacks() {
  handle_.set(CURLOPT_VERBOSE, 0L);
  handle_.set(CURLOPT_DEBUGFUNCTION, nullptr);
  handle_.set(CURLOPT_NOPROGRESS, 1L);
  handle_.set(CURLOPT_XFERINFOFUNCTION, nullptr);
  handle_.set(CURLOPT_OPENSOCKETFUNCTION, nullptr);
  handle_.set(CURLOPT_READFUNCTION, nullptr);
  handle_.set(CURLOPT_READDATA, nullptr);
  handle_.set(CURLOPT_SEEKFUNCTION, nullptr);
  handle_.set(CURLOPT_MAIL_RCPT, nullptr);
}

// What is sent holds the password: only the names of commands are looked at.
int SmtpTransfer::on_dialogue(CURL*, curl_infotype kind, char* bytes, size_t size, void* transfer) {
  SmtpTransfer& self = *static_cast<SmtpTransfer*>(transfer);
  if (kind == CURLINFO_HEADER_OUT) self.dialogue_.on_sent({bytes, size});
  if (kind == CURLINFO_HEADER_IN) self.dialogue_.on_reply({bytes, size});
  return 0;
}

int SmtpTransfer::on_progress(void* transfer, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<SmtpTransfer*>(transfer)->is_in_time() ? 0 : 1;
}

bool SmtpTransfer::is_unwanted() { return mail_.is_unwanted && *mail_.is_unwanted; }

bool SmtpTransfer::is_in_time() {
  is_given_up_ = is_unwanted();
  if (is_given_up_) return false;
  const auto is_connected = [](curl_socket_t socket) {
    sockaddr_storage peer{};
    socklen_t size = sizeof(peer);
    return ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0;
  };
  const std::pair step{dialogue_.step(), sent_ == mail_.message.size()};
  if (!is_connected_ && (step.first > 0 || std::ranges::any_of(opened_, is_connected))) {
    is_connected_ = true;
    since_ = Steady::now();
    const auto milliseconds = std::chrono::milliseconds(kNever);
    handle_.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(milliseconds.count()));
  }
  if (step != step_) {
    step_ = step;
    since_ = Steady::now();
  }
  is_late_ = Steady::now() - since_ > time_for_stage();
  return !is_late_;
}

Duration SmtpTransfer::time_for_stage() const {
  const SmtpTimeouts& timeouts = mail_.timeouts;
  if (!is_connected_) return timeouts.connect;
  if (dialogue_.is_over()) return kGoodbyeTime;
  switch (dialogue_.stage()) {
    case SmtpStage::greeting:
    case SmtpStage::hello:
    case SmtpStage::starttls:
    case SmtpStage::auth:
    case SmtpStage::sender:
    case SmtpStage::recipient:
      return timeouts.reply;
    case SmtpStage::data:
      return timeouts.data;
    case SmtpStage::message:
      return step_.second ? timeouts.message : timeouts.sending;
  }
  CHECK(false);
}

std::string SmtpTransfer::late_text() const {
  const std::string time = " within " + format_duration(time_for_stage());
  if (!is_connected_) return origin_ + ": no connection" + time;
  return origin_ + ": no answer" + time + " (" + std::string(name_of(dialogue_.stage())) + ")";
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

curl_socket_t SmtpTransfer::on_open(void* transfer, curlsocktype, curl_sockaddr* address) {
  SmtpTransfer& self = *static_cast<SmtpTransfer*>(transfer);
  const curl_socket_t socket = self.sockets_.open(*address);
  self.dialogue_.on_connect();
  self.is_connected_ = false;
  self.opened_.push_back(socket);
  return socket;
}

int SmtpTransfer::on_close(void* sockets, curl_socket_t socket) {
  static_cast<SmtpSockets*>(sockets)->close(socket);
  return 0;
}

Result<SmtpOutcome> SmtpTransfer::outcome_of(CURLcode code) const {
  if (code == CURLE_OK) return dialogue_.outcome({.code = kSmtpTaken, .text = {}});
  if (is_late_ && !dialogue_.is_over()) return failed(late_text());
  if (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_PEER_FAILED_VERIFICATION) {
    return handle_.failure(origin_, code);
  }
  if (dialogue_.refusal().code != 0) return dialogue_.outcome(dialogue_.refusal());
  if (dialogue_.is_refused_by_all())
    return dialogue_.outcome({.stage = SmtpStage::recipient, .text = {}});
  if (code == CURLE_LOGIN_DENIED) {
    return SmtpOutcome{.mail = {.stage = SmtpStage::auth,
                                .code = kAuthenticationFailed,
                                .text = "the server offers no way to authenticate that is known"},
                       .recipients = {}};
  }
  if (code == CURLE_USE_SSL_FAILED) {
    return SmtpOutcome{.mail = {.stage = SmtpStage::starttls,
                                .code = kNotOffered,
                                .text = "the server does not offer STARTTLS"},
                       .recipients = {}};
  }
  return handle_.failure(origin_, code);
}

}  // namespace statewire
