// What a message goes through: received; its event handed to the intake, or its files fetched and
// handed over; committed; deleted, ten at a time. While that takes long, it is hidden from others a
// while longer. Events that come a second time are found to be duplicates.
#include "sources/sqs_run.h"

#include <algorithm>

#include "base/limits.h"
#include "base/log.h"
#include "sources/event_reader.h"

namespace statewire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr auto kLook = seconds(10);             // When nothing is to be done before.
constexpr auto kRoomPause = milliseconds(100);  // Until the intake, or memory, may have room.
constexpr auto kDeleteLinger = milliseconds(50);
constexpr auto kUnstoredPauseMax = seconds(30);
constexpr int kUnstoredParts = 10;  // So many that come back in a row are no fault of their own.
// What was handed over is stored and deleted within the first; the rest comes back in the second.
constexpr auto kQueueStopGrace = seconds(3);
constexpr auto kReturnGrace = seconds(1);

ByteBudget::Bounds bounds(size_t bytes_max) { return {.bytes_max = bytes_max}; }

}  // namespace

SqsRun::SqsRun(Parts parts)
    : parts_(parts),
      event_bytes_(std::make_shared<ByteBudget>(bounds(SIZE_MAX))),
      file_bytes_(std::make_shared<ByteBudget>(bounds(kSqsFilesBytesMax))) {}

void SqsRun::serve(std::stop_token stop) {
  SteadyTime end = SteadyTime::max();
  while (true) {
    const SteadyTime now = steady_clock::now();
    if (stop.stop_requested() && !is_stopping_) {
      is_stopping_ = true;
      end = now + kQueueStopGrace;
    }
    const SteadyTime next = step(now);
    if (is_stopping_ && is_done() && mailbox_->close_if_empty()) return;
    if (now >= end) {
      if (is_over_->exchange(true)) break;
      end = now + kReturnGrace;
    }
    // With nothing in hand there is nothing to prolong: wait for the store as long as it takes.
    if (is_done() && receiving_ == 0) parts_.intake.wait_for_room(stop);
    mailbox_->serve(std::min(next, end), stop);
  }
  mailbox_->close();
  give_back_unsent();
  hide();
}

SqsRun::SteadyTime SqsRun::step(SteadyTime now) {
  if (is_stopping_) {
    give_back_unsent();
  } else {
    while (now >= receive_at_ && receiving_ < parts_.options.receivers && has_room()) receive();
    fetch_files();
    hand_over(now);
  }
  prolong(now);
  hide();
  delete_settled(now);

  SteadyTime next = std::min(now + kLook, prolong_at_);
  if (receive_at_ > now) next = std::min(next, receive_at_);
  if (!deletions_.empty()) next = std::min(next, delete_at_);
  const bool waits_for_room =
      !events_.empty() || !fetched_.empty() || !files_.empty() || !named_.empty();
  if (waits_for_room || !has_room()) next = std::min(next, now + kRoomPause);
  return next;
}

bool SqsRun::is_done() const {
  return held_.empty() && hidings_.empty() && hiding_ == 0 && deletions_.empty() && deleting_ == 0;
}

bool SqsRun::has_room() const {
  return !is_refused_ && event_bytes_->taken() < kSqsEventsBytesMax &&
         held_.size() + receiving_ * kSqsMessagesAtATime <
             parts_.options.receivers * kSqsMessagesHeldMax;
}

void SqsRun::begin(uint64_t number, std::string_view body) {
  Held& held = held_.at(number);
  SqsContent content = messages_.read(body);
  const bool has_event = content.files.empty() || !content.event.empty();
  held.parts_left = content.files.size() + (has_event ? 1 : 0);
  if (!content.files.empty()) {
    Named& named = named_.emplace_back(Named{.message = number});
    for (const S3Object& object : content.files) named.objects.push(object);
    named.share = ByteShare(event_bytes_);
    CHECK(named.share.grow_to(named.objects.bytes_held()));
  }
  if (!has_event) return;
  Part part{.message = number,
            .chunk = {.source = parts_.name,
                      .text = std::move(content.event),
                      .place = parts_.options.queue.name + " message " + held.id}};
  // A text without any event would have no fate in the ledger.
  if (part.chunk.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    part.chunk.text.clear();
    part.chunk.unreadable = "an empty message";
  }
  part.chunk.text.reserve(part.chunk.text.size() + kPaddingBytes);
  part.chunk.share = ByteShare(event_bytes_);
  CHECK(part.chunk.share.grow_to(part.chunk.text.capacity()));
  events_.push_back(std::move(part));
}

