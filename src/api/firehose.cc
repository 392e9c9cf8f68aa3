#include "api/firehose.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "api/answers.h"
#include "base/base64.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/whole_json.h"
#include "sources/text_form.h"

namespace statewire {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kGzip = "\x1f\x8b";
Error not_a_delivery() {
  return bad_input("the body is no delivery of Firehose: an object with \"records\"");
}
Error no_room() { return unavailable("busy: too much is being received"); }

// Without an error where that is empty.
std::string answer_json(const HttpRequestHead& head, Time now, std::string_view error) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("requestId", head.header("x-amz-firehose-request-id"));
    json.number("timestamp", to_ns(now) / 1'000'000);
    json.known_text("errorMessage", cut_utf8(error, kFirehoseErrorBytesMax));
    json.end_object();
  });
}

}  // namespace

bool is_firehose(const HttpRequestHead& head) {
  return !head.header("x-amz-firehose-request-id").empty();
}

std::string_view firehose_access_key(const HttpRequestHead& head) {
  return head.header("x-amz-firehose-access-key");
}

FirehoseRecords::FirehoseRecords(std::string body, uint64_t bytes_max)
    : body_(std::move(body)), bytes_max_(bytes_max) {}

Result<bool> FirehoseRecords::step(ByteShare& share) {
  if (!records_) {
    if (Result<void> begun = begin(); !begun) return begun.error();
    return false;
  }
  const size_t before = text_.size();
  size_t read = 0;
  while (read + text_.size() - before < kUnpackedBytesAtATime) {
    Result<void> done;
    if (inflation_ != nullptr) {
      done = inflate(share);
      read += kUnpackedBytesAtATime;
    } else if (const auto record = records_->next()) {
      done = add_record(record->text, share);
      read += record->text.size();
    } else {
      if (!grow_text(text_, text_.size(), body_.capacity(), share)) return no_room();
      return true;
    }
    if (!done) return done.error();
  }
  return false;
}

Result<void> FirehoseRecords::begin() {
  const std::string_view array = array_under(body_, "records");
  if (array.empty()) return not_a_delivery();
  records_.emplace(array, 1, kEventsReadMax);
  if (!records_->is_whole()) return not_a_delivery();
  return {};
}

Result<void> FirehoseRecords::add_record(std::string_view record, ByteShare& share) {
  if (record.size() > kFirehoseRecordBytesMax) {
    return bad_input("a record of more than " + with_thousands(kFirehoseRecordBytesMax) + " bytes");
  }
  dom::parser parser;
  dom::element element;
  std::string_view data;
  if (parse_json(parser, simdjson::padded_string(record), element) != simdjson::SUCCESS ||
      element["data"].get(data) != simdjson::SUCCESS) {
    return bad_input("a record without \"data\"");
  }
  std::optional<std::string> decoded = base64_decoded(data);
  if (!decoded) return bad_input("a record's data is not base64");
  if (!decoded->starts_with(kGzip)) return append(*std::move(decoded), share);
  inflation_ = std::make_unique<Inflation>(*std::move(decoded), bytes_max_);
  return {};
}

Result<void> FirehoseRecords::inflate(ByteShare& share) {
  switch (inflation_->step(share, body_.capacity() + text_.capacity())) {
    case Inflation::Outcome::going_on:
      return {};
    case Inflation::Outcome::no_room:
      return no_room();
    case Inflation::Outcome::broken:
    case Inflation::Outcome::too_long:
      return bad_input("a record is packed with gzip, and is broken or too long");
    case Inflation::Outcome::whole:
      break;
  }
  const auto whole = std::exchange(inflation_, nullptr);
  return append(whole->take(), share);
}

// A document that is laid out over lines becomes one.
Result<void> FirehoseRecords::append(std::string text, ByteShare& share) {
  text.reserve(text.size() + kBodySpareBytes);
  if (text.find('\n') != std::string::npos && TextForm().is_whole_value(text)) {
    std::string line(text.size() + kBodySpareBytes, '\0');
    size_t size = 0;
    if (simdjson::minify(text.data(), text.size(), line.data(), size) == simdjson::SUCCESS) {
      line.resize(size);
      text.swap(line);
    }
  }
  const size_t size = text_.size() + text.size() + 1;
  if (size > bytes_max_) {
    return bad_input("the records exceed " + with_thousands(bytes_max_) + " bytes");
  }
  const size_t beside = body_.capacity() + text.capacity();
  const size_t twice = std::min<uint64_t>(2 * text_.capacity(), bytes_max_);
  if (text_.capacity() < size + kBodySpareBytes &&
      !grow_text(text_, std::max(size, twice), beside, share)) {
    return no_room();
  }
  text_ += text;
  if (!text_.empty() && text_.back() != '\n') text_ += '\n';
  return {};
}

HttpServerResponse firehose_response(const HttpRequestHead& head, Time now) {
  return json_response(answer_json(head, now, {}), 200);
}

HttpServerResponse firehose_error(const HttpRequestHead& head, Time now, int status,
                                  std::string_view text) {
  return json_response(answer_json(head, now, text), status);
}

}  // namespace statewire
