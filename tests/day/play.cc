#include "play.h"

#include <cstdio>

#include "base/check.h"
#include "base/limits.h"
#include "ingest/due_reminders_for_test.h"
#include "ingest/refold.h"
#include "ingest/reminder_events.h"
#include "route/subscription.h"

namespace statewire::day {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Duration kStep = minutes(1);
constexpr Duration kLookEvery = minutes(5);
constexpr Duration kLookEveryQuiet = hours(6);
// After the day: the last calls come in, and the last waits end.
constexpr Duration kAfter = hours(2);
constexpr size_t kEventsAtATime = 1'000;
constexpr char kBetween = '\x1f';

// Writes what Told has.
class ToldFormat final : public Format {
 public:
  std::string_view content_type() const override { return "text/plain"; }
  Result<void> render(const Notification& notification, std::string& out) const override {
    const auto add = [&](std::string_view text) { out.append(text) += kBetween; };
    add(std::to_string(static_cast<int>(notification.kind)));
    add(notification.resource.id);
    add(std::to_string(static_cast<int>(notification.drift)));
    add(notification.is_flapping ? "1" : "0");
    add(std::to_string(static_cast<int>(notification.cause.kind)));
    const DeploymentTold none{};
    const DeploymentTold& group =
        notification.deployment == nullptr ? none : *notification.deployment;
    for (const std::string_view text : {group.tool, group.stack, group.actor, group.account}) {
      add(text);
    }
    add(std::to_string(to_ns(group.began)));
    add(group.is_amendment ? "1" : "0");
    add(to_hex(group.is_amendment ? notification.amends : notification.id));
    return {};
  }
};

Told told_of(std::string_view text, Time at) {
  const auto next = [&] {
    const size_t end = text.find(kBetween);
    CHECK(end != text.npos);
    std::string word(text.substr(0, end));
    text.remove_prefix(end + 1);
    return word;
  };
  Told told{.at = at};
  told.kind = static_cast<NotificationKind>(std::stoi(next()));
  told.resource = next();
  told.drift = static_cast<Drift>(std::stoi(next()));
  told.is_flapping = next() == "1";
  told.cause = static_cast<CauseKind>(std::stoi(next()));
  told.tool = next();
  told.stack = next();
  told.actor = next();
  told.account = next();
  told.began = from_ns(std::stoll(next()));
  told.is_amendment = next() == "1";
  told.group = next();
  return told;
}

class ToldSink final : public Sink {
 public:
  ToldSink(std::vector<Told>& told, const Clock& clock) : told_(told), clock_(clock) {}
  void deliver(std::span<const Delivery> batch, Completion done) override {
    for (const Delivery& each : batch) told_.push_back(told_of(each.payload, clock_.now()));
    done(std::vector<Attempt>(batch.size()));
  }

 private:
  std::vector<Told>& told_;
  const Clock& clock_;
};

// Commits what it is given before it returns.
class DirectIntake final : public Intake {
 public:
  DirectIntake(Store& store, const Clock& clock, const std::shared_ptr<const Catalog>& catalog)
      : store_(store), clock_(clock), committer_(store, {}), recogniser_({catalog}, {}) {}

  Result<void> submit(Chunk&& chunk) override {
    const auto done = std::move(chunk.done);
    ChunkFates fates = commit(chunk, {});
    if (done) done(std::move(fates));
    return {};
  }
  void wait_for_room(std::stop_token) override {}
  Result<std::string> cursor(std::string_view key) override { return store_.cursor(key); }
  Result<std::map<std::string, std::string>> cursors(std::string_view) override {
    return std::map<std::string, std::string>();
  }

  // How many were due.
  size_t fire_due() {
    Arena arena;
    const Result<std::vector<Reminder>> due = due_reminders(store_, clock_.now(), arena);
    CHECK(due.ok());
    if (due->empty()) return 0;
    Chunk chunk{.source = std::string(kRemindersSource), .is_own = true};
    for (const Reminder& reminder : *due) append_event_line(reminder, chunk.text);
    commit(chunk, *due);
    return due->size();
  }

