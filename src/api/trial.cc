// The stages are those that deliver, and time is when entries were recorded. What waits is released
// by what the journal tells later, as it was then.
#include "api/trial.h"

#include <algorithm>
#include <map>

#include "api/queries.h"
#include "base/limits.h"
#include "config/document.h"
#include "delivery/group.h"
#include "delivery/hold.h"
#include "delivery/match.h"
#include "delivery/rate.h"
#include "format/format.h"
#include "format/json.h"
#include "store/block.h"

namespace statewire {
namespace {

constexpr std::string_view kOtherMessages = "other";

struct TrialKind {
  uint64_t count = 0;
  uint8_t severity = 0;  // The highest.
  std::string example;   // The newest.
};

class Trial final : private GroupKeeper {
 public:
  Trial(const Queries::Parts& parts, Subscription subscription, uint64_t per_hour)
      : parts_(parts),
        subscription_(std::move(subscription)),
        hold_(subscription_, ignored(), nullptr),
        match_(subscription_, ignored()),
        group_(subscription_.grouping, *this),
        rate_(per_hour) {}

  void take(const Entry& entry) {
    release(entry.recorded);
    if (entry.told.kind == NotificationKind::none) {
      hold_.learn(entry);
      return;
    }
    ++told_;
    if (hold_.learn(entry).is_absorbed) {
      ++absorbed_;
      return;
    }
    routable_.set(notification_of(entry, parts_.teller));
    DeliveryRow row;
    const bool may_wait = hold_.size() < kSortedRowsMax;
    const Decision decision =
        may_wait ? hold_.decide(entry, routable_, entry.recorded, row) : Decision::pass();
    if (decision.waits()) {
      hold_.add(waiting_.emplace(entry.sequence, Booked{.row = std::move(row)}).first->second);
      if (decision.is_urgent) hold_.end_waits(entry.observation.resource.id);
      return;
    }
    judge(entry, entry.recorded);
  }

  // What waits no longer at that time.
  void release(Time time) {
    while (Booked* const booked = hold_.claim_ready(time, time)) {
      Arena arena;
      const Result<Entry> entry = unpack_entry(booked->row.entry, arena);
      CHECK(entry.ok());  // It was packed above.
      routable_.set(notification_of(*entry, parts_.teller));
      judge(*entry, std::min(time, booked->row.due));
      waiting_.erase(booked->row.first_sequence);
    }
    while (Booked* const group = group_.next_ready(time)) group_.on_due(*group, group->row.due);
  }

  void write(JsonWriter& json) const {
    json.number("notifications", told_);
    json.number("not_matching", not_matching_);
    json.number("absorbed", absorbed_);
    json.number("messages", sent_ + 2 * digests_);  // Each is announced when it begins.
    json.number("digests", digests_);
    json.number("counted", counted_);
    json.number("groups", groups_told_);
    json.number("grouped", grouped_);
    json.begin_array("kinds");
    for (const auto& [name, kind] : by_count()) {
      json.begin_object();
      json.line("kind", name);
      json.number("count", kind.count);
      json.line("severity", severity_text(kind.severity));
      json.line("example", kind.example);
      json.end_object();
    }
    json.end_array();
  }

 private:
  std::span<const When> ignored() const {
    return parts_.ignore == nullptr ? std::span<const When>() : parts_.ignore->after;
  }

  // REQUIRES: `routable_` is the notification of `entry`.
  void judge(const Entry& entry, Time now) {
    if (!match_.decide(routable_).passes()) {
      ++not_matching_;
      return;
    }
    const Notification notification = notification_of(entry, parts_.teller);
    count(notification);
    const std::optional<DeploymentName> name = group_.name_of(notification);
    if (name && group_.gather(*name, notification, now, now)) {
      ++grouped_;
      return;
    }
    send(notification, now);
  }

  Booked& add_group(DeliveryRow row, const Notification&, Time) override {
    row.id = "trial";
    row.number = ++numbers_;
    return groups_.emplace(numbers_, Booked{.row = std::move(row)}).first->second;
  }
  void on_group_counted(const Booked&) override {}
  void tell_group(const Booked& group, Time now) override {
    Notification told;
    told.kind = NotificationKind::group;
    told.severity = std::max(group.row.digest.severity, kInfo);
    ++groups_told_;
    send(told, now);
  }
  void on_group_told(const Booked&) override {}
  void remove_group(Booked& group) override { groups_.erase(group.row.number); }

  void send(const Notification& notification, Time now) {
    if (rate_.decide(notification, now).passes()) {
      ++sent_;
      return;
    }
    ++counted_;
    if (digest_ends_ == rate_.ends()) return;
    digest_ends_ = rate_.ends();
    ++digests_;
  }

  void count(const Notification& notification) {
    std::string name = label_of(digest_kind_of(notification, /*is_named=*/false));
    if (kinds_.size() >= kTrialKindsMax && !kinds_.contains(name)) name = kOtherMessages;
    TrialKind& kind = kinds_[std::move(name)];
    ++kind.count;
    kind.severity = std::max(kind.severity, notification.severity);
    kind.example.clear();
    append_message(notification, kind.example);
  }

