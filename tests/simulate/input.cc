#include "input.h"

#include "base/check.h"
#include "base/limits.h"
#include "code.h"
#include "course.h"
#include "ingest/due_reminders_for_test.h"
#include "ingest/reminder_events.h"

namespace statewire {
namespace {

std::string_view actor_of(CauseKind kind) {
  if (kind == CauseKind::provider) return "spot";
  return kind == CauseKind::human ? "alice" : "ci";
}

Cause cause_of(const EventPlan& event, std::string_view evidence, Arena& arena) {
  if (event.cause == CauseKind::unknown) return {};
  return {.kind = event.cause,
          .confidence = Confidence::certain,
          .actor = actor_of(event.cause),
          .call = event.what == What::call ? std::string_view("Call") : std::string_view(),
          .evidence = arena.copy(evidence)};
}

void set_effect(const EventPlan& event, Observation& result) {
  switch (event.what) {
    case What::state:
      result.effect = Effect::state;
      result.phase = event.phase;
      result.value = name_of(event.phase);
      result.settles_after = event.settles_after;
      if (event.number % 5 == 0) result.toward = 0;
      result.key.stage = event.settles_after > Duration() ? 0 : 1;
      break;
    case What::call:
      result.effect = Effect::cause;
      result.key.stage = 0;
      break;
    case What::native_cause:
      result.effect = Effect::cause;
      result.key.stage = 1;
      break;
    case What::configure:
      result.effect = Effect::configure;
      break;
    case What::put:
      result.effect = Effect::state;
      result.flags |= kPut;
      result.phase = Phase::stable;
      result.value = result.origin.type;
      result.key.stage = 0;
      break;
    case What::tags:
    case What::whole_tags:
      result.effect = Effect::tag;
      if (event.what == What::whole_tags) result.flags |= kTagsWhole;
      break;
    case What::failure:
      result.effect = Effect::fail;
      result.error = "AccessDenied";
      // As a stack reports it of a resource that has events of its own.
      if (event.cause == CauseKind::deployment) result.phase = Phase::degraded;
      break;
  }
}

// As the catalog does it: a time far in the future is none.
void set_time(const EventPlan& event, Time received, Observation& result) {
  Time time = kBegin + event.at;
  if (event.is_untimed) {
    time = received;
    result.flags |= kNoTime;
  } else if (time > received + std::chrono::hours(1)) {
    time = received;
    result.flags |= kFutureTime;
  }
  result.key.time_ns = to_ns(time);
}

Observation observation_of(const EventPlan& event, Time received, Arena& arena) {
  Observation result;
  const std::string id = "event-" + std::to_string(event.number);
  const std::string_view resource = kResources[event.resource];
  result.key.event_id = {hash128("event", {id})};
  result.origin = {"simulation", "aws.simulated", "Simulated", arena.copy(id)};
  result.resource = {
      .id = event.is_under_alias ? kAliases[event.resource] : resource,
      .type = "AWS::EC2::Instance",
      .provider = "aws",
      .account = resource.find("4444") == resource.npos ? "111122223333" : "444455556666",
      .region = "eu-west-1"};
  result.flags = event.resource == 4 ? kReusableId : 0;
  set_effect(event, result);
  set_time(event, received, result);
  result.cause = cause_of(event, id, arena);
  result.severity = event.severity;
  if (event.team != 0) {
    const Tag tag{"team", kTeams[event.team]};
    result.tags = arena.copy_of(std::span<const Tag>(&tag, 1));
  }
  if (event.tells_alias) {
    const std::string_view alias = kAliases[event.resource];
    result.aliases = arena.copy_of(std::span<const std::string_view>(&alias, 1));
  }
  return result;
}

Fate only_fate(const ChunkFates& fates) {
  for (int fate = 0; fate < kFateCount; ++fate) {
    if (fates.counts[fate] > 0) return static_cast<Fate>(fate);
  }
  return Fate::ignored;
}

}  // namespace

Input::Input(Store& store, TrackLimits limits, std::shared_ptr<const Catalog> catalog)
    : store_(store), committer_(store, limits), recogniser_({std::move(catalog)}, {}) {
  ignore(0);
}

void Input::ignore(uint32_t resources) {
  ignored_ = resources;
  auto rules = std::make_shared<IngestRules>();
  rules->expect = simulated_expectations();
  for (size_t i = 0; i < std::size(kResources); ++i) {
    if (!is_ignored(resources, i)) continue;
    const auto ids = {kResources[i], i < std::size(kAliases) ? kAliases[i] : kResources[i]};
    for (const std::string_view id : ids) {
      const std::string rule = R"({"resource":{"id":[")" + std::string(id) + R"("]}})";
      rules->ignored.push_back(std::get<Pattern>(Pattern::compile(rule)));
    }
  }
  committer_.use(rules);
}

Result<std::vector<Fate>> Input::commit(std::span<const EventPlan> events, Time now) {
  std::vector<std::unique_ptr<Batch>> batches;
  for (const EventPlan& event : events) {
    auto& batch = batches.emplace_back(std::make_unique<Batch>());
    batch->source = "bus";
    batch->received = now;
    batch->observations.push_back(observation_of(event, now, batch->arena));
    const Identity resource = batch->observations.front().resource;
    const bool is_dropped = is_ignored(ignored_, event.resource);
    if (is_dropped) batch->observations.clear();
    batch->events.push_back({.fate = is_dropped ? Fate::ignored : Fate::recognised,
                             .account = resource.account,
                             .region = resource.region,
                             .observation_count = is_dropped ? 0u : 1u});
  }
  if (Result<void> done = committer_.commit(batches, now, fates_); !done) return done.error();
  std::vector<Fate> fates;
  for (const ChunkFates& each : fates_) fates.push_back(only_fate(each));
  return fates;
}

// As ReminderSource and Ingest do it together.
Result<uint64_t> Input::fire_due(Time now) {
  Arena arena;
  const Result<std::vector<Reminder>> read = due_reminders(store_, now, arena);
  if (!read) return read.error();
  const std::vector<Reminder>& due = *read;
  if (due.empty()) return uint64_t{0};
  std::vector<std::unique_ptr<Batch>> batches;
  Batch& batch = *batches.emplace_back(std::make_unique<Batch>());
  Chunk chunk{.source = std::string(kRemindersSource), .is_own = true};
  for (const Reminder& reminder : due) append_event_line(reminder, chunk.text);
  chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  recogniser_.recognise_whole(chunk, now, batch);
  for (const Reminder& reminder : due) {
    add_event(reminder, batch);
    ReminderKey& key = batch.fired.emplace_back(reminder.key);
    key.resource_id = batch.arena.copy(key.resource_id);
  }
  const uint64_t events = batch.events.size();
  if (Result<void> done = committer_.commit(batches, now, fates_); !done) return done.error();
  return events;
}

// Takes chunks as Ingest does, and commits each at once.
class Input::Direct final : public Intake {
 public:
  Direct(Input& input, const Clock& wall, uint64_t& events)
      : input_(input), wall_(wall), events_(events) {}

