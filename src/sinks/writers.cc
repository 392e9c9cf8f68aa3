#include "sinks/writers.h"

#include <chrono>
#include <deque>
#include <map>
#include <vector>

#include "base/mutex.h"
#include "base/thread.h"

namespace statewire {
namespace {

// A thread with nothing to do ends after this: the next task costs a new one.
constexpr std::chrono::seconds kIdleTime(5);

struct OwnedTask {
  const Writer* owner;
  Writer::Task run;
};

struct WriterPlace {
  std::deque<OwnedTask> tasks;  // As many as its sinks have batches in flight: one each.
  std::condition_variable_any changed;
  bool has_thread = false;
};

}  // namespace

struct Writers::Shared {
  void run(const std::string& place_name);
  bool next(const std::string& place_name, Writer::Task& task);

  Mutex mutex;
  std::map<std::string, WriterPlace> places GUARDED_BY(mutex);
  bool is_over GUARDED_BY(mutex) = false;
};

// False where there was nothing to do for a while: the thread ends, and the place with it.
bool Writers::Shared::next(const std::string& place_name, Writer::Task& task) {
  Lock lock(mutex);
  WriterPlace& place = places[place_name];
  place.changed.wait_for(mutex, kIdleTime,
                         [&]() REQUIRES(mutex) { return is_over || !place.tasks.empty(); });
  if (place.tasks.empty()) {
    places.erase(place_name);
    return false;
  }
  task = std::move(place.tasks.front().run);
  place.tasks.pop_front();
  return true;
}

void Writers::Shared::run(const std::string& place_name) {
  Writer::Task task;
  while (next(place_name, task)) {
    task(true);
    task = nullptr;  // What it keeps is not kept while nothing is done.
  }
}

Writers::Writers() : shared_(std::make_shared<Shared>()) {}

Writers::~Writers() {
  Lock lock(shared_->mutex);
  shared_->is_over = true;
  for (auto& [name, place] : shared_->places) place.changed.notify_all();
}

Writer::Writer(Writers& writers, std::string place)
    : shared_(writers.shared_), place_(std::move(place)) {}

Writer::~Writer() {
  std::vector<Task> unwanted;
  {
    Lock lock(shared_->mutex);
    const auto found = shared_->places.find(place_);
    if (found == shared_->places.end()) return;
    std::erase_if(found->second.tasks, [&](OwnedTask& task) {
      if (task.owner != this) return false;
      unwanted.push_back(std::move(task.run));
      return true;
    });
  }
  for (const Task& task : unwanted) task(false);
}

void Writer::run(Task task) {
  {
    Lock lock(shared_->mutex);
    WriterPlace& place = shared_->places[place_];
    if (!place.has_thread) {
      place.has_thread = start_detached([shared = shared_, name = place_] { shared->run(name); });
    }
    if (place.has_thread) {
      place.tasks.push_back({this, std::move(task)});
      place.changed.notify_all();
      return;
    }
    shared_->places.erase(place_);
  }
  task(false);
}

}  // namespace statewire