 private:
  ChunkFates commit(Chunk& chunk, std::span<const Reminder> due) {
    chunk.text.reserve(chunk.text.size() + kPaddingBytes);
    std::vector<std::unique_ptr<Batch>> batches;
    Batch& batch = *batches.emplace_back(std::make_unique<Batch>());
    recogniser_.recognise_whole(chunk, clock_.now(), batch);
    for (const Reminder& reminder : due) {
      add_event(reminder, batch);
      ReminderKey& key = batch.fired.emplace_back(reminder.key);
      key.resource_id = batch.arena.copy(key.resource_id);
    }
    batch.cursor = std::move(chunk.cursor);
    const Result<void> done = committer_.commit(batches, clock_.now(), fates_);
    CHECK(done.ok());
    return fates_.front();
  }

  Store& store_;
  const Clock& clock_;
  Committer committer_;
  ChunkRecogniser recogniser_;
  std::vector<ChunkFates> fates_;
};

std::unique_ptr<Store> open_store(const std::filesystem::path& folder, const Clock& clock) {
  Result<std::unique_ptr<Store>> store =
      Store::open({.path = folder.string(), .free_bytes_min = 0, .clock = &clock});
  CHECK(store.ok());
  return *std::move(store);
}

std::shared_ptr<const Catalog> the_catalog() {
  Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
  CHECK(catalog.ok());
  return std::make_shared<Catalog>(*std::move(catalog));
}

class Player {
 public:
  Player(const Day& day, const std::filesystem::path& folder)
      : day_(day),
        wall_(day.begins),
        steady_(day.begins),
        store_(open_store(folder, steady_)),
        intake_(*store_, wall_, catalog_),
        pass_(*store_, intake_, wall_),
        dispatcher_(*store_, steady_, wall_),
        stacks_(day.inventories.size()),
        is_written_(day.inventories.size()) {
    subscribe();
  }
  Played play(bool tells);

 private:
  void subscribe();
  void take_arrivals(Time now);
  void take_written(Time now);
  void read_inventories();
  void deliver();
  void look_at_groups();
  void step(Time now);
  void look();
  void read_records();

