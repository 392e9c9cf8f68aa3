// For tests: a server on a free port of the loopback, and a client that sends what it likes.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "net/http_server.h"

namespace statewire {

// Stops and joins when it goes.
class LoopbackServer {
 public:
  explicit LoopbackServer(HttpServerOptions options, std::optional<HttpTlsFiles> tls = {})
      : io_threads_(options.io_threads), server_(std::move(options)) {
    const auto port = server_.listen({.address = "127.0.0.1", .port = 0, .tls = std::move(tls)});
    EXPECT_TRUE(port.ok()) << (port ? "" : port.error().text);
    if (port) port_ = *port;
  }
  explicit LoopbackServer(HttpHandler handler)
      : LoopbackServer(HttpServerOptions{
            .limits = {}, .io_threads = 1, .handler = std::move(handler), .judge_head = {}}) {}
  ~LoopbackServer() { stop(std::chrono::seconds(0)); }

  void start() {
    for (size_t i = 0; i < io_threads_; ++i) threads_.emplace_back([this] { server_.run_io(); });
  }
  void stop(Duration grace) {
    server_.stop(grace);
    join();
  }
  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  HttpServer& server() { return server_; }
  uint16_t port() const { return port_; }
  std::string url(std::string_view path = "/", std::string_view scheme = "http") const {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }

 private:
  const size_t io_threads_;
  HttpServer server_;
  uint16_t port_ = 0;
  std::vector<std::thread> threads_;
};

class RawClient {
 public:
  explicit RawClient(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  RawClient(const RawClient&) = delete;
  ~RawClient() { ::close(socket_); }

  int descriptor() const { return socket_; }
  // False where the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }
  // Everything so far, read on until it contains `text` or the server closes; 10 s at most.
  std::string read_until(std::string_view text) {
    while (received_.find(text) == std::string::npos && read_some()) {
    }
    return received_;
  }
  std::string read_to_end() {
    while (read_some()) {
    }
    return received_;
  }
  bool is_closed_by_server() const { return closed_; }
  void forget() { received_.clear(); }

 private:
  bool read_some() {
    pollfd ready{socket_, POLLIN, 0};
    if (poll(&ready, 1, 10'000) != 1) return false;
    char bytes[4096];
    const ssize_t count = recv(socket_, bytes, sizeof bytes, 0);
    closed_ = count <= 0;
    if (!closed_) received_.append(bytes, static_cast<size_t>(count));
    return !closed_;
  }

  const int socket_;
  bool closed_ = false;
  std::string received_;
};

}  // namespace statewire
