// A generated day of an estate: what happens, when Statewire hears of it, and the truth about it.
// Nothing here asks the program: what it should say follows from what was made to happen.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "inventory/declared.h"

namespace statewire::day {

struct Size {
  size_t seed = 1;
  size_t resources = 5'000;
  size_t deployments = 60;
  size_t moves = 1'000;  // Of Auto Scaling.
  size_t hand_changes = 100;
  size_t stuck = 25;
  size_t flapping = 10;
  size_t quiet_days = 30;    // Before the day.
  size_t quiet_moves = 100;  // On each of them.
  size_t is_on_disk = 0;     // 1: in a store on disk, which a sync for each commit makes slow.
};

struct Arrival {
  Time at;  // When it comes in; what it tells is earlier.
  std::string line;
};

// A state or a stack, from when its tool had written it.
struct Written {
  Time at;
  size_t inventory = 0;
  size_t stack = 0;  // Of that inventory.
  DeclaredStack now;
};

// The words that are judged: those of drift, and two kinds of notification.
enum class Word { none, out_of_band, unmanaged, lost, stuck, flapping };
inline constexpr size_t kWords = 6;
std::string_view name_of(Word word);

struct Deployment {
  std::string tool;
  std::string name;  // Of the actor; of CloudFormation, of the stack.
  std::string account;
  Time began;
  Time ended;
  std::set<std::string> resources;  // Ids that it has changed, a stack itself left out.
};

struct Truth {
  // How often each is to be told of a resource on the day.
  std::map<std::pair<Word, std::string>, size_t> told;
  // May be told or not: what was over before anybody could know of it, and what is said of a
  // resource on its way to another verdict.
  std::map<std::pair<Word, std::string>, size_t> may_be_told;
  // What holds of a resource at the end.
  std::map<std::string, Word> stands;
  std::vector<Deployment> deployments;
};

struct Day {
  Time begins;         // Of the quiet days.
  Time begins_itself;  // Of the day.
  Time ends;
  std::vector<std::string> inventories;
  std::vector<Written> written;   // By time; those of the beginning first.
  std::vector<Arrival> arrivals;  // By time.
  Truth truth;
};

// How long after a write it is read, at most; after which what nobody declares is unmanaged; and
// after which it is told at the latest.
inline constexpr Duration kReadEvery = std::chrono::minutes(5);
inline constexpr Duration kGrace = std::chrono::hours(1);

Day generate(const Size& size);

}  // namespace statewire::day
