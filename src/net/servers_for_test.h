// Servers of tests, with one answer to whatever is sent: at once, or when they are told to.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace statewire {

// A socket that listens on a free port of the loopback.
class LoopbackPort {
 public:
  LoopbackPort() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(descriptor_, 64), 0);
    EXPECT_EQ(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  LoopbackPort(const LoopbackPort&) = delete;
  ~LoopbackPort() { ::close(descriptor_); }

  uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Negative once it was shut down.
  int accept() const { return ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC); }
  void shut_down() { ::shutdown(descriptor_, SHUT_RDWR); }

 private:
  const int descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  uint16_t port_ = 0;
};

// What has arrived; empty where the other side has ended.
inline std::string receive_some(int connection) {
  char bytes[4096];
  const ssize_t count = ::read(connection, bytes, sizeof(bytes));
  return count <= 0 ? std::string() : std::string(bytes, static_cast<size_t>(count));
}

// One HTTP request with its body, as far as it comes.
inline std::string receive_request(int connection) {
  constexpr std::string_view kLength = "Content-Length: ";
  std::string request;
  for (;;) {
    const size_t body = request.find("\r\n\r\n");
    const size_t length = request.find(kLength);
    if (body != std::string::npos && length < body &&
        request.size() >= body + 4 + std::stoul(request.substr(length + kLength.size()))) {
      return request;
    }
    const std::string piece = receive_some(connection);
    if (piece.empty()) return request;
    request += piece;
  }
}

// A client that has gone is no fault.
inline void send_all(int connection, std::string_view bytes) {
  (void)::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

// The client has all that was sent before the connection is closed.
inline void close_gently(int connection) {
  ::shutdown(connection, SHUT_WR);
  while (!receive_some(connection).empty()) {
  }
  ::close(connection);
}

// Answers each request with the same bytes, whole or not, and closes the connection.
class OneAnswerServer {
 public:
  explicit OneAnswerServer(std::string answer, bool closes = true)
      : answer_(std::move(answer)), closes_(closes) {}
  ~OneAnswerServer() {
    socket_.shut_down();
    thread_.join();
    for (const int connection : open_) ::close(connection);
  }

  std::string url() const { return socket_.url(); }
  // Of the last request: head and body.
  std::string request() {
    const std::lock_guard lock(mutex_);
    return request_;
  }

 private:
  void serve() {
    for (int connection = socket_.accept(); connection >= 0; connection = socket_.accept()) {
      const std::string request = receive_request(connection);
      {
        const std::lock_guard lock(mutex_);
        request_ = request;
      }
      send_all(connection, answer_);
      if (closes_) {
        close_gently(connection);
      } else {
        open_.push_back(connection);
      }
    }
  }

  const std::string answer_;
  const bool closes_;
  LoopbackPort socket_;
  std::vector<int> open_;
  std::mutex mutex_;
  std::string request_;
  std::thread thread_{[this] { serve(); }};
};

inline std::string answer_of(int status, std::string_view headers = "",
                             std::string_view body = "") {
  return "HTTP/1.1 " + std::to_string(status) + " Whatever\r\nconnection: close\r\n" +
         std::string(headers) + "content-length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

// Keeps its clients waiting until it is told to answer: well, to a request or a mail on each
// connection.
class LateServer {
 public:
  // To HTTP; or, in SMTP, with the greeting, to the whole message, to the goodbye.
  enum class Answers { requests, clients, mails, goodbyes };

  explicit LateServer(Answers answers) : answers_(answers) {}
  ~LateServer() {
    answer();
    socket_.shut_down();
    thread_.join();
  }

  uint16_t port() const { return socket_.port(); }
  std::string url() const { return socket_.url(); }
  // Until the first of what it answers is here.
  void wait_for_request() { wait_for(has_request_); }
  // Answers those that wait, and whoever comes later.
  void answer() { set(may_answer_); }

 private:
  void set(bool& flag) {
    const std::lock_guard lock(mutex_);
    flag = true;
    changed_.notify_all();
  }
  void wait_for(const bool& flag) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(60), [&] { return flag; }));
  }

  void let_wait() {
    set(has_request_);
    wait_for(may_answer_);
  }

  void serve() {
    for (int connection = socket_.accept(); connection >= 0; connection = socket_.accept()) {
      if (answers_ == Answers::requests) {
        receive_request(connection);
        let_wait();
        send_all(connection, answer_of(200, "", "{}"));
      } else {
        take_mail(connection);
      }
      close_gently(connection);
    }
  }

  // RFC 5321: a reply for each line, and one for the message.
  void take_mail(int connection) {
    if (answers_ == Answers::clients) let_wait();
    send_all(connection, "220 late\r\n");
    std::string received;
    bool is_in_message = false;
    for (;;) {
      const std::string_view end = is_in_message ? "\r\n.\r\n" : "\r\n";
      const size_t at = received.find(end);
      if (at == std::string::npos) {
        const std::string piece = receive_some(connection);
        if (piece.empty()) return;
        received += piece;
        continue;
      }
      if (received.starts_with("QUIT") && answers_ == Answers::goodbyes) let_wait();
      const bool begins_message = !is_in_message && received.starts_with("DATA");
      received.erase(0, at + end.size());
      if (is_in_message && answers_ == Answers::mails) let_wait();
      is_in_message = begins_message;
      send_all(connection, begins_message ? "354 go on\r\n" : "250 ok\r\n");
    }
  }

  const Answers answers_;
  LoopbackPort socket_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool has_request_ = false;
  bool may_answer_ = false;
  std::thread thread_{[this] { serve(); }};
};

}  // namespace statewire
