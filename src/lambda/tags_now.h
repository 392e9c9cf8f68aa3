// Tags of resources, looked up while an invocation waits.
#pragma once

#include <condition_variable>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "enrich/aws_tag_lookup.h"

namespace statewire {

class TagsNow {
 public:
  using TagsOfResource = std::vector<std::pair<std::string, std::string>>;

  // Borrows both. `clock` measures durations.
  TagsNow(AwsClient& aws, const Clock& clock);

  void use_roles(std::map<std::string, AwsRole> roles) { lookup_.use_roles(std::move(roles)); }
  // Looks up until stop(). One thread.
  void run() { lookup_.run(); }
  void stop() { lookup_.stop(); }

  // By id; a resource that has none, or whose tags cannot be had within `at_most`, is not in it.
  std::map<std::string, TagsOfResource> tags_of(std::span<const Identity> resources, Time when,
                                                Duration at_most);

 private:
  void take(const std::string& lines);

  const Clock& clock_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, TagsOfResource> found_ GUARDED_BY(mutex_);  // Of this invocation.
  AwsTagLookup lookup_;
};

}  // namespace statewire
