// A server of tests: one answer to whatever is POSTed.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace statewire {

// Answers each connection with the same bytes, whole or not, and closes it.
class OneAnswerServer {
 public:
  explicit OneAnswerServer(std::string answer, bool closes = true)
      : answer_(std::move(answer)), closes_(closes) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 64), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~OneAnswerServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    for (const int connection : open_) ::close(connection);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Of the last request: head and body.
  std::string request() {
    const std::lock_guard lock(mutex_);
    return request_;
  }

 private:
  static bool is_whole(const std::string& request) {
    constexpr std::string_view kLength = "Content-Length: ";
    const size_t body = request.find("\r\n\r\n");
    const size_t length = request.find(kLength);
    if (body == std::string::npos || length > body) return false;
    return request.size() >= body + 4 + std::stoul(request.substr(length + kLength.size()));
  }

  void serve() {
    for (;;) {
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      std::string request;
      char bytes[4096];
      while (!is_whole(request)) {
        const ssize_t count = ::read(connection, bytes, sizeof(bytes));
        if (count <= 0) break;
        request.append(bytes, static_cast<size_t>(count));
      }
      {
        const std::lock_guard lock(mutex_);
        request_ = request;
      }
      EXPECT_GE(::send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL), 0);
      if (closes_) {
        ::shutdown(connection, SHUT_WR);
        while (::read(connection, bytes, sizeof(bytes)) > 0) {
        }
        ::close(connection);
      } else {
        open_.push_back(connection);
      }
    }
  }

  const std::string answer_;
  const bool closes_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::vector<int> open_;
  std::mutex mutex_;
  std::string request_;
  std::thread thread_;
};

inline std::string answer_of(int status, std::string_view headers = "",
                             std::string_view body = "") {
  return "HTTP/1.1 " + std::to_string(status) + " Whatever\r\nconnection: close\r\n" +
         std::string(headers) + "content-length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

}  // namespace statewire
