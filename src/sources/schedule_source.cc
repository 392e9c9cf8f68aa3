#include "sources/schedule_source.h"

#include <algorithm>
#include <charconv>

#include "base/ids.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/log.h"
#include "config/json.h"
#include "sources/event_reader.h"
#include "sources/handover.h"

namespace statewire {
namespace {

// The clock is looked at so often: it may be set, and the machine may sleep.
constexpr Duration kLookMax = std::chrono::milliseconds(200);
// A clock that differs by less was not set: it runs a little faster or slower, or is corrected.
constexpr Duration kSetMin = std::chrono::minutes(1);
constexpr auto kPause = std::chrono::seconds(1);
constexpr auto kScheduleStopGrace = std::chrono::seconds(3);

// "2", the time, and the print of the rule.
constexpr int64_t kCursorFormat = 2;
constexpr int64_t kCursorWithoutRule = 1;

std::optional<int64_t> take_signed(std::string_view& text) {
  int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(parsed.ptr - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return number;
}

std::string encode_cursor(Time time, uint64_t rule) {
  return std::to_string(kCursorFormat) + ' ' + std::to_string(to_ns(time)) + ' ' +
         std::to_string(static_cast<int64_t>(rule));
}

// By how much a clock was set since the last look at it.
class SetClock {
 public:
  SetClock(const Clock& clock, const Clock& elapsed) : clock_(clock), elapsed_(elapsed) {}

  // Zero for what is no more than kSetMin.
  Duration set_by() {
    const Duration ahead = clock_.now().time_since_epoch() - elapsed_.now().time_since_epoch();
    const Duration by = ahead - std::exchange(ahead_, ahead);
    return by > kSetMin || by < -kSetMin ? by : Duration();
  }

 private:
  const Clock& clock_;
  const Clock& elapsed_;
  Duration ahead_ = clock_.now().time_since_epoch() - elapsed_.now().time_since_epoch();
};

}  // namespace

ScheduleSource::ScheduleSource(ScheduleOptions options, const Clock& clock,
                               std::shared_ptr<const Clock> elapsed)
    : options_(std::move(options)), clock_(clock), elapsed_(std::move(elapsed)), trouble_(clock) {}

// Nothing where this rule has none: it begins now.
std::optional<Time> ScheduleSource::stored_place(const std::string& cursor) const {
  std::string_view text = cursor;
  const auto format = take_signed(text);
  const auto time = take_signed(text);
  if (!format || !time) return std::nullopt;
  const auto rule = take_signed(text);
  const bool is_this_rule =
      *format == kCursorWithoutRule ||
      (*format == kCursorFormat && rule == static_cast<int64_t>(options_.times.print()));
  if (!is_this_rule) return std::nullopt;
  if (from_ns(*time) <= clock_.now() + kSetMin) return from_ns(*time);
  log_warn("the clock was ahead when this schedule fired last: it begins anew",
           {{"source", options_.name}, {"fired", format_time(from_ns(*time))}});
  return std::nullopt;
}

// Its thread goes on: the clock may be set back.
SourceNote ScheduleSource::note() const {
  if (next_time()) return {};
  return {.text = "it fires no more: all its times are over", .is_over = true};
}

std::string ScheduleSource::event_at(Time time) const {
  const std::string when = format_time(time);
  const auto id = hash128("schedule", {options_.name, when});
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.word("version", "0");
    json.hex("id", id);
    json.word("source", "statewire.schedule");
    json.time("time", time);
    json.raw(options_.members);
    json.end_object();
    json.end_line();
  });
}

// False where stop was requested first. What is not stored is handed over again.
bool ScheduleSource::commit(Intake& intake, std::string text, Time fired,
                            const std::stop_token& stop) {
  Handover handover(intake, stop, kScheduleStopGrace);
  while (!stop.stop_requested()) {
    Chunk chunk{.source = options_.name,
                .text = {},
                .place = "schedule",
                .cursor = {cursor_key(), encode_cursor(fired, options_.times.print())},
                .done = {}};
    chunk.text.reserve(text.size() + kPaddingBytes);
    chunk.text.assign(text);
    if (!handover.submit(std::move(chunk), {})) return false;
    const Handover::Returned returned = handover.take_back();
    trouble_.set(returned.origins.empty() ? "" : "an event was not stored: " + returned.reason);
    if (returned.origins.empty()) return true;
    log_warn("an event was not stored and is handed over again",
             {{"source", options_.name}, {"reason", returned.reason}});
    wait_for(kPause, stop);
  }
  return false;
}

