// Adds rules to a set and removes them.
//
// What is added is sealed into a segment by publish(). Segments of like size are merged, so that
// there are never more than a few, and each rule is sealed a few times, however many there are: a
// segment is at least kGrowth times as large as the next smaller one. What is removed is marked in
// its segment, and left out when that is merged; or at once, where most of a segment is removed.
#pragma once

#include <memory>
#include <vector>

#include "pattern/alternatives.h"
#include "pattern/snapshot.h"

namespace statewire::pattern {

// One thread at a time.
class Writer {
 public:
  Writer() : published_(std::make_shared<Published>()) {}

  void add(uint32_t id, const std::vector<Alternative>& alternatives);
  void remove(uint32_t id);
  void publish();

  const std::shared_ptr<Published>& published() const { return published_; }

 private:
  static constexpr size_t kGrowth = 3;

  // Of rules that are not published yet, those before `added` are removed too.
  struct Removal {
    uint32_t id;
    size_t added;
  };

  Rules take_added();
  void mark_removed(std::vector<Snapshot::Part>& parts) const;

  Paths paths_;
  Rules added_;
  std::vector<Removal> removed_;
  std::shared_ptr<const Paths> published_paths_ = std::make_shared<const Paths>();
  std::vector<Snapshot::Part> parts_;  // As published.
  std::shared_ptr<Published> published_;
};

}  // namespace statewire::pattern
