#include "net/http_message.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace statewire {
namespace {

// RFC 9110 section 15, and 429 and 431 of RFC 6585.
std::string_view reason_for(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Unassigned";
  }
}

bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void append_number(std::string& out, uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  if (!is_one_line(name) || !is_one_line(value)) return;
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return lower_letter(x) == lower_letter(y);
         });
}

void HttpRequestHead::begin(std::string_view method, std::string_view target) {
  clear();
  method_size_ = static_cast<uint32_t>(method.size());
  target_size_ = static_cast<uint32_t>(target.size());
  path_size_ = static_cast<uint32_t>(std::min(target.find('?'), target.size()));
  text_.reserve(512);
  text_.append(method).append(target);
  fields_.reserve(12);
}

void HttpRequestHead::add_header(std::string_view name, std::string_view value) {
  fields_.push_back({static_cast<uint32_t>(text_.size()), static_cast<uint32_t>(name.size()),
                     static_cast<uint32_t>(value.size())});
  text_.append(name).append(value);
}

void HttpRequestHead::clear() {
  text_.clear();
  fields_.clear();
  method_size_ = target_size_ = path_size_ = 0;
  content_length_.reset();
}

std::string_view HttpRequestHead::query() const {
  if (path_size_ == target_size_) return {};
  return view(method_size_ + path_size_ + 1, target_size_ - path_size_ - 1);
}

std::string_view HttpRequestHead::header(std::string_view name) const {
  for (const Field& field : fields_) {
    if (equal_ignoring_case(view(field.at, field.name_size), name)) {
      return view(field.at + field.name_size, field.value_size);
    }
  }
  return {};
}

size_t HttpRequestHead::header_count(std::string_view name) const {
  return static_cast<size_t>(std::count_if(fields_.begin(), fields_.end(), [&](const Field& field) {
    return equal_ignoring_case(view(field.at, field.name_size), name);
  }));
}

void append_response_head(std::string& out, const HttpServerResponse& response,
                          const HttpResponseForm& form) {
  out += form.body == HttpBodyForm::to_end ? "HTTP/1.0 " : "HTTP/1.1 ";
  append_number(out, static_cast<uint64_t>(response.status));
  out += ' ';
  out += reason_for(response.status);
  out += "\r\n";
  if (!response.content_type.empty()) append_header(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) append_header(out, name, value);
  if (form.body == HttpBodyForm::chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  } else if (form.body == HttpBodyForm::sized && response.status != 204 && response.status != 304) {
    out += "Content-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  if (!form.keep_alive) {
    out += "Connection: close\r\n";
  } else if (form.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

}  // namespace statewire
