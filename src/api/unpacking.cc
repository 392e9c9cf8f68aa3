#include "api/unpacking.h"

#include "api/binary_event.h"
#include "base/limits.h"
#include "base/text.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

// RFC 9110, section 8.4.1.3: x-gzip is the same.
bool is_packed(const HttpRequestHead& head) {
  const std::string_view coding = head.header("content-encoding");
  return equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip");
}

class BodyUnpacking final : public Unpacking {
 public:
  BodyUnpacking(std::shared_ptr<EventsVisit> visit, const UnpackingLimits& limits)
      : visit_(std::move(visit)), limits_(limits) {}

  Result<bool> step(Chunk& chunk) override {
    if (!has_begun_) begin(chunk);
    if (!visit_->bad && inflation_ != nullptr) return inflate(chunk);
    if (!visit_->bad && is_firehose(visit_->head)) return read_records(chunk);
    if (!visit_->bad && is_binary_event(visit_->head)) join(chunk);
    return finish(chunk);
  }

 private:
  // Others may take the room, which passes; or this body alone needs too much, which does not.
  Result<bool> on_no_room(Chunk& chunk) {
    if (chunk.share.size() < limits_.inflated_bytes_max) {
      return unavailable("busy: too much is being received");
    }
    visit_->bad = BadBody{413, "unpacked, the body needs more memory than there is for one"};
    records_ = nullptr;
    return finish(chunk);
  }

  void begin(Chunk& chunk) {
    has_begun_ = true;
    if (is_packed(visit_->head)) {
      inflation_ = std::make_unique<Inflation>(std::move(chunk.text), limits_.inflated_bytes_max);
      free_text(chunk.text);
    }
  }

  Result<bool> inflate(Chunk& chunk) {
    switch (inflation_->step(chunk.share, 0)) {
      case Inflation::Outcome::going_on:
        return false;
      case Inflation::Outcome::no_room:
        return on_no_room(chunk);
      case Inflation::Outcome::broken:
        visit_->bad = BadBody{400, "the body is not what Content-Encoding says: whole gzip"};
        break;
      case Inflation::Outcome::too_long:
        visit_->bad = BadBody{413, "inflated, the body is longer than " +
                                       with_thousands(limits_.inflated_bytes_max) + " bytes"};
        break;
      case Inflation::Outcome::whole:
        chunk.text = inflation_->take();
        break;
    }
    inflation_ = nullptr;
    chunk.share.shrink_to(chunk.text.capacity());
    return false;
  }

  Result<bool> read_records(Chunk& chunk) {
    if (records_ == nullptr) {
      // Half of it: the delivery and the record that is being unpacked are held beside them.
      records_ =
          std::make_unique<FirehoseRecords>(std::move(chunk.text), limits_.inflated_bytes_max / 2);
      free_text(chunk.text);
    }
    const Result<bool> is_over = records_->step(chunk.share);
    if (is_over && !*is_over) return false;
    if (!is_over && is_over.error().kind == ErrorKind::unavailable) return on_no_room(chunk);
    if (!is_over) visit_->bad = BadBody{400, is_over.error().text};
    chunk.text = is_over ? records_->take() : std::string();
    records_ = nullptr;
    return finish(chunk);
  }

  // An event with its attributes; what is too long for an event is not copied first.
  void join(Chunk& chunk) {
    if (chunk.text.size() > limits_.event_bytes_max) {
      visit_->bad = BadBody{
          413, "an event has at most " + with_thousands(limits_.event_bytes_max) + " bytes"};
      return;
    }
    Result<std::string> event = structured_event(visit_->head, chunk.text);
    if (!event) {
      visit_->bad = BadBody{400, event.error().text};
      return;
    }
    chunk.text = *std::move(event);
    chunk.are_cloud_events = true;
  }

  Result<bool> finish(Chunk& chunk) {
    inflation_ = nullptr;
    if (visit_->bad) {
      chunk.unreadable = visit_->bad->reason;
      chunk.text.resize(cut_utf8(chunk.text, kLedgerSampleBytesMax).size());
      chunk.text.shrink_to_fit();
    }
    if (!chunk.share.grow_to(chunk.text.capacity())) {
      return unavailable("busy: too much is being received");
    }
    chunk.share.shrink_to(chunk.text.capacity());
    return true;
  }

  const std::shared_ptr<EventsVisit> visit_;
  const UnpackingLimits limits_;
  bool has_begun_ = false;
  std::unique_ptr<Inflation> inflation_;
  std::unique_ptr<FirehoseRecords> records_;
};

}  // namespace

bool has_known_coding(const HttpRequestHead& head) {
  const std::string_view coding = head.header("content-encoding");
  if (head.header_count("content-encoding") > 1) return false;
  return coding.empty() || equal_ignoring_case(coding, "identity") || is_packed(head);
}

std::unique_ptr<Unpacking> unpacking_of(std::shared_ptr<EventsVisit> visit,
                                        const UnpackingLimits& limits) {
  const HttpRequestHead& head = visit->head;
  if (!is_packed(head) && !is_firehose(head) && !is_binary_event(head)) return nullptr;
  return std::make_unique<BodyUnpacking>(std::move(visit), limits);
}

}  // namespace statewire
