#include "script.h"

#include <algorithm>
#include <iterator>

#include "model/notification.h"

namespace statewire {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr uint64_t kRocksOneIn = 100;
// What happens is mostly of one deployment, or of several.
constexpr uint64_t kDeploysOneIn = 3;
// Seeds in which code is read: so many others draw as they did without it.
constexpr uint64_t kReadsCodeOneIn = 4;

// Draws the steps one after the other. It keeps its own clock, so that events are about when they
// are committed.
class Drawing {
 public:
  explicit Drawing(uint64_t seed) : random_(seed) { script_.seed = seed; }

  Script draw() {
    script_.plan = plan_ = draw_plan(random_);
    script_.is_on_rocks = script_.seed % kRocksOneIn == 0;
    if (chance(4)) script_.entries_back_max = 6;
    if (chance(4)) script_.horizon = hours(1);
    for (size_t name = 0; name < kNames; ++name) {
      if (chance(2)) add_mood(name);
    }
    const size_t steps = 10 + random_() % 90;
    while (script_.steps.size() < steps) add_step();
    return std::move(script_);
  }

 private:
  bool chance(uint64_t one_in) { return random_() % one_in == 0; }
  template <typename T>
  T one_of(std::initializer_list<T> items) {
    return items.begin()[random_() % items.size()];
  }
  Step& add(Does does) { return script_.steps.emplace_back(Step{.does = does}); }

  void add_step() {
    if (script_.seed % kReadsCodeOneIn == 1 && chance(10)) return add_reading();
    const uint64_t draw = random_() % 100;
    if (draw < 36) return add_commit();
    if (draw < 68) return add_pass();
    if (draw < 76) return add_end();
    if (draw < 80) return add_reload();
    if (draw < 82) return add_clock();
    if (draw < 84) return add_trim();
    if (draw < 88) return add_parked();
    if (draw < 95) return add_mood(random_() % kNames);
    if (draw < 97) {
      add(Does::answer_late).name = random_() % (kNames + 1);
      return;
    }
    add_failure();
  }

  void add_pass() {
    const Duration by =
        one_of<Duration>({Duration(), milliseconds(10), milliseconds(30), milliseconds(100),
                          milliseconds(300), milliseconds(600), milliseconds(1100), seconds(3),
                          seconds(20), minutes(2), minutes(12), hours(1)});
    pass(chance(40) ? Duration(hours(30)) : by);
    add(Does::pass).by = passed_;
  }

  void pass(Duration by) {
    passed_ = by;
    wall_ += by;
  }

  void add_end() {
    const Does does = one_of({Does::kill, Does::kill, Does::stop, Does::power_cut});
    pass(one_of<Duration>({Duration(), Duration(), milliseconds(700), minutes(5), hours(3)}));
    Step& step = add(does);
    step.by = passed_;
    step.number = chance(3) ? SIZE_MAX : random_() % 4;
  }

  void add_reload() {
    plan_ = draw_change(plan_, random_);
    Step& step = add(Does::reload);
    step.plan = plan_;
    step.by = one_of<Duration>({Duration(), seconds(5)});
  }

  void add_reading() {
    Step& step = add(Does::read_code);
    step.number = random_() % (1u << kDeclarable);
    step.by = one_of<Duration>({Duration(), minutes(2), hours(2)});
    step.is_on = chance(4);
  }

  void add_clock() {
    const Duration by =
        one_of<Duration>({hours(24 * 100), -hours(2), -minutes(3), minutes(3), hours(1)});
    wall_ += by;
    add(Does::set_clock).by = by;
  }

  void add_trim() { add(Does::trim).number = chance(3) ? 0 : random_() % 8; }

  void add_parked() {
    if (chance(4)) {
      add(Does::drop_waiting).name = random_() % kNames;
      return;
    }
    Step& step = add(chance(4) ? Does::drop : Does::redrive);
    step.name = chance(2) ? kNames : random_() % kNames;
    step.filter = chance(2) ? 0 : random_() % std::size(kFilters);
    step.is_on = chance(3);
  }

  void add_failure() {
    const Does does = chance(3) ? Does::fail_reads : Does::fail_writes;
    add(does).is_on = true;
    const size_t between = random_() % 3;
    for (size_t i = 0; i < between; ++i) chance(2) ? add_pass() : add_commit();
    if (does == Does::fail_writes && chance(4)) chance(2) ? add_reload() : add_end();
    add(does).is_on = false;
  }

