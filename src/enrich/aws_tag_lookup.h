// Tags of AWS resources, from the Resource Groups Tagging API: per account and region, up to a
// hundred a call, one call at a time.
//
// https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "aws/client.h"
#include "aws/json.h"
#include "base/mutex.h"
#include "enrich/tag_lookup.h"

namespace statewire {

class AwsTagLookup final : public TagLookup {
 public:
  // Takes events, one a line, and calls `done` once, on any thread: whether they are stored. Where
  // they are not, they are looked up again. REQUIRES: nothing is called after this has ended.
  using Stored = std::function<void(bool are_stored)>;
  using Publish = std::function<void(std::string lines, Stored done)>;

  // Borrows both.
  AwsTagLookup(AwsClient& aws, const Clock& clock, Publish publish);

  // Roles to assume, by account. Any thread.
  void use_roles(std::map<std::string, std::string> roles);

  void want(const Identity& resource, Time when) override;
  bool is_over(std::string_view resource_id) const override;
  uint64_t ended() const override;

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
    std::string role;
    std::vector<Wanted> wanted;
  };

  bool take(Work& work);
  void look_up(const Work& work);
  enum class Access { granted, none, unknown };
  Access access_to(const Work& work, const AwsSettings& settings);
  void publish(const Work& work, const AwsJson& found);
  void take_outcome(const Work& work, bool are_stored);
  void give_up(const Work& work);
  void ask_again(const Work& work);

  AwsClient& aws_;
  const Clock& clock_;
  const Publish publish_;
  std::string own_account_;  // Of the credentials; of the thread of run().

  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  bool is_stopping_ GUARDED_BY(mutex_) = false;
  std::map<std::string, std::string> roles_ GUARDED_BY(mutex_);
  std::map<Place, std::deque<Wanted>> queues_ GUARDED_BY(mutex_);
  size_t queued_ GUARDED_BY(mutex_) = 0;
  bool has_failed_ GUARDED_BY(mutex_) = false;  // Something is asked for again: after a pause.
  // What is asked for now, or was given up at a time.
  std::unordered_map<std::string, Time> given_up_ GUARDED_BY(mutex_);
  std::unordered_map<std::string, bool> asked_ GUARDED_BY(mutex_);
  uint64_t ended_ GUARDED_BY(mutex_) = 0;
};

}  // namespace statewire
