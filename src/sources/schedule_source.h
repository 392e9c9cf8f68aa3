// Events at times of one's own: what EventBridge schedules do, without one.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sources/schedule_times.h"
#include "sources/source.h"

namespace statewire {

struct ScheduleOptions {
  std::string name;
  ScheduleTimes times;
  // Members of the event as JSON, without braces; not `version`, `id`, `source` and `time`.
  std::string members;
  bool catches_up = false;  // After a stop: all that was missed, not only the last.
};

// Each firing is an event of the source `statewire.schedule` with the time that it was due, and an
// id that is made of the schedule's name and that time. How far it fired is stored by the commit
// that stores the event: over a restart nothing fires twice. What was due while nothing ran fires
// at the start: the last of it, or all, kScheduleCatchUpMax at most. That place belongs to its
// rule: another rule begins where it is first seen. Where the clock is set, the place goes with it:
// what was not missed does not fire, and nothing waits for a time that had only seemed to be there.
class ScheduleSource final : public Source {
 public:
  // The clock outlives the source. `elapsed` is never set.
  ScheduleSource(ScheduleOptions options, const Clock& clock, std::shared_ptr<const Clock> elapsed);

  Result<void> run(Intake& intake, std::stop_token stop) override;
  std::optional<Time> next_time() const override { return options_.times.next_after(clock_.now()); }
  std::optional<SourceTrouble> trouble() const override { return trouble_.get(); }
  SourceNote note() const override;

 private:
  std::optional<Time> stored_place(const std::string& cursor) const;
  bool commit(Intake& intake, std::string text, Time fired, const std::stop_token& stop);
  bool fire(Intake& intake, Time time, const std::stop_token& stop);
  std::string event_at(Time time) const;
  std::string cursor_key() const { return options_.name + "/schedule"; }

  const ScheduleOptions options_;
  const Clock& clock_;
  const std::shared_ptr<const Clock> elapsed_;
  TroubleNote trouble_;
};

extern const SourceKind schedule_source_kind;

}  // namespace statewire