  std::vector<std::pair<std::string, TrialKind>> by_count() const {
    std::vector<std::pair<std::string, TrialKind>> kinds(kinds_.begin(), kinds_.end());
    std::ranges::sort(kinds, [](const auto& a, const auto& b) {
      return a.second.count != b.second.count ? a.second.count > b.second.count : a.first < b.first;
    });
    return kinds;
  }

  const Queries::Parts& parts_;
  const Subscription subscription_;
  std::map<uint64_t, Booked> waiting_;  // What `hold_` borrows, by sequence.
  HoldStage hold_;
  MatchStage match_;
  std::map<uint64_t, Booked> groups_;  // What `group_` borrows, by number.
  GroupStage group_;
  RateStage rate_;
  Routable routable_;
  std::map<std::string, TrialKind> kinds_;
  uint64_t told_ = 0;
  uint64_t not_matching_ = 0;
  uint64_t absorbed_ = 0;
  uint64_t sent_ = 0;
  uint64_t numbers_ = 0;  // Of groups.
  uint64_t grouped_ = 0;
  uint64_t groups_told_ = 0;
  uint64_t counted_ = 0;
  uint64_t digests_ = 0;
  Time digest_ends_;
};

class TrialQuestion final : public Question {
 public:
  TrialQuestion(const Queries::Parts& parts, const TrialWish& wish, Subscription subscription)
      : parts_(parts), wish_(wish), trial_(parts_, std::move(subscription), wish.per_hour) {}

  std::optional<Result<std::string>> step() override {
    if (next_ == 0) {
      const Result<uint64_t> first = first_since();
      if (!first) return first.error();
      next_ = std::max<uint64_t>(*first, 1);
    }
    for (size_t count = 0; count < kHistoryEntriesAtATime;) {
      const Result<size_t> read = read_block();
      if (!read) return read.error();
      if (*read == 0) return answer();
      count += *read;
    }
    return std::nullopt;
  }

 private:
  // Blocks are recorded one after the other: halves what is left until one is found.
  Result<uint64_t> first_since() const {
    uint64_t low = parts_.store.first_sequence();
    uint64_t high = parts_.store.last_sequence() + 1;
    while (wish_.since && low < high) {
      const uint64_t middle = low + (high - low) / 2;
      const Result<StoredBlock> stored = parts_.store.block_at(middle);
      if (!stored) return stored.error();
      if (stored->bytes == nullptr) return low;
      const Result<BlockReader> reader = BlockReader::open(*stored->bytes);
      if (!reader) return reader.error();
      if (reader->recorded() < *wish_.since) {
        low = std::max(stored->last_sequence, middle) + 1;
      } else {
        high = std::min(stored->first_sequence, middle);
      }
    }
    return low;
  }

  // How many entries there were; none at the end.
  Result<size_t> read_block() {
    const Result<StoredBlock> stored = parts_.store.block_at(next_);
    if (!stored) return stored.error();
    if (stored->bytes == nullptr || stored->last_sequence < next_) return size_t{0};
    const Result<BlockReader> reader = BlockReader::open(*stored->bytes);
    if (!reader) return reader.error();
    if (wish_.until && reader->recorded() >= *wish_.until) return size_t{0};
    if (began_ == Time()) began_ = reader->recorded();
    Arena arena;
    const uint64_t first = std::max(next_, stored->first_sequence);
    for (uint64_t sequence = first; sequence <= stored->last_sequence; ++sequence) {
      const Result<Entry> entry = reader->entry(sequence - stored->first_sequence, arena);
      if (!entry) return entry.error();
      trial_.take(*entry);
    }
    next_ = stored->last_sequence + 1;
    return static_cast<size_t>(next_ - first);
  }

  std::string answer() {
    trial_.release(Time::max());
    return json_of([&](JsonWriter& json) {
      json.begin_object();
      if (began_ != Time()) json.time("since", began_);
      trial_.write(json);
      json.end_object();
    });
  }

  const Queries::Parts parts_;
  const TrialWish wish_;
  Trial trial_;
  uint64_t next_ = 0;  // Read next; 0: nothing was read yet.
  Time began_;
};

// A wish that cannot be granted.
class NoQuestion final : public Question {
 public:
  explicit NoQuestion(Error error) : error_(std::move(error)) {}
  std::optional<Result<std::string>> step() override { return error_; }

 private:
  const Error error_;
};

}  // namespace

Result<Subscription> subscription_of(const TrialWish& wish) {
  Subscription subscription{.name = "trial", .when = Pattern::everything()};
  subscription.hold = wish.hold;
  subscription.grouping = wish.grouping;
  if (wish.when_json.empty()) return subscription;
  Problems problems;
  const std::optional<Document> document = Document::parse("when", wish.when_json, problems);
  When when;
  if (document) when = read_when(document->root());
  if (!problems.ok()) return bad_input(problems.to_text());
  subscription.when = std::move(when.pattern);
  subscription.when_json = std::move(when.json);
  subscription.early_when = std::move(when.early);
  return subscription;
}

std::unique_ptr<Question> Queries::begin_trial(TrialWish wish) const {
  Result<Subscription> subscription = subscription_of(wish);
  if (!subscription) return std::make_unique<NoQuestion>(subscription.error());
  return std::make_unique<TrialQuestion>(parts_, wish, *std::move(subscription));
}

Result<std::string> Queries::trial(const TrialWish& wish) const {
  return answer_of(begin_trial(wish));
}

}  // namespace statewire
