// Reads one HTTP request from pieces of a connection's bytes. Beast's parser does the reading; this
// stores heads without an allocation for each header, and keeps bounds that Beast does not.
// Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace statewire {

class HttpRequestParser {
 public:
  enum class State {
    head,     // The head is not complete.
    body,     // The head is complete, the body is not.
    done,     // So is the body.
    refused,  // Malformed or beyond a bound: refusal_status() is the answer. Nothing can follow.
  };

  struct Limits {
    size_t header_bytes_max{};
    uint64_t body_bytes_max{};
    std::shared_ptr<ByteBudget> budget;  // Of bodies; 503 where it is used up. Null: none.
  };
  explicit HttpRequestParser(Limits limits);
  ~HttpRequestParser();

  // Takes from the front of `bytes`, and returns how many. What was not taken is to be given again,
  // with more behind it. Stops once after the head, so that it can be judged before the body.
  size_t feed(std::string_view bytes);

  State state() const { return state_; }
  int refusal_status() const { return refusal_status_; }

  // From `body` on.
  const HttpRequestHead& head() const { return request_.head; }
  bool keep_alive() const;
  bool is_http_1_0() const;
  bool expects_continue() const;
  // Bytes of the body that are still to come; 0 where it comes in chunks.
  uint64_t body_bytes_left() const;
  // The body is read, and kept no more.
  void discard_body() { discards_body_ = true; }
  // What it holds of the budget now.
  size_t body_bytes_held() const { return request_.share.size(); }
  // Gives back what was read of a body that nobody will get.
  void drop_body();

  // REQUIRES: `done`.
  HttpServerRequest take_request();
  // Ready for the next request of the same connection.
  void reset();
  void set_peer(std::string peer, bool over_control_socket);

 private:
  class Reader;
  void refuse(int status);
  // 0, or the status that the complete head is refused with.
  int verdict_on_head() const;

  const Limits limits_;
  State state_ = State::head;
  int refusal_status_ = 0;
  bool discards_body_ = false;
  std::string peer_;
  bool over_control_socket_ = false;
  HttpServerRequest request_;
  std::unique_ptr<Reader> reader_;
};

}  // namespace statewire
