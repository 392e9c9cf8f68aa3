// Deliveries of Amazon Data Firehose to an HTTP endpoint: records in, one answer for all of them.
// https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html
// All functions are pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "net/http_message.h"

namespace statewire {

// Told by its X-Amz-Firehose-Request-Id header.
bool is_firehose(const HttpRequestHead& head);

// What the stream shows instead of a bearer token; empty where it shows nothing.
std::string_view firehose_access_key(const HttpRequestHead& head);

// The events of all records, a line each where a record is one document, and else as the record
// has them. A record may be packed with gzip. An error where the body is no such delivery, a record
// is no base64, or all of them together would exceed `bytes_max`.
// The result has kBodySpareBytes of capacity beyond its size.
Result<std::string> firehose_events(std::string_view body, uint64_t bytes_max);

// Firehose repeats all records of what is not answered 200 with the id of its request.
HttpServerResponse firehose_response(const HttpRequestHead& head, Time now);
HttpServerResponse firehose_error(const HttpRequestHead& head, Time now, int status,
                                  std::string_view text);

}  // namespace statewire
