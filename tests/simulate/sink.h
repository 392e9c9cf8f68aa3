// The sinks of a simulation: what they are given, and how they answer.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "script.h"
#include "sinks/sink.h"

namespace statewire {

// A delivery as a sink was given it.
// Digests and groups.
inline bool is_of_many(std::string_view type) {
  return type == "statewire.receipt.v1" || type == "statewire.group.v1";
}

struct Sent {
  std::string id;
  std::string resource;
  std::string type;
  std::string payload;
  uint64_t sequence = 0;
  uint32_t attempt = 0;
  bool is_redriven = false;
};

// A batch on its way, until it is answered and beyond.
struct Trip {
  size_t name = 0;  // Of the subscription.
  uint64_t generation = 0;
  std::weak_ptr<const void> sink;  // Expired: nobody hears the answer.
  std::string batch_id;            // Of a frozen batch.
  std::vector<Sent> sent;
  std::vector<Delivery> views;  // What the sink borrows until it has answered.
  Completion done;
  Duration answers_at{};  // Duration::max(): it hangs.
  std::vector<Attempt> answer;
  bool is_answered_twice = false;

  bool hangs() const { return answers_at == Duration::max(); }
  // True where what it borrows is still what it was given.
  bool is_intact() const;
};

class SimulatedSink final : public Sink {
 public:
  using Deliver = std::function<void(std::unique_ptr<Trip>)>;
  SimulatedSink(size_t name, uint64_t generation, Deliver deliver)
      : name_(name), generation_(generation), deliver_(std::move(deliver)) {}
  void deliver(std::span<const Delivery> batch, Completion done) override;

 private:
  const size_t name_;
  const uint64_t generation_;
  const Deliver deliver_;
  const std::shared_ptr<const void> alive_ = std::make_shared<int>();
};

std::string words_of(const Trip& trip);
// Whether a sink that says the same of a delivery each time refuses this one.
bool is_refused(const Mood& mood, const std::string& id);
// Decides how `trip`, which begins at `now`, ends.
void plan_answer(const Mood& mood, Duration now, Trip& trip);

}  // namespace statewire
