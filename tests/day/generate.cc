// What is to happen is planned first, and then happens in the order of time: so each step sees the
// estate as those before it have left it, and the truth is written down where it is made.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <random>
#include <tuple>

#include "base/check.h"
#include "day.h"
#include "events.h"

namespace statewire::day {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr size_t kResourcesPerTeam = 5'000;
constexpr size_t kStatesPerTeam = 10;
constexpr size_t kRunResourcesMean = 12;
constexpr size_t kRunResourcesMax = 60;
constexpr Duration kRunMax = minutes(10);
// Of CloudTrail; native events take seconds.
constexpr Duration kCallArrivesMax = minutes(14);
// How long an instance takes: the middle one, and how far others are from it.
struct Takes {
  double median_seconds;
  double sigma;
};
constexpr Takes kStarts{30, 0.4};
constexpr Takes kStops{40, 0.5};
constexpr Takes kEnds{45, 0.5};

enum class Kind { queue, topic, bucket, instance, alarm };

struct Thing {
  Kind kind = Kind::queue;
  std::string name;
  std::string id;
  std::string address;
  bool is_there = true;
};

struct State {
  size_t team = 0;
  size_t place = 0;  // In its team.
  uint64_t serial = 0;
  std::vector<std::shared_ptr<Thing>> things;
  std::string group;                  // Of Auto Scaling.
  std::vector<std::string> children;  // Instances of the group.
};

struct Stack {
  size_t team = 0;
  size_t place = 0;
  std::string name;
  std::string id;
  std::vector<DeclaredResource> resources;
};

struct Run {
  size_t team = 0;
  size_t state = 0;
  Time begins;
  Time ends;
};

class Generator {
 public:
  explicit Generator(const Size& size) : size_(size), random_(size.seed) {}
  Day generate();

 private:
  uint64_t below(uint64_t bound) { return random_() % bound; }
  bool one_in(uint64_t count) { return below(count) == 0; }
  Duration some(Duration least, Duration most) {
    return least +
           Duration(static_cast<int64_t>(below(static_cast<uint64_t>((most - least).count()))));
  }
  Duration some(const Takes& takes);
  State& some_state() { return states_[below(states_.size())]; }
  std::string account_of(size_t team) const { return fmt::format("1000000000{:02}", team); }
  std::string role_of(size_t team) const { return fmt::format("ci-team-{}", team); }

  void arrive(Time at, std::string line);
  void native(Time time, const std::function<std::string(uint64_t)>& line);
  void call(const Call& call);
  void on(Time time, std::function<void(Time)> what) { plan_.emplace(time, std::move(what)); }

  void build();
  std::shared_ptr<Thing> make(State& state, Kind kind);
  std::shared_ptr<Thing> some_thing(State& state, bool is_instance);
  void write(State& state, Time at);
  void write(const Stack& stack, Time at);

  void create(const Thing& thing, size_t team, const Caller& by, Time time);
  void set(const Thing& thing, size_t team, const Caller& by, Time time);
  void remove(const Thing& thing, size_t team, const Caller& by, Time time);
  void remove_instance(const std::string& id, size_t team, const Caller& by, Time time,
                       const std::string& group, bool is_stuck);

  void plan_deployments();
  void plan_hand_changes();
  void plan_moves(Time from, Duration within, size_t count);
  void plan_stuck();
  void plan_alarms();
  void run(const Run& run);
  void deploy_stack(size_t team, Time time);
  void launch(State& state, Time time, bool is_stuck);
  void scale_in(State& state, Time time, bool is_stuck);
  void change_by_hand(Time time);
  void make_by_hand(Time time);
  void lose_by_hand(Time time);
  void end_a_child_by_hand(Time time);
  State* calm_state(Time time, bool& is_run_near);
  void alarm(Time time, bool is_flapping);

  void stand(const std::string& id, Word word) { day_.truth.stands[id] = word; }
  void tell(Word word, const std::string& id, bool is_sure = true) {
    ++(is_sure ? day_.truth.told : day_.truth.may_be_told)[{word, id}];
  }

