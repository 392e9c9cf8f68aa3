// Complaints about events, kind by kind: some are made, and the rest is counted.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace statewire {

// Not thread-safe.
class Complaints {
 public:
  // `tell` takes a line.
  explicit Complaints(std::function<void(std::string)> tell) : tell_(std::move(tell)) {}

  // "place: reason". Reasons that differ in numbers and in what they quote are of one kind.
  void add(std::string_view place, std::string_view reason);
  // Says how many more there were of each kind.
  void finish();

 private:
  struct Kind {
    std::string first;  // Reason.
    uint64_t count = 0;
  };

  const std::function<void(std::string)> tell_;
  std::map<std::string, Kind, std::less<>> kinds_;
};

}  // namespace statewire
