#include "api/events.h"

#include <memory>

#include "api/answers.h"
#include "api/binary_event.h"
#include "api/firehose.h"
#include "api/inflate.h"
#include "base/text.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

constexpr std::string_view kSource = "http";

struct Counts {
  uint64_t accepted = 0;
  uint64_t duplicate = 0;
  uint64_t rejected = 0;
};

Counts counted(const ChunkFates& fates) {
  Counts counts{.accepted = 0,
                .duplicate = fates.of(Fate::duplicate),
                .rejected = fates.of(Fate::malformed) + fates.of(Fate::rejected)};
  for (const Fate fate : {Fate::recognised, Fate::ignored, Fate::unrecognised, Fate::too_late}) {
    counts.accepted += fates.of(fate);
  }
  return counts;
}

std::string text_of(const Counts& counts) {
  return R"({"accepted":)" + std::to_string(counts.accepted) + R"(,"duplicate":)" +
         std::to_string(counts.duplicate) + R"(,"rejected":)" + std::to_string(counts.rejected) +
         "}";
}

HttpServerResponse nothing_accepted(const ChunkFates& fates, uint64_t rejected) {
  const std::string error =
      rejected == 0 ? "the body holds no event" : "nothing in the body could be accepted";
  std::string json = R"({"error":")" + error + R"(","reasons":[)";
  for (size_t i = 0; i < fates.reasons.size(); ++i) {
    if (i != 0) json += ',';
    append_json_string(json, fates.reasons[i]);
  }
  json += "]}";
  return json_response(std::move(json), 400);
}

struct BadBody {
  int status = 400;
  std::string reason;
};

// The body as one text that the event reader takes, or why it cannot be that.
std::optional<BadBody> unwrap(const HttpRequestHead& head, uint64_t inflated_bytes_max,
                              std::string& body) {
  const std::string_view encoding = head.header("content-encoding");
  if (equal_ignoring_case(encoding, "gzip")) {
    Inflated inflated = inflate_gzip(body, inflated_bytes_max);
    if (inflated.outcome == Inflated::Outcome::too_long) {
      return BadBody{413, "inflated, the body is longer than " +
                              with_thousands(inflated_bytes_max) + " bytes"};
    }
    if (inflated.outcome == Inflated::Outcome::broken) {
      return BadBody{400, "the body is not what Content-Encoding says: whole gzip"};
    }
    body = std::move(inflated.text);
  } else if (!encoding.empty() && !equal_ignoring_case(encoding, "identity")) {
    return BadBody{400, "Content-Encoding may be gzip or identity"};
  }
  if (is_binary_event(head)) body = structured_event(head, body);
  return std::nullopt;
}

}  // namespace

std::string counts_of(const ChunkFates& fates) { return text_of(counted(fates)); }

HttpServerResponse response_of(const ChunkFates& fates) {
  const Counts counts = counted(fates);
  if (counts.accepted + counts.duplicate == 0) return nothing_accepted(fates, counts.rejected);
  // By far the most frequent answer.
  if (counts.accepted == 1 && counts.duplicate == 0 && counts.rejected == 0) {
    return json_response(R"({"accepted":1,"duplicate":0,"rejected":0})", 202);
  }
  return json_response(text_of(counts), 202);
}

// Whatever became of its events, a delivery that was stored is not wanted again.
void Events::take_firehose(HttpServerRequest&& request, HttpResponder responder) const {
  std::string body = std::move(request.body);
  std::optional<BadBody> bad = unwrap(request.head, inflated_bytes_max_, body);
  Chunk chunk;
  chunk.source = kSource;
  if (!bad) {
    Result<std::string> events = firehose_events(body, inflated_bytes_max_);
    if (events) {
      body.swap(*events);
    } else {
      bad = BadBody{400, events.error().text};
    }
  }
  if (bad) chunk.unreadable = bad->reason;
  chunk.text.swap(body);
  chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  auto shared = std::make_shared<HttpResponder>(std::move(responder));
  auto head = std::make_shared<HttpRequestHead>(std::move(request.head));
  chunk.done = [shared, head, bad, &clock = clock_](Result<ChunkFates> fates) {
    const Time now = clock.now();
    if (!fates) return shared->respond(firehose_error(*head, now, 503, fates.error().text));
    if (bad) return shared->respond(firehose_error(*head, now, bad->status, bad->reason));
    shared->respond(firehose_response(*head, now));
  };
  if (Result<void> taken = intake_.submit(std::move(chunk)); !taken) {
    shared->respond(firehose_error(*head, clock_.now(), 503, taken.error().text));
  }
}

void Events::take(HttpServerRequest&& request, HttpResponder responder) const {
  if (is_firehose(request.head)) return take_firehose(std::move(request), std::move(responder));
  std::string body = std::move(request.body);
  const std::optional<BadBody> bad = unwrap(request.head, inflated_bytes_max_, body);
  // The server leaves room behind the body already.
  static_assert(kBodySpareBytes >= kPaddingBytes);
  if (body.capacity() < body.size() + kPaddingBytes) body.reserve(body.size() + kPaddingBytes);

  Chunk chunk;
  chunk.source = kSource;
  chunk.text = std::move(body);
  if (bad) chunk.unreadable = bad->reason;
  // Shared, as the function that holds it must be copyable; answered once all the same: either
  // here or there.
  auto shared = std::make_shared<HttpResponder>(std::move(responder));
  chunk.done = [shared, bad](Result<ChunkFates> fates) {
    if (fates && bad) return shared->respond(error_response(bad->status, bad->reason));
    if (fates) return shared->respond(response_of(*fates));
    shared->respond(response_of(fates.error()));
  };
  if (Result<void> taken = intake_.submit(std::move(chunk)); !taken) {
    shared->respond(unavailable_response(taken.error().text, kRetryAfterSeconds));
  }
}

}  // namespace statewire