  const Size size_;
  std::mt19937_64 random_;
  Day day_;
  std::multimap<Time, std::function<void(Time)>> plan_;
  std::vector<State> states_;
  std::vector<std::vector<Stack>> stacks_;  // By team.
  std::vector<Run> runs_;
  std::set<std::string> changed_by_hand_;
  size_t teams_ = 0;
  uint64_t numbers_ = 0;
  uint64_t names_ = 0;
};

Duration Generator::some(const Takes& takes) {
  std::lognormal_distribution<double> draw(std::log(takes.median_seconds), takes.sigma);
  double taken = draw(random_);
  if (one_in(100)) taken *= 3;  // A slow kind of it.
  return seconds(std::max<int64_t>(2, std::llround(taken)));
}

// --- Arrivals.

void Generator::arrive(Time at, std::string line) {
  if (one_in(50)) day_.arrivals.push_back({at + some(seconds(1), minutes(1)), line});
  day_.arrivals.push_back({at, std::move(line)});
}

void Generator::native(Time time, const std::function<std::string(uint64_t)>& line) {
  arrive(time + some(seconds(0), seconds(5)), line(++numbers_));
}

void Generator::call(const Call& call) {
  const Duration late =
      one_in(10) ? some(minutes(5), kCallArrivesMax) : some(seconds(20), minutes(5));
  arrive(call.time + late, line_of_call(call, ++numbers_));
}

// --- The estate.

std::shared_ptr<Thing> Generator::make(State& state, Kind kind) {
  auto thing = std::make_shared<Thing>();
  const std::string account = account_of(state.team);
  const uint64_t number = ++names_;
  thing->kind = kind;
  switch (kind) {
    case Kind::queue:
      thing->name = fmt::format("jobs-{}", number);
      thing->id = fmt::format("arn:aws:sqs:{}:{}:{}", kRegion, account, thing->name);
      thing->address = fmt::format("aws_sqs_queue.jobs_{}", number);
      break;
    case Kind::topic:
      thing->name = fmt::format("news-{}", number);
      thing->id = fmt::format("arn:aws:sns:{}:{}:{}", kRegion, account, thing->name);
      thing->address = fmt::format("aws_sns_topic.news_{}", number);
      break;
    case Kind::bucket:
      thing->name = fmt::format("files-{}", number);
      thing->id = "arn:aws:s3:::" + thing->name;
      thing->address = fmt::format("aws_s3_bucket.files_{}", number);
      break;
    case Kind::instance:
      thing->name = fmt::format("i-{:017x}", number);
      thing->id = instance_arn(account, thing->name);
      thing->address = fmt::format("aws_instance.host_{}", number);
      break;
    case Kind::alarm:
      thing->name = fmt::format("load-{}", number);
      thing->id = fmt::format("arn:aws:cloudwatch:{}:{}:alarm:{}", kRegion, account, thing->name);
      thing->address = fmt::format("aws_cloudwatch_metric_alarm.load_{}", number);
      break;
  }
  return thing;
}

void Generator::build() {
  teams_ = std::max<size_t>(2, size_.resources / kResourcesPerTeam);
  CHECK(teams_ < 100);
  stacks_.resize(teams_);
  for (size_t team = 0; team < teams_; ++team) {
    day_.inventories.push_back(fmt::format("states-{}", team));
    for (size_t place = 0; place < kStatesPerTeam; ++place) {
      states_.push_back({.team = team,
                         .place = place,
                         .things = {},
                         .group = fmt::format("web-{}-{}", team, place),
                         .children = {}});
    }
  }
  for (size_t team = 0; team < teams_; ++team) {
    day_.inventories.push_back(fmt::format("stacks-{}", team));
  }
  for (size_t i = 0; i < size_.resources; ++i) {
    State& state = states_[i % states_.size()];
    constexpr Kind kKinds[] = {Kind::queue, Kind::queue,  Kind::topic,    Kind::topic, Kind::bucket,
                               Kind::queue, Kind::bucket, Kind::instance, Kind::alarm};
    state.things.push_back(make(state, kKinds[below(std::size(kKinds))]));
    stand(state.things.back()->id, Word::none);
  }
  for (State& state : states_) write(state, day_.begins - hours(1));
}

void Generator::write(State& state, Time at) {
  DeclaredStack now{.name = fmt::format("state-{}", state.place),
                    .tool = "terraform",
                    .written = at,
                    .lineage = fmt::format("{}-{}", state.team, state.place),
                    .serial = ++state.serial,
                    .resources = {},
                    .unjoined = {}};
  const std::string account = account_of(state.team);
  const auto declare = [&](std::string type, std::string id, const std::string& address) {
    now.resources.push_back({.type = std::move(type),
                             .id = std::move(id),
                             .account = account,
                             .region = std::string(kRegion),
                             .address = address,
                             .block = address,
                             .file = "main.tf",
                             .line = 1});
  };
  for (const auto& thing : state.things) declare("", thing->id, thing->address);
  declare("AWS::AutoScaling::AutoScalingGroup", state.group, "aws_autoscaling_group.web");
  day_.written.push_back({at, state.team, state.place, std::move(now)});
}

void Generator::write(const Stack& stack, Time at) {
  DeclaredStack now{.id = stack.id,
                    .name = stack.name,
                    .tool = "cloudformation",
                    .written = at,
                    .is_written_by_parts = true,
                    .lineage = {},
                    .resources = stack.resources,
                    .unjoined = {}};
  day_.written.push_back({at, teams_ + stack.team, stack.place, std::move(now)});
}

std::shared_ptr<Thing> Generator::some_thing(State& state, bool is_instance) {
  for (size_t tries = 0; tries < 1'000; ++tries) {
    const auto& thing = state.things[below(state.things.size())];
    const bool fits = is_instance ? thing->kind == Kind::instance
                                  : thing->kind != Kind::instance && thing->kind != Kind::alarm;
    if (fits && thing->is_there && !changed_by_hand_.contains(thing->id)) return thing;
  }
  return nullptr;
}

// --- What is done.

void Generator::create(const Thing& thing, size_t team, const Caller& by, Time time) {
  Call made{.account = account_of(team), .time = time, .by = by};
  switch (thing.kind) {
    case Kind::queue:
      made.service = "sqs";
      made.name = "CreateQueue";
      made.request = fmt::format(R"({{"queueName":"{}"}})", thing.name);
      made.answer = fmt::format(R"({{"queueUrl":"https://sqs.{}.amazonaws.com/{}/{}"}})", kRegion,
                                made.account, thing.name);
      break;
    case Kind::topic:
      made.service = "sns";
      made.name = "CreateTopic";
      made.request = fmt::format(R"({{"name":"{}"}})", thing.name);
      made.answer = fmt::format(R"({{"topicArn":"{}"}})", thing.id);
      break;
    case Kind::bucket:
      made.service = "s3";
      made.name = "CreateBucket";
      made.request = fmt::format(R"({{"bucketName":"{}"}})", thing.name);
      break;
    case Kind::instance:
      made.service = "ec2";
      made.name = "RunInstances";
      made.request = R"({"instanceType":"t3.small"})";
      made.answer = fmt::format(
          R"({{"instancesSet":{{"items":[{{"instanceId":"{}","instanceState":{{"name":"pending"}}}}]}}}})",
          thing.name);
      break;
    case Kind::alarm:
      return;
  }
  call(made);
  if (thing.kind != Kind::instance) return;
  native(time + seconds(1), [&](uint64_t number) {
    return line_of_instance(made.account, thing.name, "pending", time + seconds(1), number);
  });
  const Time running = time + seconds(1) + some(kStarts);
  native(running, [&](uint64_t number) {
    return line_of_instance(made.account, thing.name, "running", running, number);
  });
}

void Generator::set(const Thing& thing, size_t team, const Caller& by, Time time) {
  Call made{.account = account_of(team), .time = time, .by = by};
  switch (thing.kind) {
    case Kind::queue:
      made.service = "sqs";
      made.name = "SetQueueAttributes";
      made.request = fmt::format(
          R"({{"queueUrl":"https://sqs.{}.amazonaws.com/{}/{}","attributes":{{"DelaySeconds":"{}"}}}})",
          kRegion, made.account, thing.name, below(900));
      break;
    case Kind::topic:
      made.service = "sns";
      made.name = "SetTopicAttributes";
      made.request =
          fmt::format(R"({{"topicArn":"{}","attributeName":"DisplayName","attributeValue":"n{}"}})",
                      thing.id, below(900));
      break;
    case Kind::bucket:
      made.service = "s3";
      made.name = "PutBucketPolicy";
      made.request = fmt::format(R"({{"bucketName":"{}","bucketPolicy":{{}}}})", thing.name);
      break;
    case Kind::instance:
    case Kind::alarm:
      return;
  }
  call(made);
}

void Generator::remove(const Thing& thing, size_t team, const Caller& by, Time time) {
  Call made{.account = account_of(team), .time = time, .by = by};
  switch (thing.kind) {
    case Kind::queue:
      made.service = "sqs";
      made.name = "DeleteQueue";
      made.request = fmt::format(R"({{"queueUrl":"https://sqs.{}.amazonaws.com/{}/{}"}})", kRegion,
                                 made.account, thing.name);
      break;
    case Kind::topic:
      made.service = "sns";
      made.name = "DeleteTopic";
      made.request = fmt::format(R"({{"topicArn":"{}"}})", thing.id);
      break;
    case Kind::bucket:
      made.service = "s3";
      made.name = "DeleteBucket";
      made.request = fmt::format(R"({{"bucketName":"{}"}})", thing.name);
      break;
    case Kind::instance:
      return remove_instance(thing.name, team, by, time, "", false);
    case Kind::alarm:
      return;
  }
  call(made);
}

void Generator::remove_instance(const std::string& id, size_t team, const Caller& by, Time time,
                                const std::string& group, bool is_stuck) {
  const std::string account = account_of(team);
  call({.service = "ec2",
        .name = "TerminateInstances",
        .request = fmt::format(R"({{"instancesSet":{{"items":[{{"instanceId":"{}"}}]}}}})", id),
        .account = account,
        .time = time,
        .by = by});
  native(time + seconds(1), [&](uint64_t number) {
    return line_of_instance(account, id, "shutting-down", time + seconds(1), number);
  });
  if (is_stuck) return;
  const Time gone = time + seconds(1) + some(kEnds);
  native(gone, [&](uint64_t number) {
    return line_of_instance(account, id, "terminated", gone, number);
  });
  if (group.empty()) return;
  native(gone + seconds(1), [&](uint64_t number) {
    return line_of_scaling(account, group, id, false, gone + seconds(1), number);
  });
}

void Generator::launch(State& state, Time time, bool is_stuck) {
  const std::string account = account_of(state.team);
  const std::string id = fmt::format("i-{:017x}", ++names_);
  call(
      {.service = "ec2",
       .name = "RunInstances",
       .request = fmt::format(
           R"({{"instanceType":"t3.small","tagSpecificationSet":{{"items":[{{"resourceType":)"
           R"("instance","tags":[{{"key":"aws:autoscaling:groupName","value":"{}"}}]}}]}}}})",
           state.group),
       .answer = fmt::format(
           R"({{"instancesSet":{{"items":[{{"instanceId":"{}","instanceState":{{"name":"pending"}}}}]}}}})",
           id),
       .account = account,
       .time = time,
       .by = {Who::autoscaling, {}}});
  const Time pending = time + seconds(1);
  native(pending, [&](uint64_t number) {
    return line_of_instance(account, id, "pending", pending, number);
  });
  stand(instance_arn(account, id), Word::none);
  if (is_stuck) return tell(Word::stuck, instance_arn(account, id));
  const Time running = pending + some(kStarts);
  native(running, [&](uint64_t number) {
    return line_of_instance(account, id, "running", running, number);
  });
  native(running + seconds(20), [&](uint64_t number) {
    return line_of_scaling(account, state.group, id, true, running + seconds(20), number);
  });
  on(running + minutes(1), [&state, id](Time) { state.children.push_back(id); });
}

void Generator::scale_in(State& state, Time time, bool is_stuck) {
  if (state.children.empty()) return launch(state, time, is_stuck);
  const size_t place = below(state.children.size());
  const std::string id = state.children[place];
  state.children.erase(state.children.begin() + static_cast<std::ptrdiff_t>(place));
  remove_instance(id, state.team, {Who::autoscaling, {}}, time, state.group, is_stuck);
  const std::string arn = instance_arn(account_of(state.team), id);
  if (is_stuck) return tell(Word::stuck, arn);
  day_.truth.stands.erase(arn);
}

// --- Deployments.

void Generator::run(const Run& run) {
  State& state = states_[run.team * kStatesPerTeam + run.state];
  const Caller by{Who::terraform, role_of(run.team)};
  std::geometric_distribution<size_t> draw(1.0 / kRunResourcesMean);
  const size_t count = std::min(kRunResourcesMax, 1 + draw(random_));
  Deployment told{.tool = "terraform",
                  .name = by.name,
                  .account = account_of(run.team),
                  .began = run.begins,
                  .ended = run.ends,
                  .resources = {}};
  size_t done = 0;
  const auto next_time = [&] {
    return run.begins + (run.ends - run.begins) * done++ / (count + 1);
  };
  std::vector<std::shared_ptr<Thing>> kept;
  for (const auto& thing : state.things) {
    if (thing->is_there || thing->kind != Kind::instance) kept.push_back(thing);
    if (thing->is_there) continue;
    // It was lost: the run makes it again, an instance as another one.
    std::shared_ptr<Thing> made = thing;
    if (thing->kind == Kind::instance) {
      day_.truth.stands.erase(thing->id);
      made = kept.emplace_back(make(state, Kind::instance));
    }
    made->is_there = true;
    create(*made, run.team, by, next_time());
    told.resources.insert(made->id);
  }
  state.things = std::move(kept);
  while (told.resources.size() < count) {
    const uint64_t what = below(20);
    if (what < 11) {
      const auto thing = some_thing(state, false);
      if (thing == nullptr || told.resources.contains(thing->id)) break;
      set(*thing, run.team, by, next_time());
      told.resources.insert(thing->id);
    } else if (what < 17) {
      constexpr Kind kMade[] = {Kind::queue, Kind::topic, Kind::bucket, Kind::instance};
      const auto thing = state.things.emplace_back(make(state, kMade[below(4)]));
      create(*thing, run.team, by, next_time());
      told.resources.insert(thing->id);
    } else {
      const auto thing = some_thing(state, what == 19);
      if (thing == nullptr || told.resources.contains(thing->id)) break;
      remove(*thing, run.team, by, next_time());
      told.resources.insert(thing->id);
      std::erase(state.things, thing);
      day_.truth.stands.erase(thing->id);
    }
  }
  // The run leaves all of its state as declared.
  for (const auto& thing : state.things) stand(thing->id, Word::none);
  write(state, run.ends);
  day_.truth.deployments.push_back(std::move(told));
}

void Generator::deploy_stack(size_t team, Time time) {
  const std::string account = account_of(team);
  std::vector<Stack>& stacks = stacks_[team];
  const bool is_update = !stacks.empty() && one_in(3);
  size_t place = stacks.size();
  if (is_update) {
    place = below(stacks.size());
  } else {
    Stack& made = stacks.emplace_back();
    made.team = team;
    made.place = place;
    made.name = fmt::format("app-{}-{}", team, place);
    made.id = fmt::format("arn:aws:cloudformation:{}:{}:stack/{}/0a1b2c3d-4e5f-4000-8000-{:012x}",
                          kRegion, account, made.name, ++names_);
  }
  Stack& stack = stacks[place];
  const std::string word = is_update ? "UPDATE" : "CREATE";
  Deployment told{.tool = "cloudformation",
                  .name = stack.name,
                  .account = account,
                  .began = time,
                  .ended = {},
                  .resources = {}};
  const auto tell_stack = [&](const std::string& status, Time at) {
    native(at,
           [&](uint64_t number) { return line_of_stack(account, stack.id, status, at, number); });
  };
  call({.service = "cloudformation",
        .name = is_update ? "UpdateStack" : "CreateStack",
        .request = fmt::format(R"({{"stackName":"{}"}})", stack.name),
        .answer = fmt::format(R"({{"stackId":"{}"}})", stack.id),
        .account = account,
        .time = time,
        .by = {Who::person, "deployer"}});
  tell_stack(word + "_IN_PROGRESS", time + seconds(2));
  std::geometric_distribution<size_t> draw(1.0 / kRunResourcesMean);
  const size_t count = std::min(kRunResourcesMax, 1 + draw(random_));
  Time at = time + seconds(5);
  for (size_t i = 0; i < count; ++i) {
    at += some(seconds(1), seconds(8));
    const bool is_bucket = one_in(2);
    const std::string name = fmt::format("{}-part-{}", stack.name, ++names_);
    const std::string type = is_bucket ? "AWS::S3::Bucket" : "AWS::SNS::Topic";
    const std::string arn = is_bucket ? "arn:aws:s3:::" + name
                                      : fmt::format("arn:aws:sns:{}:{}:{}", kRegion, account, name);
    const std::string physical = is_bucket ? name : arn;
    const std::string logical = fmt::format("Part{}", names_);
    const auto tell_part = [&](const std::string& status, Time then) {
      native(then, [&](uint64_t number) {
        return line_of_part(account, {stack.id, type, logical, physical, status}, then, number);
      });
    };
    call({.service = is_bucket ? "s3" : "sns",
          .name = is_bucket ? "CreateBucket" : "CreateTopic",
          .request = is_bucket ? fmt::format(R"({{"bucketName":"{}"}})", name)
                               : fmt::format(R"({{"name":"{}"}})", name),
          .answer = is_bucket ? "null" : fmt::format(R"({{"topicArn":"{}"}})", arn),
          .account = account,
          .time = at,
          .by = {Who::cloudformation, "deployer"}});
    tell_part("CREATE_IN_PROGRESS", at);
    const Time made = at + some(seconds(3), seconds(25));
    tell_part("CREATE_COMPLETE", made);
    stack.resources.push_back({.type = type,
                               .id = physical,
                               .account = account,
                               .region = std::string(kRegion),
                               .address = logical,
                               .block = logical,
                               .file = "template.yaml",
                               .line = 1,
                               .written = made});
    told.resources.insert(arn);
    stand(arn, Word::none);
  }
  told.ended = at + seconds(40);
  tell_stack(word + "_COMPLETE", told.ended);
  write(stack, told.ended);
  day_.truth.deployments.push_back(std::move(told));
}

// Runs of one team follow each other, as a pipeline has it.
void Generator::plan_deployments() {
  const size_t of_stacks = size_.deployments / 3;
  const size_t of_states = size_.deployments - of_stacks;
  const size_t each = (of_states + teams_ - 1) / teams_;
  const Duration slot = Duration(hours(22)) / each;
  for (size_t i = 0; i < of_states; ++i) {
    const size_t team = i % teams_;
    const Time begins = day_.begins_itself + minutes(30) + slot * (i / teams_) + some({}, slot / 3);
    const Duration takes = some(minutes(1), std::min<Duration>(kRunMax, slot / 4));
    const Run planned{team, below(kStatesPerTeam), begins, begins + takes};
    runs_.push_back(planned);
    on(begins, [this, planned](Time) { run(planned); });
  }
  for (size_t i = 0; i < of_stacks; ++i) {
    const size_t team = i % teams_;
    const size_t in_team = (of_stacks + teams_ - 1) / teams_;
    const Duration own_slot = Duration(hours(22)) / in_team;
    const Time begins =
        day_.begins_itself + minutes(30) + own_slot * (i / teams_) + some({}, own_slot / 3);
    on(begins, [this, team](Time time) { deploy_stack(team, time); });
  }
}

// --- Hands.

// One that no run works at; `is_run_near` where one begins before all would be known.
State* Generator::calm_state(Time time, bool& is_run_near) {
  for (size_t tries = 0; tries < 1'000; ++tries) {
    State& state = some_state();
    bool is_busy = false;
    is_run_near = false;
    for (const Run& run : runs_) {
      if (run.team != state.team || run.state != state.place) continue;
      is_busy |= time > run.begins - minutes(1) && time < run.ends + minutes(1);
      is_run_near |= run.ends > time && run.begins < time + kCallArrivesMax + kReadEvery;
    }
    if (!is_busy) return &state;
  }
  return nullptr;
}

void Generator::change_by_hand(Time time) {
  bool is_run_near = false;
  State* const state = calm_state(time, is_run_near);
  const auto thing = state == nullptr ? nullptr : some_thing(*state, false);
  if (thing == nullptr) return;
  changed_by_hand_.insert(thing->id);
  set(*thing, state->team, {Who::person, "alice"}, time);
  stand(thing->id, Word::out_of_band);
  tell(Word::out_of_band, thing->id, !is_run_near);
}

void Generator::make_by_hand(Time time) {
  State& state = some_state();
  constexpr Kind kMade[] = {Kind::queue, Kind::topic, Kind::bucket};
  const auto thing = make(state, kMade[below(3)]);
  const Caller by{Who::person, "bob"};
  create(*thing, state.team, by, time);
  if (one_in(4)) {  // To try something.
    return remove(*thing, state.team, by, time + some(minutes(1), minutes(40)));
  }
  tell(Word::unmanaged, thing->id);
  stand(thing->id, Word::unmanaged);
}

void Generator::lose_by_hand(Time time) {
  bool is_run_near = false;
  State* const state = calm_state(time, is_run_near);
  const auto thing = state == nullptr ? nullptr : some_thing(*state, one_in(4));
  if (thing == nullptr) return;
  changed_by_hand_.insert(thing->id);
  remove(*thing, state->team, {Who::person, "carol"}, time);
  thing->is_there = false;
  stand(thing->id, Word::lost);
  tell(Word::lost, thing->id, !is_run_near);
  // The call may come before the instance is gone.
  if (thing->kind == Kind::instance) tell(Word::out_of_band, thing->id, false);
}

// Its group makes another in its place: nothing is lost.
void Generator::end_a_child_by_hand(Time time) {
  State& state = some_state();
  if (state.children.empty()) return;
  const std::string id = state.children.back();
  state.children.pop_back();
  remove_instance(id, state.team, {Who::person, "carol"}, time, "", false);
  const std::string arn = instance_arn(account_of(state.team), id);
  day_.truth.stands.erase(arn);
  tell(Word::out_of_band, arn, false);
  launch(state, time + minutes(2), false);
}

void Generator::plan_hand_changes() {
  for (size_t i = 0; i < size_.hand_changes; ++i) {
    const Time time = day_.begins_itself + some(minutes(10), hours(21));
    switch (i % 20) {
      case 0:
        on(time, [this](Time at) { end_a_child_by_hand(at); });
        break;
      case 1:
      case 2:
      case 3:
      case 4:
        on(time, [this](Time at) { lose_by_hand(at); });
        break;
      case 5:
      case 6:
      case 7:
      case 8:
      case 9:
        on(time, [this](Time at) { make_by_hand(at); });
        break;
      default:
        on(time, [this](Time at) { change_by_hand(at); });
    }
  }
}

// --- What goes on by itself.

void Generator::plan_moves(Time from, Duration within, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    on(from + some({}, within), [this](Time time) {
      State& state = some_state();
      const bool is_in = state.children.size() > 3 && one_in(2);
      is_in ? scale_in(state, time, false) : launch(state, time, false);
    });
  }
}

