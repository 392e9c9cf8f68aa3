// Events in, rendered notifications out, each event alone: no record is kept from one to the next.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/arena.h"
#include "base/time.h"
#include "catalog/recogniser.h"
#include "cli/event_input.h"
#include "format/format.h"
#include "sources/event_reader.h"
#include "track/fold.h"

namespace statewire {

// Not thread-safe. Borrows everything.
class Converter {
 public:
  struct Parts {
    const Catalog& catalog;
    const Format& format;
    const Clock& clock;
    // Takes what was rendered, in pieces of whole lines; false where nobody wants more.
    std::function<bool(std::string_view)> write;
    // Takes "file:line" and the reason of an event that could not be read.
    std::function<void(std::string_view place, std::string_view reason)> complain;
  };
  explicit Converter(Parts parts);

  // Reads `input` to its end. False where nobody wants more.
  Result<bool> convert(EventInput& input);
  // Writes what is left.
  bool flush();

  uint64_t unreadable() const { return unreadable_; }
  uint64_t notifications() const { return notifications_; }
  // Where no notification was made: why, in one line.
  std::string why_nothing() const;

 private:
  void convert_event(const ParsedEvent& event);
  void report(uint64_t line, std::string_view reason);

  const Parts parts_;
  EventReader reader_;
  Recogniser recogniser_;
  std::unique_ptr<Views> views_;
  Fold fold_;
  Arena arena_;
  std::vector<Observation> observations_;
  std::string out_;
  std::string_view input_name_;
  Time received_;
  uint64_t events_ = 0;
  uint64_t unreadable_ = 0;
  uint64_t notifications_ = 0;
  uint64_t fates_[kFateCount] = {};  // Of what could be read.
};

}  // namespace statewire
