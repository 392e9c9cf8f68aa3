#include "ingest/ingest.h"

#include <algorithm>
#include <exception>

#include "base/limits.h"
#include "base/log.h"
#include "ingest/reminder_events.h"

namespace statewire {
namespace {

constexpr auto kDiskRetry = std::chrono::milliseconds(500);

}  // namespace

Ingest::Ingest(Store& store, const Clock& clock, Knowledge knowledge, IngestLimits limits,
               std::function<void()> on_commit)
    : store_(store),
      clock_(clock),
      limits_(limits),
      on_commit_(std::move(on_commit)),
      committer_(store, limits.track),
      knowledge_(std::move(knowledge)) {}

Ingest::~Ingest() = default;

// A chunk is counted against the bounds before it is recognised, so that however many threads
// submit at once, no more than the bound is ever held.
Result<void> Ingest::reserve_place() {
  if (!store_.disk_space().is_enough) {
    ++refused_disk_;
    return unavailable("the disk of the store is nearly full");
  }
  Lock lock(mutex_);
  if (is_stopping_) return unavailable("stopping");
  if (queue_.size() + being_recognised_ >= limits_.queued_chunks_max ||
      queued_events_ >= limits_.queued_events_max) {
    ++refused_busy_;
    return unavailable("busy: " + std::to_string(queued_events_) + " events wait for the store");
  }
  ++being_recognised_;
  return {};
}

std::unique_ptr<ChunkRecogniser> Ingest::take_recogniser() {
  Knowledge knowledge;
  {
    Lock lock(mutex_);
    if (!spare_recognisers_.empty()) {
      auto result = std::move(spare_recognisers_.back());
      spare_recognisers_.pop_back();
      return result;
    }
    knowledge = knowledge_;
  }
  return std::make_unique<ChunkRecogniser>(std::move(knowledge), limits_.event);
}

void Ingest::give_back(std::unique_ptr<ChunkRecogniser> recogniser) {
  Lock lock(mutex_);
  if (recogniser->knowledge() == knowledge_) {
    spare_recognisers_.push_back(std::move(recogniser));
  }
}

Result<void> Ingest::submit(Chunk&& chunk) { return take(std::move(chunk), {}); }

Result<void> Ingest::fire(std::span<const Reminder> due,
                          std::function<void(Result<ChunkFates>)> done) {
  Chunk chunk{.source = std::string(kRemindersSource), .done = std::move(done)};
  for (const Reminder& reminder : due) append_event_line(reminder, chunk.text);
  chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  return take(std::move(chunk), due);
}

Result<void> Ingest::take(Chunk&& chunk, std::span<const Reminder> fired) {
  if (Result<void> place = reserve_place(); !place) return place;
  std::unique_ptr<Batch> batch;
  {
    Lock lock(mutex_);
    if (!spare_batches_.empty()) {
      batch = std::move(spare_batches_.back());
      spare_batches_.pop_back();
    }
  }
  if (batch == nullptr) batch = std::make_unique<Batch>();
  std::unique_ptr<ChunkRecogniser> recogniser = take_recogniser();
  recogniser->recognise(chunk, clock_.now(), *batch);
  give_back(std::move(recogniser));
  for (const Reminder& reminder : fired) {
    add_event(reminder, *batch);
    ReminderKey& key = batch->fired.emplace_back(reminder.key);
    key.resource_id = batch->arena.copy(key.resource_id);
  }
#ifdef STATEWIRE_FAULT_ACK_BEFORE_COMMIT
  ChunkFates claimed;
  claimed.counts[0] = batch->events.size();
  batch->done(claimed);
  batch->done = [](Result<ChunkFates>) {};
#endif
  Lock lock(mutex_);
  --being_recognised_;
  queued_events_ += batch->events.size();
  queue_.push_back(std::move(batch));
  has_work_.notify_one();
  return {};
}

void Ingest::wait_for_room(std::stop_token stop) {
  while (!stop.stop_requested() && !store_.disk_space().is_enough) {
    std::mutex unused;
    std::unique_lock<std::mutex> lock(unused);
    std::condition_variable_any().wait_for(lock, stop, kDiskRetry, [] { return false; });
  }
  Lock lock(mutex_);
  has_room_.wait(mutex_, stop, [this]() REQUIRES(mutex_) {
    return is_stopping_ || (queue_.size() + being_recognised_ < limits_.queued_chunks_max &&
                            queued_events_ < limits_.queued_events_max);
  });
}

Result<std::string> Ingest::cursor(std::string_view key) { return store_.cursor(key); }

// False where the end has come: stopping, and nothing is left.
bool Ingest::take_queued(Batches& batches) {
  Lock lock(mutex_);
  has_work_.wait(mutex_, [this]() REQUIRES(mutex_) {
    return !queue_.empty() || (is_stopping_ && being_recognised_ == 0);
  });
  size_t events = 0;
  while (!queue_.empty() && events < limits_.commit_events_max) {
    events += queue_.front()->events.size();
    batches.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_events_ -= events;
  has_room_.notify_all();
  return !batches.empty();
}

void Ingest::run() {
  Batches batches;
  Batches returned;
  while (take_queued(batches)) {
    return_void(batches, returned);
    if (!batches.empty()) commit(batches);
    keep_spare(batches);
    keep_spare(returned);
  }
}

// A commit that failed was answered on this thread: whatever of its source is behind it says so.
bool Ingest::is_valid(const std::unique_ptr<Batch>& batch) {
  return !batch->is_void || !batch->is_void();
}

void Ingest::return_void(Batches& batches, Batches& returned) {
  const auto first = std::ranges::stable_partition(batches, is_valid).begin();
  std::move(first, batches.end(), std::back_inserter(returned));
  batches.erase(first, batches.end());
  for (const std::unique_ptr<Batch>& batch : returned) answer_void(*batch);
}

void Ingest::answer_void(const Batch& batch) {
  answer(batch, unavailable("what its source sent before it was not stored"));
}

void Ingest::keep_spare(Batches& batches) {
  Lock lock(mutex_);
  for (std::unique_ptr<Batch>& batch : batches) {
    batch->clear();
    const bool is_small = batch->arena.bytes_reserved() <= kSpareArenaBytesKept;
    if (is_small && spare_batches_.size() < kSpareBatchesKept) {
      spare_batches_.push_back(std::move(batch));
    }
  }
  batches.clear();
}

// Whoever is told may fail at it; the others are told all the same.
void Ingest::answer(const Batch& batch, Result<ChunkFates> fates) {
  try {
    batch.done(std::move(fates));
  } catch (const std::exception& fault) {
    log_error("a source could not be told of its commit",
              {{"source", batch.source}, {"error", fault.what()}});
  }
}

void Ingest::commit(std::span<const std::unique_ptr<Batch>> batches) {
  const Time start = clock_.now();
  std::vector<ChunkFates> fates;
  const Result<void> committed = committer_.commit(batches, start, fates);
  const bool is_full = !committed && committed.error().kind == ErrorKind::unavailable;
  if (!committed && !is_full && batches.size() > 1) {
    log_warn("a commit failed; each of its chunks is tried alone",
             {{"error", committed.error().text}});
    return commit_singly(batches);
  }
  if (!committed) {
    log_error("a commit failed; its events will be sent again",
              {{"source", batches.front()->source}, {"error", committed.error().text}});
  }
  for (size_t i = 0; i < batches.size(); ++i) {
    events_ += committed.ok() ? batches[i]->events.size() : 0;
    answer(*batches[i], committed.ok() ? Result<ChunkFates>(std::move(fates[i]))
                                       : Result<ChunkFates>(committed.error()));
  }
  on_commit_();
  ++commits_;
  commit_ns_ += static_cast<uint64_t>((clock_.now() - start).count());
}

// What one of them meets in the store, as a record that is damaged, costs only itself and what is
// behind it.
void Ingest::commit_singly(std::span<const std::unique_ptr<Batch>> batches) {
  for (const std::unique_ptr<Batch>& batch : batches) {
    is_valid(batch) ? commit({&batch, 1}) : answer_void(*batch);
  }
}

void Ingest::stop() {
  Lock lock(mutex_);
  is_stopping_ = true;
  has_work_.notify_all();
  has_room_.notify_all();
}

void Ingest::use(Knowledge knowledge) {
  Lock lock(mutex_);
  knowledge_ = std::move(knowledge);
  spare_recognisers_.clear();
}

IngestCounts Ingest::counts() const {
  Lock lock(mutex_);
  return {.events = events_,
          .commits = commits_,
          .refused_busy = refused_busy_,
          .refused_disk = refused_disk_,
          .queued_events = queued_events_,
          .commit_ns = commit_ns_};
}

}  // namespace statewire