  void add_mood(size_t name) {
    Step& step = add(Does::mood);
    step.name = name;
    Mood& mood = step.mood;
    mood.seed = static_cast<uint32_t>(random_());
    mood.delay = one_of<Duration>(
        {Duration(), milliseconds(20), milliseconds(20), milliseconds(900), seconds(40)});
    switch (random_() % 9) {
      case 0:
        mood.retries = one_of({1u, 9u});
        break;
      case 1:
        mood = {.delivers = 0, .retries = 1, .delay = mood.delay};
        break;
      case 2:
        mood = {.delivers = one_of({0u, 1u}), .is_unavailable = 1, .delay = mood.delay};
        break;
      case 3:
        mood = {.delivers = one_of({0u, 2u}), .rejects = 1, .delay = mood.delay, .seed = mood.seed};
        break;
      case 4:
        mood = {.delivers = one_of({0u, 4u}), .is_gone = 1, .delay = mood.delay, .seed = mood.seed};
        break;
      case 5:
        mood.hangs = one_of({1u, 1u, 9u});
        mood.delivers = 3;
        break;
      case 6:
        mood.retries = mood.rejects = mood.hangs = 1;
        mood.delivers = 3;
        break;
      case 7:
        mood.delivers = 3;
        (chance(2) ? mood.retries : mood.is_unavailable) = 1;
        mood.is_by_delivery = true;
        return;
      default:
        break;
    }
    if (mood.retries > 0 && chance(3)) {
      mood.retry_after = one_of<Duration>({hours(24 * 3650), -hours(5), minutes(7)});
    }
    mood.answers_twice = chance(6);
    mood.answers_too_little = chance(16);
  }

  void add_commit() {
    Step& step = add(Does::commit);
    const size_t count = chance(3) ? 1 + random_() % 12 : 1;
    for (size_t i = 0; i < count; ++i) step.events.push_back(draw_event());
  }

  EventPlan draw_event() {
    if (!seen_.empty() && chance(8)) return seen_[random_() % seen_.size()];
    EventPlan event;
    event.number = next_number_++;
    event.resource = chance(3) ? random_() % std::size(kResources) : 0;
    event.at = wall_ + draw_offset();
    event.is_untimed = chance(30);
    if (event.resource < std::size(kAliases) && chance(8)) event.is_under_alias = true;
    if (event.resource < std::size(kAliases) && chance(16)) {
      event.is_under_alias = false;
      event.tells_alias = true;
    }
    fill(event);
    if (script_.seed % kDeploysOneIn == 0) deploy(event);
    seen_.push_back(event);
    return event;
  }

  Duration draw_offset() {
    if (chance(8)) return one_of<Duration>({-minutes(3), -minutes(50), -hours(2), -hours(24 * 31)});
    if (chance(20)) return one_of<Duration>({seconds(5), hours(2), hours(24 * 365)});
    return -milliseconds(random_() % 1000);
  }

  void fill(EventPlan& event) {
    const uint64_t draw = random_() % 16;
    if (draw < 8) {
      event.what = What::state;
      event.phase = static_cast<Phase>(1 + random_() % (kPhaseCount - 1));
      if (chance(4)) event.cause = CauseKind::human;
      if (chance(6)) event.settles_after = one_of<Duration>({seconds(2), minutes(5), hours(2)});
      if (chance(6)) event.severity = kError;
      if (event.severity == 0 && chance(4)) event.severity = kWarn;
    } else if (draw < 11) {
      // Often of what was seen before: it tells its cause late.
      event.what = chance(2) ? What::call : What::native_cause;
      event.cause = chance(2) ? CauseKind::human : CauseKind::deployment;
      if (event.what == What::native_cause && chance(2)) event.cause = CauseKind::provider;
      if (!seen_.empty() && chance(2)) {
        const EventPlan& other =
            seen_[seen_.size() - 1 - random_() % std::min<size_t>(seen_.size(), 6)];
        event.resource = other.resource;
        event.is_under_alias = event.tells_alias = false;
        event.at = other.at + (event.what == What::call ? -seconds(2) : seconds(2));
      }
    } else if (draw < 12) {
      event.what = event.number % 2 == 0 ? What::configure : What::put;
    } else if (draw < 15) {
      event.what = chance(2) ? What::tags : What::whole_tags;
    } else {
      event.what = What::failure;
      if (event.number % 2 == 0) event.cause = CauseKind::deployment;
    }
    if (event.what == What::tags || event.what == What::whole_tags || chance(8)) {
      event.team = random_() % std::size(kTeams);
    }
  }

  // It often comes in late, and lies near to something else, or between two.
  void deploy(EventPlan& event) {
    if (event.what == What::state && !chance(4)) event.cause = CauseKind::deployment;
    if (seen_.empty() || !chance(3)) return;
    const EventPlan& other =
        seen_[seen_.size() - 1 - random_() % std::min<size_t>(seen_.size(), 12)];
    event.at = other.at + one_of<Duration>({-minutes(4), -seconds(20), -milliseconds(800),
                                            milliseconds(800), seconds(20), minutes(4)});
  }