// Files that wait for memory hold up no events.
void SqsRun::hand_over(SteadyTime now) {
  if (now < hand_over_at_) return;
  is_refused_ = false;
  while (!is_refused_ && !events_.empty() && submit(events_.front())) events_.pop_front();
  while (!is_refused_ && !fetched_.empty() && submit(fetched_.front())) fetched_.pop_front();
  if (is_refused_) hand_over_at_ = now + kRoomPause;
}

// False where there is no room, in the intake or for what the file is unpacked to.
bool SqsRun::submit(Part& part) {
  Chunk& chunk = part.chunk;
  const auto found = held_.find(part.message);
  if (found == held_.end()) return true;  // Let go meanwhile.
  if (!chunk.share.grow_to(part.bytes)) return false;
  chunk.is_void = [is_over = is_over_] { return is_over->load(); };
  chunk.done = [mailbox = mailbox_, number = part.message, outcome = part.outcome,
                this](Result<ChunkFates> result) {
    mailbox->post([this, number, outcome, result = std::move(result)] {
      on_answer(number, outcome, result);
    });
  };
  if (!parts_.intake.enter(std::move(chunk))) {
    is_refused_ = true;
    return false;
  }
  ++found->second.parts_inside;
  return true;
}

// Many that come back in a row are the store's trouble: each time that a queue gives a message
// counts for its dead-letter policy.
void SqsRun::on_answer(uint64_t number, Outcome outcome, const Result<ChunkFates>& result) {
  unstored_ = result ? 0 : unstored_ + 1;
  if (unstored_ >= kUnstoredParts) {
    const auto pause = kRoomPause * (1 << std::min(unstored_ - kUnstoredParts, 16));
    receive_at_ = steady_clock::now() + std::min<Duration>(pause, kUnstoredPauseMax);
  }
  const auto found = held_.find(number);
  if (found == held_.end()) return;
  --found->second.parts_inside;
  if (!result) {
    log_warn("a message was not stored; it goes back to its queue",
             {{"source", parts_.name}, {"reason", result.error().text}});
    outcome = Outcome::later;
  } else if (result->of(Fate::malformed) + result->of(Fate::rejected) > 0) {
    outcome = std::max(outcome, Outcome::unreadable);
  }
  settle_part(number, outcome);
}

void SqsRun::settle_part(uint64_t number, Outcome outcome) {
  const auto found = held_.find(number);
  if (found == held_.end()) return;
  Held& held = found->second;
  held.outcome = std::max(held.outcome, outcome);
  if (--held.parts_left > 0) return;
  const bool is_kept = held.outcome == Outcome::unreadable && !parts_.options.deletes_unreadable;
  if (held.outcome == Outcome::later || is_kept) {
    give_back(found, is_stopping_ ? seconds(0) : pause_of(held));
    return;
  }
  if (deletions_.empty()) delete_at_ = steady_clock::now() + kDeleteLinger;
  deletions_.push_back({std::move(held.receipt)});
  held_.erase(found);
}

// Those that wait for the store stay here.
void SqsRun::give_back_unsent() {
  events_.clear();
  fetched_.clear();
  files_.clear();
  named_.clear();
  for (auto held = held_.begin(); held != held_.end();) {
    const auto next = std::next(held);
    if (held->second.parts_inside < held->second.parts_left) give_back(held, seconds(0));
    held = next;
  }
}

}  // namespace statewire