  const Day& day_;
  ManualClock wall_;
  ManualClock steady_;
  const std::shared_ptr<const Catalog> catalog_ = the_catalog();
  const std::unique_ptr<Store> store_;
  DirectIntake intake_;
  InventoryPass pass_;
  const ToldFormat format_;
  std::vector<Subscription> subscriptions_;
  const SinkKind kind_{.name = "told",
                       .summary = "keeps what it is told",
                       .limits = {.batch_deliveries_max = 1'000, .in_flight_max = 4},
                       .open = nullptr};
  Played played_;
  Dispatcher dispatcher_;
  InventoryReach reach_;
  const std::stop_source stop_;
  std::vector<std::map<size_t, DeclaredStack>> stacks_;  // By inventory.
  std::vector<bool> is_written_;                         // Since it was read.
  size_t next_arrival_ = 0;
  size_t next_written_ = 0;
};

void Player::subscribe() {
  subscriptions_.push_back({.name = "all", .when = Pattern::everything()});
  subscriptions_.push_back({.name = "people",
                            .when = Pattern::everything(),
                            .hold = {.for_cause = true, .at_most = minutes(15)},
                            .grouping = {.by_deployment = true}});
  PipelineSet set;
  for (size_t i = 0; i < subscriptions_.size(); ++i) {
    Subscription& subscription = subscriptions_[i];
    subscription.from = StartFrom::earliest;
    subscription.format = &format_;
    subscription.form = "told";
    subscription.sink_hash = i + 1;
    set.parts.push_back(
        {.subscription = subscription,
         .kind = kind_,
         .sink = std::make_unique<ToldSink>(i == 0 ? played_.all : played_.people, wall_),
         .store = *store_,
         .wall = wall_,
         .teller = {.instance = "day"},
         .seed = i + 1});
  }
  CHECK(dispatcher_.replace(std::move(set), {}).ok());
}

void Player::take_arrivals(Time now) {
  const std::vector<Arrival>& arrivals = day_.arrivals;
  while (next_arrival_ < arrivals.size() && arrivals[next_arrival_].at <= now) {
    Chunk chunk{.source = "bus"};
    chunk.done = [this](const Result<ChunkFates>& fates) {
      for (const Fate fate : {Fate::unrecognised, Fate::malformed, Fate::rejected}) {
        played_.unknown_events += fates->counts[static_cast<size_t>(fate)];
      }
    };
    for (size_t count = 0; count < kEventsAtATime && next_arrival_ < arrivals.size() &&
                           arrivals[next_arrival_].at <= now;
         ++count) {
      chunk.text.append(arrivals[next_arrival_++].line) += '\n';
      ++played_.events;
    }
    CHECK(intake_.submit(std::move(chunk)).ok());
  }
}

void Player::take_written(Time now) {
  while (next_written_ < day_.written.size() && day_.written[next_written_].at <= now) {
    const Written& written = day_.written[next_written_++];
    stacks_[written.inventory].insert_or_assign(written.stack, written.now);
    is_written_[written.inventory] = true;
  }
}

void Player::read_inventories() {
  for (size_t i = 0; i < day_.inventories.size(); ++i) {
    const std::string& name = day_.inventories[i];
    if (!is_written_[i]) {
      reach_.note_reading(name, wall_.now(), true);
      continue;
    }
    InventoryReading reading;
    reading.place = name;
    for (const auto& [place, stack] : stacks_[i]) reading.stacks.push_back(stack);
    CHECK(pass_.declare(name, reading, *catalog_, reach_, stop_.get_token()).ok());
    is_written_[i] = false;
  }
}

void Player::look() { CHECK(pass_.look_at_records(reach_, kGrace, stop_.get_token()).ok()); }

void Player::deliver() {
  while (dispatcher_.turn()) {
  }
}

// Messages count their members; the rows know which they are.
void Player::look_at_groups() {
  const Result<void> read = store_->each_delivery("people", 0, [&](uint64_t, const auto& row) {
    CHECK(row.ok());
    if (row->stage != Stage::group) return true;
    std::set<uint64_t>& members = played_.members[row->id];
    for (const GroupResource& resource : row->group.resources) members.insert(resource.hash);
    return true;
  });
  CHECK(read.ok());
}

void Player::step(Time now) {
  wall_.set(now);
  steady_.set(now);
  const auto is_time = [&](Duration every) { return (now - day_.begins) % every == Duration(); };
  take_written(now);
  if (is_time(kReadEvery)) read_inventories();
  take_arrivals(now);
  if (is_time(now < day_.begins_itself ? kLookEveryQuiet : kLookEvery)) look();
  while (intake_.fire_due() > 0) {
  }
  deliver();
  if (now >= day_.begins_itself) look_at_groups();
}

void Player::read_records() {
  const Result<void> read = store_->each_record({}, [&](const Record& record) {
    played_.stands.emplace(record.resource.id, record.drift);
    return true;
  });
  CHECK(read.ok());
}

Played Player::play(bool tells) {
  for (Time now = day_.begins; now <= day_.ends + kAfter; now += kStep) {
    step(now);
    const bool is_told = tells && (now - day_.begins) % hours(24) == Duration();
    if (is_told) {
      std::fprintf(stderr, "%s: %zu events, %zu entries\n", format_time(now).c_str(),
                   static_cast<size_t>(played_.events),
                   static_cast<size_t>(store_->last_sequence()));
    }
  }
  read_records();
  played_.entries = store_->last_sequence();
  const Result<RefoldReport> report = check_store(*store_, {});
  CHECK(report.ok());
  played_.differences = report->differences;
  return std::move(played_);
}

}  // namespace

Played play(const Day& day, const std::filesystem::path& folder, bool tells) {
  return Player(day, folder).play(tells);
}

}  // namespace statewire::day