  std::mt19937_64 random_;
  Script script_;
  Plan plan_;
  Duration wall_{};  // Since kBegin.
  Duration passed_{};
  uint32_t next_number_ = 1;
  std::vector<EventPlan> seen_;
};

std::string words_of(const EventPlan& event) {
  const std::string_view kinds[] = {"",         "call on ",     "cause of ",       "setting of ",
                                    "tags of ", "all tags of ", "failed call on ", "putting of "};
  std::string words(kinds[static_cast<size_t>(event.what)]);
  words += event.is_under_alias ? std::string(kAliases[event.resource])
                                : std::string(kResources[event.resource]);
  if (event.what == What::state) words.append(" ").append(name_of(event.phase));
  if (event.cause != CauseKind::unknown) words.append(" by ").append(name_of(event.cause));
  if (event.team != 0) words.append(" team=").append(kTeams[event.team]);
  words += event.is_untimed ? " without a time" : " at " + format_time(kBegin + event.at);
  if (event.settles_after > Duration())
    words += ", settles after " + format_duration(event.settles_after);
  if (event.severity != 0) words += event.severity == kWarn ? ", a warning" : ", an error";
  if (event.tells_alias) words.append(", alias ").append(kAliases[event.resource]);
  return words + " (event " + std::to_string(event.number) + ")";
}

std::string words_of(const Mood& mood) {
  std::string words;
  const auto add = [&](std::string_view what, uint32_t weight) {
    if (weight > 0) words += " " + std::string(what) + ":" + std::to_string(weight);
  };
  add("delivers", mood.delivers);
  add("retries", mood.retries);
  add("unavailable", mood.is_unavailable);
  add("rejects", mood.rejects);
  add("gone", mood.is_gone);
  add("hangs", mood.hangs);
  if (mood.delay > Duration()) words += " after " + format_duration(mood.delay);
  if (mood.retry_after != Duration()) {
    words += " retry-after " + std::to_string(mood.retry_after / seconds(1)) + "s";
  }
  if (mood.is_by_delivery) words += " by delivery";
  if (mood.answers_twice) words += " twice";
  if (mood.answers_too_little) words += " too little";
  return words;
}

std::string duration_words(Duration by) {
  return by < Duration() ? "-" + format_duration(-by) : format_duration(by);
}

}  // namespace

Script draw_script(uint64_t seed) { return Drawing(seed).draw(); }

std::string words_of(const Step& step) {
  const std::string name = step.name < kNames ? " of " + name_of_subscription(step.name) : "";
  const std::string filter =
      kFilters[step.filter].empty() ? "" : " of " + std::string(kFilters[step.filter]);
  const std::string by = duration_words(step.by);
  switch (step.does) {
    case Does::commit: {
      std::string words = "commit";
      for (const EventPlan& event : step.events) words += "\n      " + words_of(event);
      return words;
    }
    case Does::pass:
      return by + " pass";
    case Does::kill:
      return "kill; start again after " + by;
    case Does::stop:
      return "stop; start again after " + by;
    case Does::power_cut:
      return "power is cut, the last " +
             (step.number == SIZE_MAX ? "" : std::to_string(step.number) + " ") +
             "unsynced writes are lost; start again after " + by;
    case Does::reload:
      return "reload with a grace of " + by + words_of(step.plan);
    case Does::set_clock:
      return "the wall clock is set by " + by;
    case Does::trim:
      return "trim the journal to its last " + std::to_string(step.number);
    case Does::redrive:
      return "redrive" + name + filter + (step.is_on ? " without moot ones" : "");
    case Does::drop:
      return "drop" + name + filter;
    case Does::drop_waiting:
      return "drop what waits" + name;
    case Does::mood:
      return "sink" + name + words_of(step.mood);
    case Does::answer_late:
      return "answer what hangs" + name;
    case Does::read_code: {
      std::string words =
          "read code that was written " + by + " ago" + (step.is_on ? ", in part" : "");
      for (size_t i = 0; i < kDeclarable; ++i) {
        if ((step.number >> i & 1) != 0) words += "\n      declares " + std::string(kResources[i]);
      }
      return words;
    }
    case Does::fail_writes:
      return step.is_on ? "writes of delivery state fail" : "writes succeed again";
    case Does::fail_reads:
      return step.is_on ? "reads fail" : "reads succeed again";
  }
  return {};
}

std::string words_of(const Script& script) {
  std::string words = "start" + words_of(script.plan) + "\n";
  if (script.entries_back_max != 256) {
    words += "      looks back " + std::to_string(script.entries_back_max) + " entries\n";
  }
  if (script.is_on_rocks) words += "      its store is on disk\n";
  if (script.horizon != hours(24 * 30))
    words += "      horizon " + format_duration(script.horizon) + "\n";
  for (size_t i = 0; i < script.steps.size(); ++i) {
    words += (i < 9 ? "  " : " ") + std::to_string(i + 1) + ". " + words_of(script.steps[i]) + "\n";
  }
  return words;
}

}  // namespace statewire
