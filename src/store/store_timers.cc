// Timers, in the order in which they are due. A value is format:1 kind:1 phase:1 and the texts of
// the timer but its resource's, which the key has.
#include "store/keys.h"
#include "store/store.h"
#include "store/store_state.h"

namespace statewire {
namespace {

constexpr uint8_t kFormat = 1;
// What the timer is for. Stored as numbers: never renumber.
enum class TimerKind : uint8_t { settle = 1 };

void encode(const Timer& timer, ByteWriter& out) {
  out.byte(kFormat);
  out.byte(static_cast<uint8_t>(TimerKind::settle));
  out.byte(static_cast<uint8_t>(timer.phase));
  for (const std::string_view text :
       {timer.type, timer.account, timer.region, timer.source, timer.value, timer.evidence}) {
    out.text(text);
  }
}

Result<Timer> decode(std::string_view key, std::string_view value) {
  ByteReader in(value);
  if (in.byte() != kFormat || in.byte() != static_cast<uint8_t>(TimerKind::settle)) in.fail();
  const uint8_t phase = in.byte();
  if (phase >= kPhaseCount) in.fail();
  Timer timer;
  timer.phase = static_cast<Phase>(phase);
  for (std::string_view* const text :
       {&timer.type, &timer.account, &timer.region, &timer.source, &timer.value, &timer.evidence}) {
    *text = in.text();
  }
  const auto parts = keys::parse_timer(key);
  if (!parts || !in.ok() || !in.at_end()) {
    return damaged("a stored timer is damaged or of a newer format");
  }
  timer.due = parts->due;
  timer.resource_id = parts->resource_id;
  return timer;
}

}  // namespace

void Store::add_timers(const Commit& commit, EngineBatch& batch) {
  StoreState& state = *state_;
  for (const Timer& timer : commit.timers) {
    state.value.clear();
    encode(timer, state.value);
    keys::set_timer(timer.due, timer.resource_id, state.key);
    batch.put(Family::timers, state.key, state.value.view());
  }
  for (const TimerKey& fired : commit.fired) {
    keys::set_timer(fired.due, fired.resource_id, state.key);
    batch.remove(Family::timers, state.key);
  }
}

// Only the first one is read.
Result<void> Store::load_timers() {
  return each_timer([](const Timer&) { return false; });
}

Time Store::next_timer() const { return state_->next_timer.seen().due; }

// What has fired leaves its place behind until the engine tidies up: the scan begins where the
// first one may be, and not before it.
Result<void> Store::each_timer(const std::function<bool(const Timer&)>& visit) const {
  const NextTimer::Seen seen = state_->next_timer.seen();
  std::string from;
  keys::set_timer(seen.due, {}, from);
  Time first = Time::max();
  Result<void> outcome;
  const auto read = engine_->each(Family::timers, from, Direction::forward,
                                  [&](std::string_view key, std::string_view value) {
                                    const auto timer = decode(key, value);
                                    if (!timer) return outcome = timer.error(), false;
                                    first = std::min(first, timer->due);
                                    return visit(*timer);
                                  });
  if (!read) return read;
  if (!outcome) return outcome;
  state_->next_timer.learn(seen, first);
  return {};
}

}  // namespace statewire
