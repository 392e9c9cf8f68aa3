#include "delivery/send.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "delivery/backoff.h"

namespace statewire {
namespace {

// One that was tried fewer times than this is not parked, however long an attempt took.
constexpr uint32_t kAttemptsMin = 3;
// As long as a circuit waits for its next probe at most.
constexpr Duration kRefusedWaitMax = std::chrono::minutes(1);
// The log says at most once in so long that a sink fails.
constexpr Duration kTroubleInterval = std::chrono::minutes(1);

bool is_left(const Attempt& part) {
  return part.verdict != Verdict::delivered && part.verdict != Verdict::reject;
}

// All recipients of the attempt but those that the row will be for are named as the others.
template <typename IsOwn>
void settle_others(DeliveryRow& row, const Attempt& attempt, IsOwn is_own) {
  for (const Attempt& part : attempt.parts) {
    if (is_own(part)) continue;
    row.settled_recipients.append(row.settled_recipients.empty() ? "" : ",").append(part.recipient);
  }
}

}  // namespace

std::string reason_of(const Attempt& attempt) {
  std::string reason;
  if (attempt.status != 0) reason = "http " + std::to_string(attempt.status);
  if (attempt.detail.starts_with(reason)) reason.clear();
  if (!attempt.detail.empty()) reason += (reason.empty() ? "" : ": ") + attempt.detail;
  return reason.empty() ? "no answer" : reason;
}

SendStage::SendStage(Parts parts)
    : subscription_(parts.subscription),
      kind_(parts.kind),
      book_(parts.book),
      wall_(parts.wall),
      answers_(std::make_shared<AnswerBox>(std::move(parts.wake))),
      sink_(std::move(parts.sink)),
      lanes_(parts.kind.limits.is_in_order),
      batches_(parts.kind.limits, parts.book, lanes_),
      random_(parts.seed) {}

// What the sink still looks at moves to where the sink's completion keeps it.
SendStage::~SendStage() {
  answers_->close();
  for (const std::shared_ptr<Flight>& flight : flights_) {
    for (const uint64_t number : flight->numbers) flight->kept.push_back(book_.extract(number));
  }
}

void SendStage::add(Booked& booked) {
  oldest_from_ = std::min(oldest_from_, booked.row.number);
  lanes_.add(booked);
}

// To another sink than the one that failed it is new: what that one asked for does not hold.
void SendStage::restore(Booked& booked, Time now) {
  DeliveryRow& row = booked.row;
  if (row.tried_at != 0 && row.tried_at != subscription_.sink_hash) {
    row.attempts = 0;
    row.due = Time{};
    booked.first_attempt.reset();
  }
  if (row.attempts > 0) {
    last_reason_ = row.last_detail;
    const Time written = row.due == Time{} ? wall_.now() : row.due - row.wait;
    begin_failing(booked, std::min(written, wall_.now()) - row.tried_for.value_or(Duration()));
  }
  row.due = row.due <= now ? Time{} : std::min(row.due, now + std::min(row.wait, kAskedMax));
  add(booked);
}

// --- What people are told.

void SendStage::begin_failing(Booked& booked, Time since) {
  if (failing_before_ && circuit_.successes() == 0) since = *failing_before_;
  if (!is_failing()) {
    failing_since_ = since;
    delivered_before_ = counts_.delivered;
  }
  failing_since_ = std::min(failing_since_, since);
  failing_ += booked.is_failing ? 0 : 1;
  booked.is_failing = true;
}

void SendStage::note_failure(Booked& booked, const Attempt& attempt) {
  begin_failing(booked, wall_.now());
  last_reason_ = reason_of(attempt);
}

// A sink that fails now and then is told of once a minute at most. `is_told`: by other words.
void SendStage::tell_trouble(bool is_told, Time now) {
  const bool is_soon = trouble_told_ && now < *trouble_told_ + kTroubleInterval;
  if (!is_told && (is_trouble_told_ || is_soon)) return;
  is_trouble_told_ = true;
  is_well_awaited_ = true;
  trouble_told_ = now;
  if (is_told) return;
  log_warn("a sink fails; deliveries are tried again",
           {{"subscription", subscription_.name}, {"reason", last_reason_}});
}

// It was parked, or somebody has it.
void SendStage::leave(Booked& booked) {
  if (booked.is_failing) --failing_;
  lanes_.remove(booked);
}

// Where the last of what failed was parked, it is well once something is delivered.
void SendStage::tell_if_well() {
  if (is_failing()) return;
  is_trouble_told_ = false;
  if (!is_well_awaited_ || counts_.delivered == delivered_before_) return;
  is_well_awaited_ = false;
  log_info("a sink is well again", {{"subscription", subscription_.name}});
}

std::optional<Trouble> SendStage::trouble() const {
  if (!is_failing()) return std::nullopt;
  Trouble trouble{.since = failing_since_, .reason = last_reason_};
  if (book_.is_gone()) return trouble;
  const Booked* const waiting = lanes_.next_waiting();
  if (circuit_.is_open()) {
    if (flights_.empty()) trouble.next_attempt = circuit_.probe_at();
  } else if (waiting != nullptr) {
    trouble.next_attempt = std::max(waiting->row.due, send_after_);
    trouble.is_as_asked = waiting->waits_as_asked;
  }
  return trouble;
}

std::optional<Time> SendStage::oldest_recorded() const {
  const Booked* const oldest = book_.next_in(Stage::send, oldest_from_);
  oldest_from_ = oldest == nullptr ? book_.state().next_number : oldest->row.number;
  if (oldest == nullptr || oldest->row.recorded == Time{}) return std::nullopt;
  return oldest->row.recorded;
}

// --- Sending.

void SendStage::await_batch(BatchRow row) { batches_.await(std::move(row)); }

void SendStage::batch_restored() { batches_.restored(); }

// A circuit that is open lets one delivery through, or one frozen batch, which is never cut.
std::vector<Booked*> SendStage::next_batch(Time now) {
  if (batches_.is_frozen_kind()) return batches_.claim(now, wall_.now(), is_full_);
  if (!circuit_.is_open()) return lanes_.claim_due(kind_.limits.batch_deliveries_max, now);
  Booked* const probe = lanes_.claim_probe(now);
  return probe == nullptr ? std::vector<Booked*>() : std::vector{probe};
}

void SendStage::send(Time now, bool is_full) {
  is_full_ = is_full;
  while (!book_.is_gone() && flights_.size() < kind_.limits.in_flight_max && now >= send_after_) {
    if (circuit_.is_open() && (now < circuit_.probe_at() || !flights_.empty())) return;
    const std::vector<Booked*> batch = next_batch(now);
    if (batch.empty()) return;
    if (kind_.limits.pace > Duration()) send_after_ = now + kind_.limits.pace;
    for (Booked* const booked : batch) {
      if (!booked->first_attempt) booked->first_attempt = now;
    }
    deliver(batch);
  }
}

void SendStage::deliver(std::span<Booked* const> batch) {
  const auto flight = std::make_shared<Flight>();
  flight->subscription = subscription_.name;
  const bool is_frozen = batches_.is_frozen_kind();
  if (is_frozen) {
    const BatchRow& row = batches_.row();
    flight->batch_id = row.id;
    flight->batch = {.id = flight->batch_id,
                     .first_sequence = row.first_sequence,
                     .last_sequence = row.last_sequence,
                     .frozen = row.frozen};
  }
  std::vector<Delivery> deliveries;
  deliveries.reserve(batch.size());
  flight->numbers.reserve(batch.size());
  for (const Booked* const booked : batch) {
    const DeliveryRow& row = booked->row;
    flight->numbers.push_back(row.number);
    deliveries.push_back({.id = row.id,
                          .subscription = flight->subscription,
                          .resource = row.resource,
                          .type = row.type,
                          .content_type = row.content_type,
                          .payload = row.payload,
                          .header = row.header,
                          .recipients = row.recipients,
                          .settled_recipients = row.settled_recipients,
                          .sequence = row.last_sequence,
                          .attempt = row.attempts + 1,
                          .first_attempt = *booked->first_attempt,
                          .is_redriven = row.is_redriven,
                          .batch = is_frozen ? &flight->batch : nullptr});
  }
  flights_.push_back(flight);
  sink_->deliver(deliveries, [flight, answers = answers_](std::vector<Attempt> attempts) {
    answers->put({flight, std::move(attempts)});
  });
}

bool SendStage::on_answers(Time now) {
  const std::vector<Answer> answers = answers_->take_all();
  for (const Answer& answer : answers) on_answer(answer, now);
  tell_if_well();
  return !answers.empty();
}

// A batch of several that is rejected is tried again one by one, before anything of it is parked. A
// frozen one cannot be split.
void SendStage::on_answer(const Answer& answer, Time now) {
  if (std::erase(flights_, answer.flight) == 0) return;  // It was answered twice.
  const std::vector<uint64_t>& numbers = answer.flight->numbers;
  exclude_open_time(answer, now);
  has_parked_ = false;
  const bool may_split = numbers.size() > 1 && !batches_.is_frozen_kind();
  for (size_t i = 0; i < numbers.size(); ++i) {
    Booked* const booked = book_.find(numbers[i]);
    if (booked == nullptr) continue;
    const Attempt attempt = i < answer.attempts.size()
                                ? answer.attempts[i]
                                : Attempt{.verdict = Verdict::retry, .detail = "no answer"};
    on_attempt(*booked, attempt, !may_split, now);
  }
  batches_.settle();
}

// While the circuit is open the sink is at fault: no delivery gets older by that. But the first of
// the only lane may be at fault itself, and no other can show it: it does, where it is tried again.
void SendStage::exclude_open_time(const Answer& answer, Time now) {
  const Duration open = std::max(Duration(), Duration(now - open_since_));
  open_since_ = now;
  if (!circuit_.is_open()) return;
  book_.on_clock_jump(open);
  if (!kind_.limits.is_in_order) return;
  const bool is_again =
      answer.attempts.empty() || answer.attempts.front().verdict == Verdict::retry;
  if (Booked* const first = lanes_.front(); is_again && first != nullptr && first->first_attempt) {
    *first->first_attempt -= open;
  }
}

void SendStage::on_attempt(Booked& booked, const Attempt& attempt, bool was_alone, Time now) {
  ++booked.row.attempts;
  booked.row.last_detail = reason_of(attempt);
  booked.row.tried_at = subscription_.sink_hash;
  if (!attempt.parts.empty()) return on_parts(booked, attempt, now);
  switch (attempt.verdict) {
    case Verdict::delivered:
      circuit_.succeeded();
      ++counts_.delivered;
      leave(booked);
      book_.settle(booked.row.number);
      break;
    case Verdict::retry:
      booked.is_alone |= attempt.is_of_whole_batch && !was_alone;
      // Others have it: it is not the sink that fails what is left over.
      retry(booked, attempt, !is_for_some(booked.row), now);
      break;
    case Verdict::unavailable:
      on_refused(booked, attempt, now);
      break;
    case Verdict::reject:
      circuit_.succeeded();
      if (was_alone) {
        park(booked, attempt, "rejected: " + reason_of(attempt));
      } else {
        booked.is_alone = true;
        postpone(booked, now);
      }
      break;
    case Verdict::gone:
      stop_for_good(booked, attempt);
      break;
  }
}

// The first time it may be for its own sake, and others go first. If others have passed when it is
// refused again, it is: then it is tried again by itself, and holds up nobody.
void SendStage::on_refused(Booked& booked, const Attempt& attempt, Time now) {
  const uint64_t successes = circuit_.successes();
  const bool have_others_passed = booked.refused_after.value_or(successes) != successes;
  booked.refused_after = successes;
  if (have_others_passed) return retry(booked, attempt, false, now);
  note_failure(booked, attempt);
  const bool is_soon = refusal_told_ && now < *refusal_told_ + kTroubleInterval;
  const bool is_opened = circuit_.refused(now, random_) && !is_soon;
  if (is_opened) {
    refusal_told_ = now;
    log_error("a sink refuses everything until a person acts; its deliveries wait",
              {{"subscription", subscription_.name}, {"answer", reason_of(attempt)}});
  }
  tell_trouble(is_opened, now);
  postpone(booked,
           now + std::min<Duration>(backoff(booked.row.attempts, {}, random_), kRefusedWaitMax));
}

// Those that have it are done, and each that was refused is parked by itself. What is left over is
// tried again in a lane of its own: one mailbox that is full holds up nobody else.
void SendStage::on_parts(Booked& booked, const Attempt& attempt, Time now) {
  circuit_.succeeded();
  bool is_delivered = false;
  for (const Attempt& part : attempt.parts) {
    is_delivered |= part.verdict == Verdict::delivered;
    if (part.verdict != Verdict::reject) continue;
    DeliveryRow row = booked.row;
    settle_others(row, attempt, [&](const Attempt& each) { return &each == &part; });
    book_.park_new(parked_of(std::move(row), part, "rejected: " + reason_of(part)));
  }
  if (const auto left = std::ranges::find_if(attempt.parts, is_left); left != attempt.parts.end()) {
    settle_others(booked.row, attempt, is_left);
    booked.row.recipients.clear();
    booked.row.last_detail = reason_of(*left);
    lanes_.part(booked);
    Attempt of_left = *left;
    of_left.retry_after = attempt.retry_after;
    for (auto each = left; each != attempt.parts.end(); ++each) {
      if (!is_left(*each)) continue;
      booked.row.recipients.append(each == left ? "" : ",").append(each->recipient);
      if (each != left) of_left.detail += "; " + each->detail;
      if (each->verdict == Verdict::unavailable) of_left.verdict = Verdict::unavailable;
    }
    of_left.recipient.clear();  // Of several, maybe.
    of_left.detail = cut_utf8(of_left.detail, kAttemptDetailBytesMax);
    if (of_left.verdict == Verdict::unavailable) return on_refused(booked, of_left, now);
    return retry(booked, of_left, false, now);
  }
  if (is_delivered) ++counts_.delivered;
  leave(booked);
  book_.settle(booked.row.number);
}

// Whatever the sink asks for, there is an attempt by the end of `retry_for`. While the circuit is
// open the sink is at fault, and nothing is parked for it, but for the first of the only lane.
void SendStage::retry(Booked& booked, const Attempt& attempt, bool is_sink_at_fault, Time now) {
  ++counts_.retried;
  note_failure(booked, attempt);
  const bool may_park = !circuit_.is_open() || kind_.limits.is_in_order;
  const bool is_opened = is_sink_at_fault && circuit_.failed(booked.row.number, now, random_);
  if (is_opened) {
    log_warn("a sink fails again and again; its deliveries wait",
             {{"subscription", subscription_.name}, {"answer", reason_of(attempt)}});
  }
  tell_trouble(is_opened, now);
  const Duration left = *booked.first_attempt + subscription_.retry_for - now;
  // Of the only lane one is taken out at a time: those behind it may have waited for it alone.
  const bool is_first = booked.before == nullptr && !(kind_.limits.is_in_order && has_parked_);
  if (is_first && may_park && left <= Duration() && booked.row.attempts >= kAttemptsMin) {
    const std::string reason = "retried for " + format_duration(subscription_.retry_for) + ": ";
    return park(booked, attempt, reason + reason_of(attempt));
  }
  const Duration asked = std::clamp(attempt.retry_after, Duration(), std::max(left, Duration()));
  const Duration wait = backoff(booked.row.attempts, asked, random_);
  booked.waits_as_asked = asked > Duration() && wait == std::min(asked, kAskedMax);
  postpone(booked, now + wait);
}

void SendStage::postpone(Booked& booked, Time due) {
  lanes_.postpone(booked, due);
  book_.change(booked);
}

void SendStage::park(Booked& booked, const Attempt& attempt, std::string reason) {
  leave(booked);
  const uint64_t number = booked.row.number;
  book_.park(number, parked_of(booked.row, attempt, std::move(reason)));
}

ParkedRow SendStage::parked_of(DeliveryRow row, const Attempt& attempt, std::string reason) {
  ++counts_.parked;
  has_parked_ = true;
  if (!attempt.recipient.empty()) row.recipients = attempt.recipient;
  log_warn(
      "a delivery was parked",
      {{"subscription", subscription_.name}, {"sequence", row.last_sequence}, {"reason", reason}});
  return {.delivery = std::move(row),
          .parked = wall_.now(),
          .last_status = attempt.status,
          .reason = std::move(reason)};
}

void SendStage::stop_for_good(Booked& booked, const Attempt& attempt) {
  postpone(booked, Time{});
  if (book_.is_gone()) return;
  book_.set_gone(true);
  log_error("a sink is gone: its subscription stops, and keeps its place",
            {{"subscription", subscription_.name}, {"answer", reason_of(attempt)}});
}

std::optional<Time> SendStage::next_due(Time now) const {
  if (book_.is_gone() || flights_.size() >= kind_.limits.in_flight_max) return std::nullopt;
  std::optional<Time> due =
      batches_.is_frozen_kind() ? batches_.next_due(now, is_full_) : lanes_.next_due();
  if (!due) return due;
  due = std::max(*due, send_after_);
  if (!circuit_.is_open()) return due;
  if (!flights_.empty()) return std::nullopt;
  return std::max(*due, circuit_.probe_at());
}

}  // namespace statewire