bool ScheduleSource::fire(Intake& intake, Time time, const std::stop_token& stop) {
  return commit(intake, event_at(time), time, stop);
}

Result<void> ScheduleSource::run(Intake& intake, std::stop_token stop) {
  const Result<std::string> stored = intake.cursor(cursor_key());
  if (!stored) return stored.error();
  SetClock set_clock(clock_, *elapsed_);
  std::optional<Time> fired = stored_place(*stored);
  if (!fired) {
    // It begins now, and knows that it did after a restart before its first firing.
    fired = clock_.now();
    if (!commit(intake, "", *fired, stop)) return {};
  }
  // What falls due while an event waits to be stored was not missed: the source ran.
  bool has_waited = false;
  while (!stop.stop_requested()) {
    if (const Duration by = set_clock.set_by(); by != Duration()) {
      *fired += by;
      log_warn("the clock was set; this schedule goes on from where it is now",
               {{"source", options_.name}, {"seconds", by / std::chrono::seconds(1)}});
      if (!commit(intake, "", *fired, stop)) return {};
      continue;  // It may have been set again meanwhile.
    }
    const Time now = clock_.now();
    const bool fires_all = options_.catches_up || std::exchange(has_waited, false);
    for (const Time due : options_.times.due(*fired, now, fires_all ? kScheduleCatchUpMax : 1)) {
      if (!fire(intake, due, stop)) return {};
      fired = due;
    }
    has_waited = clock_.now() - now > kLookMax;
    const std::optional<Time> next = options_.times.next_after(std::max(*fired, now));
    wait_for(next ? std::min<Duration>(*next - now, kLookMax) : kLookMax, stop);
  }
  return {};
}

namespace {

// The members that the event has from its configuration, and those that every event has.
std::string members_of(std::string_view name, const Node& event) {
  return json_of([&](JsonWriter& json) {
    for (const Node& entry : event.entries()) {
      for (const char* own : {"version", "id", "source", "time"}) {
        if (entry.key() == own) entry.error_at_key("the schedule sets this by itself");
      }
      json.key_text(entry.key());
      json.raw(to_json(entry));
    }
    if (!event.find("detail-type")) json.word("detail-type", "Scheduled Event");
    if (!event.find("account")) json.word("account", "");
    if (!event.find("region")) json.word("region", "");
    if (!event.find("resources")) {
      json.begin_array("resources");
      json.text(name);
      json.end_array();
    }
    if (!event.find("detail")) json.raw("detail", "{}");
  });
}

std::optional<ScheduleTimes> read_cron(const Node& cron, const Node& timezone, Time now) {
  const Result<TimeZone> zone = TimeZone::find(timezone.text("UTC"));
  if (!zone) timezone.error(zone.error().text);
  if (!zone) return std::nullopt;
  Result<ScheduleTimes> times = ScheduleTimes::cron(cron.text(), *zone);
  if (!times) {
    cron.error(times.error().text);
    return std::nullopt;
  }
  if (!times->next_after(Time())) {
    cron.error("it never fires: there is no such day");
    return std::nullopt;
  }
  if (!times->next_after(now)) cron.warn("it fires no more: all its times are over");
  return *std::move(times);
}

std::optional<ScheduleTimes> read_times(MapReader& keys, Time now) {
  const Node every = keys.optional("every");
  const Node cron = keys.optional("cron");
  const Node timezone = keys.optional("timezone");
  if (every.exists() == cron.exists()) {
    keys.node().error("a schedule has one of \"every\" and \"cron\"");
    return std::nullopt;
  }
  if (cron) return read_cron(cron, timezone, now);
  if (timezone) timezone.error_at_key("a rate has no time zone");
  Result<ScheduleTimes> times = ScheduleTimes::every(every.text());
  if (times) return *std::move(times);
  every.error(times.error().text);
  return std::nullopt;
}

std::unique_ptr<Source> open_schedule(std::string_view name, MapReader& keys,
                                      SourceContext& context) {
  std::optional<ScheduleTimes> times = read_times(keys, context.clock.now());
  const Node event = keys.optional("event");
  std::string members = members_of(name, event);
  const bool catches_up = keys.optional("catch_up").boolean(false);
  if (!times) return nullptr;
  return std::make_unique<ScheduleSource>(ScheduleOptions{.name = std::string(name),
                                                          .times = *std::move(times),
                                                          .members = std::move(members),
                                                          .catches_up = catches_up},
                                          context.clock, context.elapsed);
}

}  // namespace

const SourceKind schedule_source_kind{
    .name = "schedule",
    .summary = "an event at times of one's own: every so often, or by a cron expression",
    .open = open_schedule,
};

}  // namespace statewire
