// One simulated daemon from its first start to the end of its script: the program's own store,
// fold, pipelines and dispatcher on one thread, with clocks, a disk and sinks that are made up.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "code.h"
#include "course.h"
#include "delivery/dispatcher.h"
#include "disk.h"
#include "input.h"
#include "model.h"
#include "script.h"
#include "sink.h"

namespace statewire {

// What every simulation of a process shares.
struct Common {
  Conditions conditions;
  std::shared_ptr<const Catalog> catalog;
  bool traces = false;  // Prints what happens.
};

class World {
 public:
  World(const Script& script, const Common& common);
  ~World();

  // Plays the script, lets everything run to its end, and looks at what is left. What is wrong
  // first; empty where nothing is.
  std::string play();

 private:
  struct Process;

  static constexpr Duration kFine =
      std::chrono::seconds(3);  // Before the end of a pass every due time is met.

  void start();
  void end(Duration by);
  void ignore();
  void kill(Duration by);
  void stop(Duration by);
  void cut_power(const Step& step);
  void reload(const Plan& plan, Duration grace);
  void commit(const std::vector<EventPlan>& events);
  void read_code(const Step& step);
  void trim(uint64_t kept);
  void change_parked(const Step& step);
  void drop_waiting(size_t name);
  void answer_what_hangs(size_t name);
  void trace(const std::string& text) const;
  void play_step(const Step& step);
  void pass(Duration by, Duration fine);
  void settle_down();
  void expect_nobody_kept();
  void finish();
  void check_views();

  PipelineSet pipelines_of(const std::shared_ptr<Settings>& settings);
  void turn_until_idle();
  bool answer_due();
  void answer(Trip& trip);
  void on_deliver(std::unique_ptr<Trip> trip);
  void read_journal();
  void fire_reminders();
  Duration next_answer() const;
  Time wall() const { return kBegin + elapsed_ + wall_offset_; }
  void set_clocks();
  bool has_just_failed() const;
  bool has_failed() const { return !model_.first_fault().empty(); }

  const Script& script_;
  const Common& common_;
  Duration elapsed_{};      // True time since the beginning.
  Duration wall_offset_{};  // By which the wall clock was set.
  Disk disk_;
  Model model_;
  Course course_;
  Code code_;
  Plan plan_;
  ManualClock wall_clock_{kBegin};
  ManualClock steady_clock_{kBegin};
  Duration steady_offset_{};
  std::vector<Mood> moods_;
  uint64_t generation_ = 0;  // That runs.
  uint64_t generations_ = 0;
  uint64_t told_to_ = 0;  // The model has heard of the journal up to here.
  uint64_t parked_seen_ = 0;
  uint64_t events_ = 0;  // Acknowledged.
  Duration failing_since_{};
  Duration failed_until_ = -std::chrono::hours(1);
  std::vector<std::unique_ptr<Trip>> trips_;
  std::unique_ptr<Process> process_;
};

// What a kill takes.
struct World::Process {
  Process(Disk& disk, const Script& script, const Common& common, const Clock& steady,
          const Clock& wall)
      : store(open(disk)),
        limits{.horizon = script.horizon, .entries_back_max = script.entries_back_max},
        input(*store, limits, common.catalog),
        dispatcher(*store, steady, wall) {}

  static std::unique_ptr<Store> open(Disk& disk) {
    auto opened = Store::open({}, disk.open());
    CHECK(opened.ok());
    return *std::move(opened);
  }

  const std::unique_ptr<Store> store;
  const TrackLimits limits;
  Input input;
  Dispatcher dispatcher;
};

// While the model reads, the disk works.
class Undisturbed {
 public:
  explicit Undisturbed(Disk& disk) : disk_(disk), reads_(disk.fails_reads) {
    disk_.fails_reads = false;
  }
  ~Undisturbed() { disk_.fails_reads = reads_; }

 private:
  Disk& disk_;
  const bool reads_;
};

}  // namespace statewire