  Result<void> submit(Chunk&& chunk) override {
    std::vector<std::unique_ptr<Batch>> batches;
    Batch& batch = *batches.emplace_back(std::make_unique<Batch>());
    input_.recogniser_.recognise_whole(chunk, wall_.now(), batch);
    batch.cursor = std::move(chunk.cursor);
    const uint64_t events = batch.events.size();
    const Result<void> done = input_.committer_.commit(batches, wall_.now(), input_.fates_);
    if (done) events_ += events;
    if (stops_after_one) stop.request_stop();
    chunk.done(done ? Result<ChunkFates>(input_.fates_.front()) : Result<ChunkFates>(done.error()));
    return {};
  }
  void wait_for_room(std::stop_token) override {}
  Result<std::string> cursor(std::string_view key) override { return input_.store_.cursor(key); }
  Result<std::map<std::string, std::string>> cursors(std::string_view) override {
    return std::map<std::string, std::string>();
  }

  std::stop_source stop;
  bool stops_after_one = false;

 private:
  Input& input_;
  const Clock& wall_;
  uint64_t& events_;
};

bool Input::read_code(DeclaredStack stack, const Clock& wall, bool is_stopped, uint64_t& events) {
  Direct direct(*this, wall, events);
  direct.stops_after_one = is_stopped;
  InventoryPass pass(store_, direct, wall);
  InventoryReading reading;
  reading.stacks.push_back(std::move(stack));
  reading.place = "code";
  InventoryReach reach;
  const auto& catalog = *recogniser_.knowledge().catalog;
  const std::stop_token token = direct.stop.get_token();
  if (!pass.declare(kCodeInventory, reading, catalog, reach, token)) return false;
  return pass.look_at_records(reach, Code::kGrace, token).ok() && !direct.stop.stop_requested();
}

Time Input::next_due() const { return store_.next_reminder(); }

}  // namespace statewire
