// What the HTTP server receives and answers, as plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_budget.h"

namespace statewire {

using HttpHeader = std::pair<std::string, std::string>;

// Equal but for the case of ASCII letters, as header names are.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// Request line and headers, in one block of text that moves with it: views that were taken from a
// head end with it, and when it is moved.
class HttpRequestHead {
 public:
  void begin(std::string_view method, std::string_view target);
  void add_header(std::string_view name, std::string_view value);
  // Forgets everything but where it came from.
  void clear();

  std::string_view method() const { return view(0, method_size_); }
  // As sent: path and query, neither decoded.
  std::string_view target() const { return view(method_size_, target_size_); }
  std::string_view path() const { return view(method_size_, path_size_); }
  // Without the question mark; empty where there is none.
  std::string_view query() const;
  // The first value of that name, in any case; empty where there is none.
  std::string_view header(std::string_view name) const;
  size_t header_count(std::string_view name) const;
  // Takes the name and the value of each, in order.
  template <typename Take>
  void for_each_header(Take take) const {
    for (const Field& field : fields_) {
      take(view(field.at, field.name_size), view(field.at + field.name_size, field.value_size));
    }
  }
  // Absent where the body comes in chunks.
  std::optional<uint64_t> content_length() const { return content_length_; }
  void set_content_length(std::optional<uint64_t> length) { content_length_ = length; }
  // Bytes of names and values so far.
  size_t text_bytes() const { return text_.size(); }

  std::string peer;  // "192.0.2.7" or "2001:db8::7"; empty over the control socket.
  bool over_control_socket = false;

 private:
  struct Field {
    uint32_t at;
    uint32_t name_size;
    uint32_t value_size;
  };
  std::string_view view(size_t at, size_t size) const { return {text_.data() + at, size}; }

  std::string text_;  // Method, target, then each name followed by its value.
  std::vector<Field> fields_;
  uint32_t method_size_ = 0;
  uint32_t target_size_ = 0;
  uint32_t path_size_ = 0;
  std::optional<uint64_t> content_length_;
};

// Bytes that a body's capacity exceeds its size by, so that a JSON parser needs no copy of it.
constexpr size_t kBodySpareBytes = 64;

struct HttpServerRequest {
  HttpRequestHead head;
  std::string body;  // As sent: a Content-Encoding is the handler's affair.
  ByteShare share;   // What the body holds of the server's budget.
};

struct HttpServerResponse {
  int status = 200;
  std::string content_type;  // Not sent where empty.
  std::vector<HttpHeader> headers;
  std::string body;
};

enum class HttpBodyForm {
  sized,    // Content-Length, then the body.
  chunked,  // A stream, each piece framed.
  to_end,   // A stream to a client of HTTP/1.0, which ends with the connection.
};

struct HttpResponseForm {
  HttpBodyForm body = HttpBodyForm::sized;
  bool keep_alive = true;
  bool http_1_0 = false;
};

// Appends status line and headers, with the empty line that ends them. A header whose name or
// value holds a line break or a zero is left out: it would let its author write headers of his own.
void append_response_head(std::string& out, const HttpServerResponse& response,
                          const HttpResponseForm& form);

}  // namespace statewire
