// Tags of AWS resources, from the Resource Groups Tagging API: per account and region, up to a
// hundred a call, one call at a time.
//
// https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "aws/client.h"
#include "aws/json.h"
#include "base/mutex.h"
#include "enrich/tag_lookup.h"

namespace statewire {

class AwsTagLookup final : public TagLookup {
 public:
  // Takes events, one a line, and calls `done` once, on any thread: whether they are stored. Those
  // that are not stored are looked up again. A call after this has ended does nothing.
  using Stored = std::function<void(bool are_stored)>;
  using Publish = std::function<void(std::string lines, Stored done)>;

  // Borrows both. `clock` measures durations.
  AwsTagLookup(AwsClient& aws, const Clock& clock, Publish publish);

  // Roles to assume, by account. Any thread.
  void use_roles(std::map<std::string, AwsRole> roles);

  void want(const Identity& resource, Time when) override;
  bool is_over(std::string_view resource_id) const override;
  uint64_t ended() const override;
  TagLookupCounts counts() const;

  // Looks up until stop(). One thread, which waits for each call.
  void run();
  void stop();

 private:
  struct Wanted {
    std::string id;
    std::string type;
    Time when;
  };
  struct Place {
    std::string account;
    std::string region;
    auto operator<=>(const Place&) const = default;
  };
  struct Work {
    Place place;
    AwsRole role;
    std::vector<Wanted> wanted;
  };

  // What outcomes change; they may come after this has ended.
  struct State {
    void settle(const Work& work, bool are_stored, Time now) EXCLUDES(mutex);
    void give_up(const Work& work, const std::string& why, Time now) EXCLUDES(mutex);
    void ask_again(const Work& work, const std::string& why, Time now) EXCLUDES(mutex);
    void note_failure(const Work& work, const std::string& why, Time now) REQUIRES(mutex);

    Mutex mutex;
    std::condition_variable_any changed;
    bool is_stopping GUARDED_BY(mutex) = false;
    std::map<std::string, AwsRole> roles GUARDED_BY(mutex);
    std::map<Place, std::deque<Wanted>> queues GUARDED_BY(mutex);
    size_t queued GUARDED_BY(mutex) = 0;
    bool has_failed GUARDED_BY(mutex) = false;  // Something is asked for again: after a pause.
    std::unordered_set<std::string> asked GUARDED_BY(mutex);           // Until it is stored.
    std::unordered_map<std::string, Time> given_up GUARDED_BY(mutex);  // And when.
    uint64_t ended GUARDED_BY(mutex) = 0;
    TagLookupCounts counts GUARDED_BY(mutex);
    // When the log had a failure of an account last.
    std::unordered_map<std::string, Time> told GUARDED_BY(mutex);
  };

  std::optional<Work> wait_for_work();
  void look_up(const Work& work);
  void look_up_at(const AwsTarget& target, const Work& work);
  void on_refusal(const AwsTarget& target, const Work& work, const AwsAnswer& answer);
  Result<void> check_access(const Work& work, const AwsSettings& settings);
  void publish(const Work& work, const AwsJson& found);
  void ask_again(const Work& work, const std::string& why) {
    state_->ask_again(work, why, clock_.now());
  }
  void give_up(const Work& work, const std::string& why) {
    state_->give_up(work, why, clock_.now());
  }

  AwsClient& aws_;
  const Clock& clock_;
  const Publish publish_;
  std::string own_account_;  // Of the credentials; of the thread of run().
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace statewire
