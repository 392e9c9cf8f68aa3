// How many messages a person gets an hour, and what is above that: counted, and told in one
// message when the hour is over. Holds no thread and does no I/O; not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/notification.h"

namespace statewire {

class Digest {
 public:
  // 0: there is no limit.
  explicit Digest(uint64_t per_hour_max) : per_hour_max_(per_hour_max) {}

  // True where one more may be sent now; it is counted. Otherwise it is for add().
  bool admits(Time now);
  // One that waits until ends(). After a restart the hour ends where it would have ended.
  void add(const Notification& notification);
  void restore(const Notification& notification, Time ends);

  bool is_empty() const { return sequences_.empty(); }
  Time ends() const { return ends_; }
  // Of those that wait, in the order in which they came.
  const std::vector<uint64_t>& sequences() const { return sequences_; }
  Time first_time() const { return first_time_; }
  uint8_t severity() const { return severity_; }
  // "30 EC2 instance gone, 7 S3 bucket changed, and 2 others"
  std::string summary() const;
  void clear();

 private:
  const uint64_t per_hour_max_;
  uint64_t sent_ = 0;
  Time ends_;
  std::vector<uint64_t> sequences_;
  std::map<std::string, uint64_t> counts_;  // By what they say.
  Time first_time_;
  uint8_t severity_ = 0;
};

}  // namespace statewire