void Generator::plan_stuck() {
  for (size_t i = 0; i < size_.stuck; ++i) {
    on(day_.begins_itself + some({}, hours(21)), [this, i](Time time) {
      State& state = some_state();
      if (i % 3 == 0) return launch(state, time, true);
      if (i % 3 == 1) return scale_in(state, time, true);
      // From within: no call tells of it.
      const auto thing = some_thing(state, true);
      if (thing == nullptr) return;
      changed_by_hand_.insert(thing->id);
      native(time, [&](uint64_t number) {
        return line_of_instance(account_of(state.team), thing->name, "stopping", time, number);
      });
      tell(Word::stuck, thing->id);
    });
  }
  // Of stops is learned on the quiet days.
  for (size_t i = 0; i < std::max<size_t>(60, size_.resources / 500); ++i) {
    on(day_.begins + some({}, hours(24 * static_cast<int64_t>(size_.quiet_days))),
       [this](Time time) {
         State& state = some_state();
         const auto thing = some_thing(state, true);
         if (thing == nullptr) return;
         const std::string account = account_of(state.team);
         const auto become = [&](std::string_view word, Time at) {
           native(at, [&](uint64_t number) {
             return line_of_instance(account, thing->name, word, at, number);
           });
         };
         const Time stopped = time + some(kStops);
         become("stopping", time);
         become("stopped", stopped);
         const Time starts = stopped + some(minutes(1), minutes(5));
         become("pending", starts);
         become("running", starts + some(kStarts));
       });
  }
}

