// A notification as patterns see it: the fields of its data, with those of the envelope beside
// them.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>

#include "model/notification.h"
#include "pattern/pattern.h"

namespace statewire {

// Not thread-safe; kept for its memory.
class Routable {
 public:
  void set(const Notification& notification);
  // REQUIRES: set() was called.
  uint8_t severity() const { return severity_; }
  bool meets(const Pattern& pattern) const { return pattern.matches(element_); }
  std::optional<Mismatch> explain(const Pattern& pattern) const {
    return pattern.explain(element_);
  }

 private:
  uint8_t severity_ = 0;
  std::string text_;
  simdjson::dom::parser parser_;
  simdjson::dom::element element_;
};

}  // namespace statewire
