#include "api/events.h"

#include <memory>

#include "api/answers.h"
#include "api/binary_event.h"
#include "api/firehose.h"
#include "base/json_writer.h"
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
  for (const Fate fate :
       {Fate::recognised, Fate::ignored, Fate::unrecognised, Fate::too_late, Fate::incomplete}) {
    counts.accepted += fates.of(fate);
  }
  return counts;
}

std::string text_of(const Counts& counts) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.number("accepted", counts.accepted);
    json.number("duplicate", counts.duplicate);
    json.number("rejected", counts.rejected);
    json.end_object();
  });
}

HttpServerResponse nothing_accepted(const ChunkFates& fates, uint64_t rejected) {
  const std::string error =
      rejected == 0 ? "the body holds no event" : "nothing in the body could be accepted";
  return json_response(json_of([&](JsonWriter& json) {
                         json.begin_object();
                         json.text("error", error);
                         json.begin_array("reasons");
                         for (const std::string& reason : fates.reasons) json.text(reason);
                         json.end_array();
                         json.end_object();
                       }),
                       400);
}

void respond(EventsVisit& visit, const Result<ChunkFates>& fates) {
  if (fates && visit.bad) {
    visit.responder.respond(error_response(visit.bad->status, visit.bad->reason));
  } else if (fates) {
    visit.responder.respond(response_of(*fates));
  } else {
    visit.responder.respond(response_of(fates.error()));
  }
}

HttpServerResponse firehose_answer(const EventsVisit& visit, const Result<ChunkFates>& fates,
                                   Time now) {
  if (!fates) return firehose_error(visit.head, now, 503, fates.error().text);
  if (visit.bad) return firehose_error(visit.head, now, visit.bad->status, visit.bad->reason);
  if (counted(*fates).rejected == 0) return firehose_response(visit.head, now);
  // Firehose keeps in its bucket what is not answered with 200; what was read of it is a repeat
  // when it comes again.
  return firehose_error(visit.head, now, 400,
                        fates->reasons.empty() ? "not all of it can be read" : fates->reasons[0]);
}

// It may hold events; what they are nobody knows.
HttpServerResponse coding_refusal(const HttpRequestHead& head, Time now) {
  constexpr std::string_view kWhy = "Content-Encoding may be gzip or identity";
  HttpServerResponse response =
      is_firehose(head) ? firehose_error(head, now, 415, kWhy) : error_response(415, kWhy);
  response.headers.emplace_back("Accept-Encoding", "gzip");
  return response;
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

void Events::take(HttpServerRequest&& request, HttpResponder responder) const {
  if (!has_known_coding(request.head)) {
    return responder.respond(coding_refusal(request.head, clock_.now()));
  }
  // Shared with what unpacks it, and as the function that holds it must be copyable; it is answered
  // once all the same.
  auto visit = std::make_shared<EventsVisit>(
      EventsVisit{std::move(request.head), std::move(responder), std::nullopt});
  Chunk chunk;
  chunk.source = kSource;
  chunk.text = std::move(request.body);
  chunk.are_cloud_events = is_structured_event(visit->head);
  chunk.share = std::move(request.share);
  chunk.unpacking = unpacking_of(visit, limits_);
  // The server leaves room behind the body already.
  static_assert(kBodySpareBytes >= kPaddingBytes);
  if (chunk.text.capacity() < chunk.text.size() + kPaddingBytes) {
    chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  }
  chunk.done = [visit, &clock = clock_](const Result<ChunkFates>& fates) {
    if (is_firehose(visit->head)) {
      return visit->responder.respond(firehose_answer(*visit, fates, clock.now()));
    }
    respond(*visit, fates);
  };
  // A refusal leaves the chunk as it was.
  if (Result<void> taken = intake_.enter(std::move(chunk)); !taken) chunk.done(taken.error());
}

}  // namespace statewire
