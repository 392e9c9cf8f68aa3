#include "sink.h"

#include "base/ids.h"

namespace statewire {
namespace {

Verdict draw_verdict(const Mood& mood, std::mt19937_64& random) {
  const std::pair<uint32_t, Verdict> weights[] = {{mood.delivers, Verdict::delivered},
                                                  {mood.retries, Verdict::retry},
                                                  {mood.is_unavailable, Verdict::unavailable},
                                                  {mood.rejects, Verdict::reject},
                                                  {mood.is_gone, Verdict::gone}};
  uint64_t sum = 0;
  for (const auto& [weight, verdict] : weights) sum += weight;
  uint64_t draw = sum == 0 ? 0 : random() % sum;
  for (const auto& [weight, verdict] : weights) {
    if (draw < weight) return verdict;
    draw -= weight;
  }
  return Verdict::delivered;
}

}  // namespace

bool Trip::is_intact() const {
  for (size_t i = 0; i < views.size(); ++i) {
    const Delivery& view = views[i];
    const Sent& was = sent[i];
    if (view.id != was.id || view.resource != was.resource || view.payload != was.payload ||
        view.type != was.type) {
      return false;
    }
    if (view.batch != nullptr && view.batch->id != batch_id) return false;
  }
  return true;
}

void SimulatedSink::deliver(std::span<const Delivery> batch, Completion done) {
  auto trip = std::make_unique<Trip>();
  trip->name = name_;
  trip->generation = generation_;
  trip->sink = alive_;
  trip->done = std::move(done);
  trip->views.assign(batch.begin(), batch.end());
  for (const Delivery& each : batch) {
    trip->sent.push_back({.id = std::string(each.id),
                          .resource = std::string(each.resource),
                          .type = std::string(each.type),
                          .payload = std::string(each.payload),
                          .sequence = each.sequence,
                          .attempt = each.attempt,
                          .is_redriven = each.is_redriven});
  }
  if (batch.front().batch != nullptr) trip->batch_id = batch.front().batch->id;
  deliver_(std::move(trip));
}

std::string words_of(const Trip& trip) {
  std::string words = name_of_subscription(trip.name) + (trip.batch_id.empty() ? "" : " as batch");
  for (size_t i = 0; i < trip.sent.size(); ++i) {
    words += " " + std::to_string(trip.sent[i].sequence) +
             (is_of_many(trip.sent[i].type) ? "(digest of " + trip.sent[i].payload + ")"
                                            : std::string()) +
             (trip.sent[i].is_redriven ? "(redriven)" : "");
    if (i < trip.answer.size()) words += ":" + std::string(name_of(trip.answer[i].verdict));
  }
  return words;
}

bool is_refused(const Mood& mood, const std::string& id) {
  Trip trip;
  trip.sent.push_back({.id = id});
  plan_answer(mood, {}, trip);
  return trip.answer.front().verdict != Verdict::delivered;
}

// Drawn from the delivery and its attempt, so that it is the same whatever else happens. A frozen
// batch has one answer.
void plan_answer(const Mood& mood, Duration now, Trip& trip) {
  bool hangs = false;
  for (const Sent& sent : trip.sent) {
    const Sent& key = trip.batch_id.empty() ? sent : trip.sent.front();
    std::mt19937_64 random(mood.seed + hash64(key.id) + (mood.is_by_delivery ? 0 : key.attempt));
    const uint64_t sum = uint64_t{mood.delivers} + mood.retries + mood.is_unavailable +
                         mood.rejects + mood.is_gone + mood.hangs;
    hangs |= sum > 0 && random() % sum < mood.hangs;
    trip.answer.push_back({.verdict = draw_verdict(mood, random),
                           .detail = "said so",
                           .retry_after = mood.retry_after});
  }
  if (mood.answers_too_little) trip.answer.pop_back();
  trip.is_answered_twice = mood.answers_twice;
  trip.answers_at = hangs ? Duration::max() : now + mood.delay;
}

}  // namespace statewire
