// Deliveries of Amazon Data Firehose to an HTTP endpoint: records in, one answer for all of them.
// https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html
// All functions are pure; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/byte_budget.h"
#include "base/result.h"
#include "base/time.h"
#include "net/http_message.h"
#include "net/inflate.h"
#include "sources/element_texts.h"

namespace statewire {

// Told by its X-Amz-Firehose-Request-Id header.
bool is_firehose(const HttpRequestHead& head);

// What the stream shows instead of a bearer token; empty where it shows nothing.
std::string_view firehose_access_key(const HttpRequestHead& head);

// Reads the events of all records out of a delivery, a few milliseconds at a time: a line each
// where a record is one document, and else as the record has them. A record may be packed with
// gzip. Not thread-safe.
class FirehoseRecords {
 public:
  // All of them together take at most `bytes_max`.
  FirehoseRecords(std::string body, uint64_t bytes_max);

  // True once all are read. bad_input where the body is no such delivery, a record is no base64, or
  // they are too long; unavailable where the share, which holds nothing else, cannot grow.
  Result<bool> step(ByteShare& share);
  // Once all are read. With kBodySpareBytes of capacity beyond its size.
  std::string take() { return std::move(text_); }

 private:
  Result<void> begin();
  Result<void> add_record(std::string_view record, ByteShare& share);
  Result<void> inflate(ByteShare& share);
  Result<void> append(std::string text, ByteShare& share);

  const std::string body_;
  const uint64_t bytes_max_;
  std::optional<ElementTexts> records_;
  std::unique_ptr<Inflation> inflation_;  // Of a record that is packed.
  std::string text_;
};

// Firehose repeats all records of what is not answered 200 with the id of its request.
HttpServerResponse firehose_response(const HttpRequestHead& head, Time now);
HttpServerResponse firehose_error(const HttpRequestHead& head, Time now, int status,
                                  std::string_view text);

}  // namespace statewire
