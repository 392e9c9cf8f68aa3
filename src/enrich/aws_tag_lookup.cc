#include "enrich/aws_tag_lookup.h"

#include <algorithm>

#include "aws/json.h"
#include "base/log.h"
#include "base/text.h"

namespace statewire {
namespace {

constexpr AwsService kTagging{"resource_groups_tagging_api", "tagging", "tagging"};
constexpr size_t kArnsACall = 100;
constexpr size_t kQueuedMax = 100'000;
constexpr size_t kGivenUpMax = 100'000;
// What could not be looked up is tried again after this.
constexpr Duration kGivenUpFor = std::chrono::minutes(10);
// So that many resources share a call.
constexpr std::chrono::milliseconds kGather(50);
constexpr std::chrono::milliseconds kPauseAfterFault(1'000);

// Other faults want a person.
bool may_pass_later(AwsFault fault) {
  return fault == AwsFault::network || fault == AwsFault::throttled ||
         fault == AwsFault::transient || fault == AwsFault::skewed;
}

std::string list_of(const std::vector<std::string>& ids) {
  std::string json = "[";
  for (const std::string& id : ids) {
    if (json.size() > 1) json += ',';
    append_json_string(json, id);
  }
  return json + "]";
}

std::string tags_of(const AwsJson& mapping) {
  std::string json = "[";
  for (const AwsJson& tag : mapping.items("Tags")) {
    if (json.size() > 1) json += ',';
    json += JsonObject().add("key", tag.text("Key")).add("value", tag.text("Value")).take();
  }
  return json + "]";
}

}  // namespace

AwsTagLookup::AwsTagLookup(AwsClient& aws, const Clock& clock, Publish publish)
    : aws_(aws), clock_(clock), publish_(std::move(publish)) {}

void AwsTagLookup::use_roles(std::map<std::string, std::string> roles) {
  Lock lock(mutex_);
  roles_ = std::move(roles);
}

void AwsTagLookup::want(const Identity& resource, Time when) {
  const std::string id(resource.id);
  Lock lock(mutex_);
  if (is_stopping_ || asked_.contains(id)) return;
  const auto given_up = given_up_.find(id);
  if (given_up != given_up_.end()) {
    if (clock_.now() - given_up->second < kGivenUpFor) return;
    given_up_.erase(given_up);
  }
  const bool can_ask = id.starts_with("arn:") && !resource.account.empty() &&
                       !resource.region.empty() && queued_ < kQueuedMax;
  if (!can_ask) {
    if (given_up_.size() < kGivenUpMax) given_up_.emplace(id, clock_.now());
    ++ended_;
    return;
  }
  asked_.emplace(id, true);
  queues_[{std::string(resource.account), std::string(resource.region)}].push_back(
      {id, std::string(resource.type), when});
  ++queued_;
  changed_.notify_all();
}

bool AwsTagLookup::is_over(std::string_view resource_id) const {
  Lock lock(mutex_);
  const auto given_up = given_up_.find(std::string(resource_id));
  return given_up != given_up_.end() && clock_.now() - given_up->second < kGivenUpFor;
}

uint64_t AwsTagLookup::ended() const {
  Lock lock(mutex_);
  return ended_;
}

void AwsTagLookup::stop() {
  Lock lock(mutex_);
  is_stopping_ = true;
  changed_.notify_all();
}

void AwsTagLookup::run() {
  Work work;
  while (take(work)) look_up(work);
}

// Waits for something to look up. False where it is time to stop.
bool AwsTagLookup::take(Work& work) {
  Lock lock(mutex_);
  changed_.wait(mutex_, [this]() REQUIRES(mutex_) { return is_stopping_ || queued_ > 0; });
  const auto pause = has_failed_ ? kPauseAfterFault : kGather;
  has_failed_ = false;
  changed_.wait_for(mutex_, pause, [this]() REQUIRES(mutex_) { return is_stopping_; });
  if (is_stopping_) return false;
  const auto fullest = std::ranges::max_element(
      queues_, [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  std::deque<Wanted>& queue = fullest->second;
  const auto end = queue.begin() + static_cast<ptrdiff_t>(std::min(queue.size(), kArnsACall));
  work.place = fullest->first;
  work.wanted.assign(std::make_move_iterator(queue.begin()), std::make_move_iterator(end));
  queue.erase(queue.begin(), end);
  queued_ -= work.wanted.size();
  const auto role = roles_.find(work.place.account);
  work.role = role == roles_.end() ? std::string() : role->second;
  if (queue.empty()) queues_.erase(fullest);
  return true;
}

// Without a role, only the own account's can be read: of others the answer would be empty.
AwsTagLookup::Access AwsTagLookup::access_to(const Work& work, const AwsSettings& settings) {
  if (!work.role.empty()) return Access::granted;
  if (own_account_.empty()) {
    const Result<AwsTarget> target = settings.target(kSts, work.place.region);
    if (!target) return Access::none;
    const AwsAnswer answer =
        aws_.call_and_wait(query_call(*target, "GetCallerIdentity", "2011-06-15", {}));
    if (!answer.ok()) return may_pass_later(answer.fault) ? Access::unknown : Access::none;
    const std::string& body = answer.response.body;
    const size_t from = body.find("<Account>");
    const size_t end = body.find("</Account>");
    if (from == body.npos || end == body.npos) return Access::none;
    own_account_ = body.substr(from + 9, end - from - 9);
  }
  return own_account_ == work.place.account ? Access::granted : Access::none;
}

void AwsTagLookup::look_up(const Work& work) {
  const Result<AwsSettings> settings = aws_.settings();
  const Result<AwsTarget> target =
      settings ? settings->target(kTagging, work.place.region) : settings.error();
  const Access access = target ? access_to(work, *settings) : Access::none;
  if (access == Access::unknown) return ask_again(work);
  if (access == Access::none) return give_up(work);
  std::vector<std::string> ids;
  for (const Wanted& wanted : work.wanted) ids.push_back(wanted.id);
  AwsCall call = json_call(*target, "ResourceGroupsTaggingAPI_20170126.GetResources", "1.1",
                           JsonObject().add_json("ResourceARNList", list_of(ids)).take());
  call.role = work.role;
  const AwsAnswer answer = aws_.call_and_wait(std::move(call));
  if (may_pass_later(answer.fault)) return ask_again(work);
  const Result<AwsJson> found =
      answer.ok() ? AwsJson::parse(answer.response.body) : Result<AwsJson>(failed(answer.text()));
  if (found) return publish(work, *found);
  log_warn("tags could not be looked up", {{"account", work.place.account},
                                           {"region", work.place.region},
                                           {"answer", found.error().text}});
  give_up(work);
}

// A resource that the answer leaves out has no tags.
void AwsTagLookup::publish(const Work& work, const AwsJson& found) {
  std::map<std::string, std::string> tags;
  for (const AwsJson& mapping : found.items("ResourceTagMappingList")) {
    tags[mapping.text("ResourceARN")] = tags_of(mapping);
  }
  std::string lines;
  for (const Wanted& wanted : work.wanted) {
    char time[32];
    const std::string when(time, format_time(wanted.when, time));
    const auto known = tags.find(wanted.id);
    lines +=
        JsonObject()
            .add("version", "0")
            .add("id", "tags-" + wanted.id + "-" + when)
            .add("source", "statewire.tags")
            .add("detail-type", "Tags Looked Up")
            .add("account", work.place.account)
            .add("region", work.place.region)
            .add("time", when)
            .add_json("detail", JsonObject()
                                    .add("resource-id", wanted.id)
                                    .add("resource-type", wanted.type)
                                    .add_json("tags", known == tags.end() ? "[]" : known->second)
                                    .take())
            .take() +
        "\n";
  }
  publish_(std::move(lines), [this, work](bool are_stored) { take_outcome(work, are_stored); });
}

// Until they are stored they are asked for, and not wanted a second time.
void AwsTagLookup::take_outcome(const Work& work, bool are_stored) {
  if (!are_stored) return ask_again(work);
  Lock lock(mutex_);
  for (const Wanted& each : work.wanted) asked_.erase(each.id);
}

void AwsTagLookup::give_up(const Work& work) {
  Lock lock(mutex_);
  for (const Wanted& wanted : work.wanted) {
    asked_.erase(wanted.id);
    if (given_up_.size() >= kGivenUpMax) given_up_.clear();
    given_up_[wanted.id] = clock_.now();
  }
  ended_ += work.wanted.size();
}

void AwsTagLookup::ask_again(const Work& work) {
  Lock lock(mutex_);
  std::deque<Wanted>& queue = queues_[work.place];
  queue.insert(queue.end(), work.wanted.begin(), work.wanted.end());
  queued_ += work.wanted.size();
  has_failed_ = true;
  changed_.notify_all();
}

}  // namespace statewire