void Generator::alarm(Time time, bool is_flapping) {
  State& state = some_state();
  for (const auto& thing : state.things) {
    if (thing->kind != Kind::alarm || changed_by_hand_.contains(thing->id)) continue;
    changed_by_hand_.insert(thing->id);
    for (int i = 0; i < (is_flapping ? 9 : 5); ++i) {
      const Time at = time + seconds(50) * i;
      native(at, [&](uint64_t number) {
        return line_of_alarm(account_of(state.team), thing->name, i % 2 == 0 ? "OK" : "ALARM", at,
                             number);
      });
    }
    if (is_flapping) tell(Word::flapping, thing->id);
    return;
  }
}

void Generator::plan_alarms() {
  for (size_t i = 0; i < 2 * size_.flapping; ++i) {
    on(day_.begins_itself + some({}, hours(21)), [this, i](Time time) { alarm(time, i % 2 == 0); });
  }
}

Day Generator::generate() {
  day_.begins = *parse_time("2026-10-01T00:00:00Z");
  const auto quiet = hours(24 * static_cast<int64_t>(size_.quiet_days));
  day_.begins_itself = day_.begins + quiet;
  day_.ends = day_.begins_itself + hours(24);
  build();
  plan_deployments();
  plan_hand_changes();
  plan_stuck();
  plan_alarms();
  for (size_t i = 0; i < size_.quiet_days; ++i) {
    plan_moves(day_.begins + hours(24) * i, hours(24) - minutes(30), size_.quiet_moves);
  }
  plan_moves(day_.begins_itself, hours(23), size_.moves);
  while (!plan_.empty()) {
    const auto next = plan_.extract(plan_.begin());
    next.mapped()(next.key());
  }
  std::ranges::sort(day_.written, {}, [](const Written& each) {
    return std::tuple(each.at, each.inventory, each.stack, each.now.serial);
  });
  std::ranges::sort(day_.arrivals, {}, [](const Arrival& each) {
    return std::tuple(each.at, std::string_view(each.line));
  });
  return std::move(day_);
}

}  // namespace

std::string_view name_of(Word word) {
  constexpr std::string_view kNames[] = {"none", "out_of_band", "unmanaged",
                                         "lost", "stuck",       "flapping"};
  return kNames[static_cast<size_t>(word)];
}

Day generate(const Size& size) { return Generator(size).generate(); }

}  // namespace statewire::day
