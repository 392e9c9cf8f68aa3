#include "api/firehose.h"

#include <simdjson.h>

#include "api/answers.h"
#include "api/inflate.h"
#include "base/base64.h"
#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kGzip = "\x1f\x8b";

class Records {
 public:
  explicit Records(uint64_t bytes_max) : bytes_max_(bytes_max) {}

  Result<void> add(std::string_view data) {
    std::optional<std::string> decoded = base64_decoded(data);
    if (!decoded) return bad_input("a record's data is not base64");
    std::string text = *std::move(decoded);
    if (text.starts_with(kGzip)) {
      Inflated inflated = inflate_gzip(text, bytes_max_);
      if (inflated.outcome != Inflated::Outcome::whole) {
        return bad_input("a record is packed with gzip, and is broken or too long");
      }
      text = std::move(inflated.text);
    }
    append_lines(std::move(text));
    if (text_.size() > bytes_max_) {
      return bad_input("the records exceed " + with_thousands(bytes_max_) + " bytes");
    }
    return {};
  }

  std::string take() {
    text_.reserve(text_.size() + kBodySpareBytes);
    return std::move(text_);
  }

 private:
  // A document that is laid out over lines becomes one.
  void append_lines(std::string text) {
    dom::element document;
    if (text.find('\n') != std::string::npos &&
        parser_.parse(text.data(), text.size(), true).get(document) == simdjson::SUCCESS) {
      text = simdjson::minify(document);
    }
    text_ += text;
    if (!text_.empty() && text_.back() != '\n') text_ += '\n';
  }

  const uint64_t bytes_max_;
  dom::parser parser_;
  std::string text_;
};

std::string answer_json(const HttpRequestHead& head, Time now) {
  std::string json = R"({"requestId":)";
  append_json_string(json, head.header("x-amz-firehose-request-id"));
  return json + R"(,"timestamp":)" + std::to_string(to_ns(now) / 1'000'000);
}

}  // namespace

bool is_firehose(const HttpRequestHead& head) {
  return !head.header("x-amz-firehose-request-id").empty();
}

std::string_view firehose_access_key(const HttpRequestHead& head) {
  return head.header("x-amz-firehose-access-key");
}

Result<std::string> firehose_events(std::string_view body, uint64_t bytes_max) {
  dom::parser parser;
  dom::element request;
  dom::array records;
  if (parser.parse(body.data(), body.size(), true).get(request) != simdjson::SUCCESS ||
      request["records"].get(records) != simdjson::SUCCESS) {
    return bad_input("the body is no delivery of Firehose: an object with \"records\"");
  }
  Records result(bytes_max);
  for (const dom::element record : records) {
    std::string_view data;
    if (record["data"].get(data) != simdjson::SUCCESS) {
      return bad_input("a record without \"data\"");
    }
    if (const Result<void> added = result.add(data); !added) return added.error();
  }
  return result.take();
}

HttpServerResponse firehose_response(const HttpRequestHead& head, Time now) {
  return json_response(answer_json(head, now) + "}", 200);
}

HttpServerResponse firehose_error(const HttpRequestHead& head, Time now, int status,
                                  std::string_view text) {
  std::string json = answer_json(head, now) + R"(,"errorMessage":)";
  append_json_string(json, cut_utf8(text, kFirehoseErrorBytesMax));
  return json_response(json + "}", status);
}

}  // namespace statewire
