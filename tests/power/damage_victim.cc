// Looks at a store that may be damaged, as a person would: checks it, starts it, and salvages it
// where one of both finds something. Says on standard output:
//   check sound | found <what> | refused <why>      before anything else opens it
//   start ok | refused <kind> <why>
//   digest <truth> <deliveries>                     what the started store has
//   salvage ok | failed <why>
// An end by a signal, or any other exit status than 0, is a fault.
#include <cstdio>
#include <string>

#include "base/ids.h"
#include "base/log.h"
#include "ingest/refold.h"
#include "store/check_deliveries.h"
#include "store/engine.h"
#include "store/salvage.h"

namespace statewire {
namespace {

void tell(const std::string& line) { std::printf("%s\n", line.c_str()); }

// The first thing that a check finds; empty where all is well.
std::string first_finding(const Store& store) {
  std::string found;
  const auto differs = [&](std::string text) {
    if (found.empty()) found = std::move(text);
  };
  if (Result<void> read = store.verify_files(); !read) differs(read.error().text);
  if (Result<void> read = store.check_rows(differs); !read) differs(read.error().text);
  const Result<RefoldReport> report = check_store(store, {});
  if (!report) differs(report.error().text);
  if (report && !report->differences.empty()) differs(report->differences.front());
  if (Result<void> read = check_deliveries(store, differs); !read) differs(read.error().text);
  return found;
}

bool check(const std::string& path) {
  const auto store = Store::open({.path = path, .read_only = true});
  if (!store) return tell("check refused " + store.error().text), false;
  std::string found = first_finding(**store);
  if (const Result<void> marks = check_marks(path); !marks) found = marks.error().text;
  tell(found.empty() ? "check sound" : "check found " + found);
  return found.empty();
}

bool start(const std::string& path) {
  const auto store = Store::open({.path = path, .free_bytes_min = 0});
  if (store) return tell("start ok"), true;
  const bool is_damage = store.error().kind == ErrorKind::damaged;
  tell(std::string("start refused ") + (is_damage ? "damaged " : "failed ") + store.error().text);
  return false;
}

void digest(const std::string& path) {
  const auto engine = open_rocksdb_engine({.path = path, .read_only = true});
  if (!engine) return tell("digest none");
  uint64_t truth = 0;
  uint64_t deliveries = 0;
  for (size_t i = 0; i < kFamilyNames.size(); ++i) {
    const auto family = static_cast<Family>(i);
    const auto visit = [&](std::string_view key, std::string_view value) {
      const bool is_delivery = family == Family::deliveries || family == Family::parked ||
                               family == Family::batches ||
                               (family == Family::cursors && key.starts_with('d'));
      uint64_t& sum = is_delivery ? deliveries : truth;
      sum += hash64(std::to_string(i) + std::string(key) + '\0' + std::string(value));
      return true;
    };
    if (!(*engine)->each(family, "", Direction::forward, visit)) return tell("digest unreadable");
  }
  tell("digest " + std::to_string(truth) + " " + std::to_string(deliveries));
}

std::string fault_of_salvage(const std::string& path, const std::string& to) {
  const Result<SalvageReport> report = salvage({.path = path, .free_bytes_min = 0}, to);
  if (!report) return "salvage: " + report.error().text;
  {
    const auto store = Store::open({.path = to, .free_bytes_min = 0});
    if (!store) return "start: " + store.error().text;
    if (const auto rebuilt = rebuild_views(**store, {}); !rebuilt) {
      return "rebuild: " + rebuilt.error().text;
    }
  }
  const auto store = Store::open({.path = to, .read_only = true});
  if (!store) return "open: " + store.error().text;
  return first_finding(**store);
}

void run(const std::string& path, const std::string& to) {
  const bool is_sound = check(path);
  bool starts = false;
  if (is_sound) starts = start(path);
  if (starts) digest(path);
  if (is_sound && starts) return;
  const std::string fault = fault_of_salvage(path, to);
  tell(fault.empty() ? "salvage ok" : "salvage failed " + fault);
  if (!is_sound && start(path)) digest(path);
}

}  // namespace
}  // namespace statewire

int main(int count, char** arguments) {
  if (count != 3) return 2;
  statewire::set_log(statewire::LogLevel::warn, statewire::LogForm::logfmt);
  statewire::run(arguments[1], arguments[2]);
  return 0;
}
