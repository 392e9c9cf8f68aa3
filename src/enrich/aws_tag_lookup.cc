#include "enrich/aws_tag_lookup.h"

#include <algorithm>

#include "aws/json.h"
#include "aws/xml.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "base/log.h"

namespace statewire {
namespace {

constexpr AwsService kTagging{"resource_groups_tagging_api", "tagging", "tagging"};
// How long tags that could not be looked up count as unknown; then they may be asked for again.
constexpr Duration kGivenUpFor = std::chrono::minutes(10);
constexpr Duration kFailureToldEvery = std::chrono::hours(1);
// So that many resources share a call.
constexpr std::chrono::milliseconds kGather(50);
constexpr std::chrono::milliseconds kPauseAfterFault(1'000);

std::string tags_of(const AwsJson& mapping) {
  return json_of([&](JsonWriter& json) {
    json.begin_array();
    for (const AwsJson& tag : mapping.items("Tags")) {
      json.begin_object();
      json.text("key", tag.text("Key"));
      json.text("value", tag.text("Value"));
      json.end_object();
    }
    json.end_array();
  });
}

}  // namespace

AwsTagLookup::AwsTagLookup(AwsClient& aws, const Clock& clock, Publish publish)
    : aws_(aws), clock_(clock), publish_(std::move(publish)) {}

void AwsTagLookup::use_roles(std::map<std::string, AwsRole> roles) {
  State& state = *state_;
  Lock lock(state.mutex);
  state.roles = std::move(roles);
}

void AwsTagLookup::want(const Identity& resource, Time when) {
  const std::string id(resource.id);
  const Time now = clock_.now();
  State& state = *state_;
  Lock lock(state.mutex);
  if (state.is_stopping || state.asked.contains(id)) return;
  const auto given_up = state.given_up.find(id);
  if (given_up != state.given_up.end()) {
    if (now - given_up->second < kGivenUpFor) return;
    state.given_up.erase(given_up);
  }
  const bool can_ask = id.starts_with("arn:") && !resource.account.empty() &&
                       !resource.region.empty() && state.queued < kTagLookupsQueuedMax;
  if (!can_ask) {
    if (state.given_up.size() < kTagLookupsGivenUpKept) state.given_up.emplace(id, now);
    ++state.ended;
    return;
  }
  state.asked.insert(id);
  state.queues[{std::string(resource.account), std::string(resource.region)}].push_back(
      {id, std::string(resource.type), when});
  ++state.queued;
  state.changed.notify_all();
}

bool AwsTagLookup::is_over(std::string_view resource_id) const {
  const Time now = clock_.now();
  State& state = *state_;
  Lock lock(state.mutex);
  const auto given_up = state.given_up.find(std::string(resource_id));
  return given_up != state.given_up.end() && now - given_up->second < kGivenUpFor;
}

TagLookupCounts AwsTagLookup::counts() const {
  State& state = *state_;
  Lock lock(state.mutex);
  return state.counts;
}

uint64_t AwsTagLookup::ended() const {
  State& state = *state_;
  Lock lock(state.mutex);
  return state.ended;
}

void AwsTagLookup::stop() {
  State& state = *state_;
  Lock lock(state.mutex);
  state.is_stopping = true;
  state.changed.notify_all();
}

void AwsTagLookup::run() {
  while (const std::optional<Work> work = wait_for_work()) look_up(*work);
}

// Nothing once it is time to stop.
std::optional<AwsTagLookup::Work> AwsTagLookup::wait_for_work() {
  State& state = *state_;
  Lock lock(state.mutex);
  state.changed.wait(state.mutex,
                     [&]() REQUIRES(state.mutex) { return state.is_stopping || state.queued > 0; });
  const auto pause = state.has_failed ? kPauseAfterFault : kGather;
  state.has_failed = false;
  state.changed.wait_for(state.mutex, pause,
                         [&]() REQUIRES(state.mutex) { return state.is_stopping; });
  if (state.is_stopping) return std::nullopt;
  const auto fullest = std::ranges::max_element(
      state.queues, [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  std::deque<Wanted>& queue = fullest->second;
  const auto end =
      queue.begin() + static_cast<ptrdiff_t>(std::min(queue.size(), kTagLookupArnsAtATime));
  Work work{.place = fullest->first, .role = {}, .wanted = {}};
  work.wanted.assign(std::make_move_iterator(queue.begin()), std::make_move_iterator(end));
  queue.erase(queue.begin(), end);
  state.queued -= work.wanted.size();
  const auto role = state.roles.find(work.place.account);
  if (role != state.roles.end()) work.role = role->second;
  if (queue.empty()) state.queues.erase(fullest);
  return work;
}

// Without a role, only the own account's can be read: of others the answer would be empty.
// `unavailable` where it is not known yet.
Result<void> AwsTagLookup::check_access(const Work& work, const AwsSettings& settings) {
  if (!work.role.empty()) return {};
  if (own_account_.empty()) {
    const Result<AwsTarget> target = settings.target(kSts, work.place.region);
    if (!target) return target.error();
    const AwsAnswer answer =
        aws_.call_and_wait(query_call(*target, "GetCallerIdentity", "2011-06-15", {}));
    if (!answer.ok()) {
      return may_pass_later(answer.fault) ? unavailable(answer.text()) : failed(answer.text());
    }
    const Result<AwsXml> xml = AwsXml::parse(answer.response.body);
    if (!xml) return unavailable(xml.error().text);
    own_account_ = xml->text("GetCallerIdentityResult/Account");
    if (own_account_.empty()) return unavailable("it does not say whose credentials these are");
  }
  if (own_account_ == work.place.account) return {};
  return failed("the credentials are of account " + own_account_ + ": name a role in accounts." +
                work.place.account + ".role");
}

void AwsTagLookup::look_up(const Work& work) {
  const Result<AwsSettings> settings = aws_.settings();
  const Result<AwsTarget> target =
      settings ? settings->target(kTagging, work.place.region) : settings.error();
  if (!target) return give_up(work, target.error().text);
  const Result<void> access = check_access(work, *settings);
  if (access) return look_up_at(*target, work);
  if (access.error().kind == ErrorKind::unavailable) return ask_again(work, access.error().text);
  give_up(work, access.error().text);
}

void AwsTagLookup::look_up_at(const AwsTarget& target, const Work& work) {
  AwsCall call = json_call(target, "ResourceGroupsTaggingAPI_20170126.GetResources", "1.1",
                           json_of([&](JsonWriter& json) {
                             json.begin_object();
                             json.begin_array("ResourceARNList");
                             for (const Wanted& wanted : work.wanted) json.text(wanted.id);
                             json.end_array();
                             json.end_object();
                           }));
  call.role = work.role;
  call.attempts_max = 1;  // What may pass is asked for again from the queue.
  const AwsAnswer answer = aws_.call_and_wait(std::move(call));
  if (!answer.ok()) return on_refusal(target, work, answer);
  const Result<AwsJson> found = AwsJson::parse(answer.response.body);
  if (!found || !found->is_object()) return ask_again(work, "the answer is none of the service");
  publish(work, *found);
}

// One ARN that the service does not take makes it refuse all: they are asked for by halves, until
// it is alone.
void AwsTagLookup::on_refusal(const AwsTarget& target, const Work& work, const AwsAnswer& answer) {
  const bool is_of_the_request =
      answer.fault == AwsFault::invalid || answer.fault == AwsFault::unknown;
  if (is_of_the_request && work.wanted.size() > 1) {
    const auto middle = work.wanted.begin() + static_cast<ptrdiff_t>(work.wanted.size() / 2);
    look_up_at(target, {work.place, work.role, {work.wanted.begin(), middle}});
    return look_up_at(target, {work.place, work.role, {middle, work.wanted.end()}});
  }
  if (may_pass_later(answer.fault) && !is_of_the_request) return ask_again(work, answer.text());
  give_up(work, answer.text());
}

// A resource that the answer leaves out has no tags.
void AwsTagLookup::publish(const Work& work, const AwsJson& found) {
  std::map<std::string, std::string> tags;
  for (const AwsJson& mapping : found.items("ResourceTagMappingList")) {
    tags[mapping.text("ResourceARN")] = tags_of(mapping);
  }
  std::string lines = json_of([&](JsonWriter& json) {
    for (const Wanted& wanted : work.wanted) {
      const std::string when = format_time(wanted.when);
      const auto known = tags.find(wanted.id);
      json.begin_object();
      json.text("version", "0");
      json.text("id", "tags-" + wanted.id + "-" + when);
      json.text("source", "statewire.tags");
      json.text("detail-type", "Tags Looked Up");
      json.text("account", work.place.account);
      json.text("region", work.place.region);
      json.text("time", when);
      json.begin_object("detail");
      json.text("resource-id", wanted.id);
      json.text("resource-type", wanted.type);
      json.raw("tags", known == tags.end() ? "[]" : known->second);
      json.end_object();
      json.end_object();
      json.end_line();
    }
  });
  publish_(std::move(lines), [state = state_, work, now = clock_.now()](bool are_stored) {
    state->settle(work, are_stored, now);
  });
}

// Until they are stored they are asked for, and not wanted a second time.
void AwsTagLookup::State::settle(const Work& work, bool are_stored, Time now) {
  if (!are_stored) return ask_again(work, "the tags could not be stored", now);
  Lock lock(mutex);
  counts.found += work.wanted.size();
  counts.problem.clear();
  for (const Wanted& each : work.wanted) asked.erase(each.id);
}

// The log has the first failure of each account, and then one an hour.
void AwsTagLookup::State::note_failure(const Work& work, const std::string& why, Time now) {
  counts.problem = why;
  if (told.size() >= kTagLookupsGivenUpKept) told.clear();
  const auto [last, is_new] = told.try_emplace(work.place.account, now);
  if (!is_new && now - last->second < kFailureToldEvery) return;
  last->second = now;
  log_warn("tags cannot be looked up", {{"account", work.place.account},
                                        {"region", work.place.region},
                                        {"resource", work.wanted.front().id},
                                        {"why", why}});
}

void AwsTagLookup::State::give_up(const Work& work, const std::string& why, Time now) {
  Lock lock(mutex);
  counts.failed += work.wanted.size();
  note_failure(work, why, now);
  for (const Wanted& wanted : work.wanted) {
    asked.erase(wanted.id);
    if (given_up.size() >= kTagLookupsGivenUpKept) given_up.clear();
    given_up[wanted.id] = now;
  }
  ended += work.wanted.size();
}

void AwsTagLookup::State::ask_again(const Work& work, const std::string& why, Time now) {
  Lock lock(mutex);
  counts.retried += work.wanted.size();
  note_failure(work, why, now);
  std::deque<Wanted>& queue = queues[work.place];
  queue.insert(queue.end(), work.wanted.begin(), work.wanted.end());
  queued += work.wanted.size();
  has_failed = true;
  changed.notify_all();
}

}  // namespace statewire
