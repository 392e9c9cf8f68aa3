#include "ingest/ingest.h"

#include <algorithm>
#include <exception>
#include <future>
#include <new>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "ingest/reminder_events.h"

namespace statewire {
namespace {

constexpr auto kDiskRetry = std::chrono::milliseconds(500);
constexpr auto kRoomPause = std::chrono::milliseconds(20);
constexpr auto kFaultPause = std::chrono::milliseconds(200);

bool is_long(const Chunk& chunk) {
  return chunk.unpacking != nullptr ||
         (chunk.unreadable.empty() && chunk.text.size() > kRecognisedAtOnceBytesMax);
}

// A chunk that cannot be read for a fault of ours would be sent again for ever: it becomes one
// event that is unreadable. False where memory is short, which passes, or where that was tried
// already.
bool give_up(Chunk& chunk, const std::exception& fault) {
  if (dynamic_cast<const std::bad_alloc*>(&fault) != nullptr || !chunk.unreadable.empty()) {
    return false;
  }
  chunk.unreadable = "it could not be read; the log says why";
  chunk.unpacking = nullptr;
  return true;
}

}  // namespace

// A long chunk on its way. At most one batch of it waits for its commit, so that a cursor, which is
// of the last batch, is never stored before the events that it passes.
class Ingest::Passage final : public Turns::Task,
                              public std::enable_shared_from_this<Ingest::Passage> {
 public:
  Passage(Ingest& ingest, Chunk&& its_chunk) : chunk(std::move(its_chunk)), ingest_(ingest) {}
  ~Passage() override { end(unavailable("stopping")); }

  bool turn() override { return ingest_.turn(shared_from_this()); }
  // Answers whoever sent the chunk. Only the first time counts.
  void end(Result<ChunkFates> result) {
    if (const auto done = std::exchange(chunk.done, nullptr)) {
      answer(done, chunk.source, std::move(result));
    }
  }
  // What became of one batch. False where it was not stored: then this ends.
  bool add(const Result<ChunkFates>& batch) {
    if (!batch) return end(batch.error()), false;
    for (int i = 0; i < kFateCount; ++i) fates_.counts[i] += batch->counts[i];
    for (const std::string& reason : batch->reasons) {
      if (fates_.reasons.size() < kChunkReasonsKept) fates_.reasons.push_back(reason);
    }
    return true;
  }
  void end_with(const Result<ChunkFates>& last) {
    if (add(last)) end(std::move(fates_));
  }

  Chunk chunk;
  std::optional<EventReading> reading;  // Once it has begun.

 private:
  Ingest& ingest_;
  ChunkFates fates_;
};

Ingest::Ingest(Store& store, const Clock& clock, Knowledge knowledge, IngestLimits limits,
               std::function<void()> on_commit)
    : store_(store),
      clock_(clock),
      limits_(limits),
      on_commit_(std::move(on_commit)),
      committer_(store, limits.track),
      knowledge_(std::move(knowledge)) {}

Ingest::~Ingest() = default;

bool Ingest::has_room() const {
  return queue_.size() + being_recognised_ < limits_.queued_chunks_max &&
         queued_events_ < limits_.queued_events_max;
}

Result<void> Ingest::check_room() {
  if (is_stopping_) return unavailable("stopping");
  if (takes_again_at_ != std::chrono::steady_clock::time_point()) {
    if (std::chrono::steady_clock::now() < takes_again_at_) return unavailable("no memory left");
    takes_again_at_ = {};
  }
  if (has_room()) return {};
  ++refused_busy_;
  return unavailable("busy: " + std::to_string(queued_events_) + " events wait for the store");
}

bool Ingest::has_disk() {
  const DiskSpace disk = store_.disk_space();
  if (disk.is_enough) {
    if (is_disk_short_.load(std::memory_order_relaxed) && is_disk_short_.exchange(false)) {
      log_info("the disk of the store has room again; events are taken",
               {{"free_bytes", disk.free_bytes}});
    }
    return true;
  }
  if (!is_disk_short_.exchange(true)) {
    log_error("events are refused: the disk of the store is nearly full",
              {{"free_bytes", disk.free_bytes}, {"needed_bytes", disk.needed_bytes}});
  }
  return false;
}

Result<void> Ingest::ask_for_disk() {
  if (has_disk()) return {};
  ++refused_disk_;
  return unavailable("the disk of the store is nearly full");
}

// A chunk is counted against the bounds before it is recognised, so that however many threads
// submit at once, no more than the bound is ever held.
Result<void> Ingest::reserve_place() {
  if (Result<void> disk = ask_for_disk(); !disk) return disk;
  Lock lock(mutex_);
  if (Result<void> room = check_room(); !room) return room;
  ++being_recognised_;
  return {};
}

void Ingest::end_recognising() {
  Lock lock(mutex_);
  --being_recognised_;
  has_room_.notify_all();
  if (is_stopping_) has_work_.notify_all();
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

Result<void> Ingest::submit(Chunk&& chunk) {
  if (!is_long(chunk)) return take(std::move(chunk), {});
  if (Result<void> place = reserve_place(); !place) return place;
  const auto passage = std::make_shared<Passage>(*this, std::move(chunk));
  while (submit_slice(passage)) {
  }
  end_recognising();
  return {};
}

// Waits for the commit of all batches but the last. False where nothing follows.
bool Ingest::submit_slice(const PassagePtr& passage) {
  std::unique_ptr<Batch> batch = recognise_slice(*passage);
  if (batch == nullptr) return passage->chunk.done != nullptr;
  if (passage->reading->is_over()) {
    queue_last(passage, std::move(batch));
    return false;
  }
  std::promise<Result<ChunkFates>> stored;
  batch->done = [&](Result<ChunkFates> fates) { stored.set_value(std::move(fates)); };
  queue(std::move(batch));
  return passage->add(stored.get_future().get());
}

Result<void> Ingest::enter(Chunk&& chunk) {
  if (!is_long(chunk)) return take(std::move(chunk), {});
  if (Result<void> place = reserve_place(); !place) return place;
  end_recognising();
  const auto passage = std::make_shared<Passage>(*this, std::move(chunk));
  if (reading_.add(passage)) return {};
  chunk = std::exchange(passage->chunk, {});
  return unavailable("busy with other long chunks");
}

// One turn of a chunk that was entered. True: it wants another at once. Once a batch is queued this
// must not touch the passage: its commit may have brought it back already.
bool Ingest::turn(const PassagePtr& passage) {
  if (passage->chunk.unpacking == nullptr && !wait_for_slice_room()) return true;
  {
    Lock lock(mutex_);
    if (is_stopping_) return false;
    ++being_recognised_;
  }
  std::unique_ptr<Batch> batch = recognise_slice(*passage);
  const bool wants_another = batch == nullptr && passage->chunk.done != nullptr;
  if (batch != nullptr && passage->reading->is_over()) {
    queue_last(passage, std::move(batch));
  } else if (batch != nullptr) {
    batch->done = [this, passage](const Result<ChunkFates>& fates) {
      if (passage->add(fates) && !reading_.add_again(passage)) {
        passage->end(unavailable("stopping"));
      }
    };
    queue(std::move(batch));
  }
  end_recognising();
  return wants_another;
}

// False where there is none yet: others have their turns.
bool Ingest::wait_for_slice_room() {
  Lock lock(mutex_);
  return has_room_.wait_for(mutex_, kRoomPause, [this]() REQUIRES(mutex_) {
    return is_stopping_ || sliced_events_ < kSlicedEventsQueuedMax;
  });
}

// Null where it was a step of unpacking, or the passage has ended.
std::unique_ptr<Batch> Ingest::recognise_slice(Passage& passage) {
  Chunk& chunk = passage.chunk;
  try {
    if (chunk.unpacking != nullptr) {
      const Result<bool> is_unpacked = chunk.unpacking->step(chunk);
      if (!is_unpacked) return passage.end(is_unpacked.error()), nullptr;
      if (*is_unpacked) chunk.unpacking = nullptr;
      return nullptr;
    }
    std::unique_ptr<Batch> batch = take_spare_batch();
    std::unique_ptr<ChunkRecogniser> recogniser = take_recogniser();
    if (!passage.reading) passage.reading = recogniser->begin(chunk);
    recogniser->recognise(chunk, *passage.reading, clock_.now(), *batch);
    give_back(std::move(recogniser));
    batch->is_slice = true;
    batch->is_void = chunk.is_void;
    return batch;
  } catch (const std::exception& fault) {
    log_error("a chunk could not be read",
              {{"source", chunk.source}, {"fault", std::string_view(fault.what())}});
    if (!give_up(chunk, fault)) passage.end(unavailable("it could not be read now"));
    passage.reading.reset();
    return nullptr;
  }
}

void Ingest::queue_last(const PassagePtr& passage, std::unique_ptr<Batch> batch) {
  batch->cursor = std::move(passage->chunk.cursor);
  batch->done = [passage](const Result<ChunkFates>& fates) { passage->end_with(fates); };
  queue(std::move(batch));
}

// Where memory is short it throws, and the batch is the caller's still.
void Ingest::queue(std::unique_ptr<Batch>&& batch) {
#ifdef STATEWIRE_FAULT_ACK_BEFORE_COMMIT
  ChunkFates claimed;
  claimed.counts[0] = batch->events.size();
  batch->done(claimed);
  batch->done = [](Result<ChunkFates>) {};
#endif
  const size_t events = batch->events.size();
  const bool is_slice = batch->is_slice;
  Lock lock(mutex_);
  queue_.push_back(std::move(batch));
  queued_events_ += events;
  if (is_slice) sliced_events_ += events;
  has_work_.notify_one();
}

Result<void> Ingest::fire(std::span<const Reminder> due,
                          std::function<void(Result<ChunkFates>)> done) {
  Chunk chunk{.source = std::string(kRemindersSource), .is_own = true, .done = std::move(done)};
  for (const Reminder& reminder : due) append_event_line(reminder, chunk.text);
  chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  return take(std::move(chunk), due);
}

Result<void> Ingest::take(Chunk&& chunk, std::span<const Reminder> fired) {
  if (Result<void> place = reserve_place(); !place) return place;
  std::unique_ptr<Batch> batch;
  try {
    batch = take_spare_batch();
    std::unique_ptr<ChunkRecogniser> recogniser = take_recogniser();
    recogniser->recognise_whole(chunk, clock_.now(), *batch);
    give_back(std::move(recogniser));
    for (const Reminder& reminder : fired) {
      add_event(reminder, *batch);
      ReminderKey& key = batch->fired.emplace_back(reminder.key);
      key.resource_id = batch->arena.copy(key.resource_id);
    }
    batch->cursor = std::move(chunk.cursor);
    batch->is_void = std::move(chunk.is_void);
    batch->share = std::move(chunk.share);
    batch->done = std::move(chunk.done);
    queue(std::move(batch));
    end_recognising();
    return {};
  } catch (const std::exception& fault) {
    if (batch != nullptr && batch->done) {  // The chunk is as it was.
      chunk.cursor = std::move(batch->cursor);
      chunk.is_void = std::move(batch->is_void);
      chunk.share = std::move(batch->share);
      chunk.done = std::move(batch->done);
    }
    end_recognising();
    log_error("a chunk could not be recognised",
              {{"source", chunk.source}, {"fault", std::string_view(fault.what())}});
    if (fired.empty() && give_up(chunk, fault)) return take(std::move(chunk), {});
    {
      Lock lock(mutex_);
      takes_again_at_ = std::chrono::steady_clock::now() + kFaultPause;
    }
    return unavailable("it could not be recognised now");
  }
}

std::unique_ptr<Batch> Ingest::take_spare_batch() {
  {
    Lock lock(mutex_);
    if (!spare_batches_.empty()) {
      std::unique_ptr<Batch> batch = std::move(spare_batches_.back());
      spare_batches_.pop_back();
      spare_bytes_ -= batch->bytes_kept();
      return batch;
    }
  }
  return std::make_unique<Batch>();
}

void Ingest::wait_for_room(std::stop_token stop) {
  while (!stop.stop_requested() && !has_disk()) {
    std::mutex unused;
    std::unique_lock<std::mutex> lock(unused);
    std::condition_variable_any().wait_for(lock, stop, kDiskRetry, [] { return false; });
  }
  Lock lock(mutex_);
  // A copy: others may set it meanwhile.
  const auto takes_again_at = takes_again_at_;
  has_room_.wait_until(mutex_, stop, takes_again_at,
                       [this]() REQUIRES(mutex_) { return is_stopping_; });
  has_room_.wait(mutex_, stop, [this]() REQUIRES(mutex_) { return is_stopping_ || has_room(); });
}

Result<std::string> Ingest::cursor(std::string_view key) { return store_.cursor(key); }

Result<std::map<std::string, std::string>> Ingest::cursors(std::string_view prefix) {
  std::map<std::string, std::string> found;
  const Result<void> read = store_.each_cursor(
      prefix, [&](std::string_view key, std::string_view value) { found.emplace(key, value); });
  if (!read) return read.error();
  return found;
}

// False where the end has come: stopping, and nothing is left.
bool Ingest::take_queued(Batches& batches) {
  Lock lock(mutex_);
  has_work_.wait(mutex_, [this]() REQUIRES(mutex_) {
    return !queue_.empty() || (is_stopping_ && being_recognised_ == 0);
  });
  size_t work = 0;
  while (!queue_.empty() && work < limits_.commit_events_max) {
    const Batch& batch = *queue_.front();
    work += std::max(batch.events.size(), batch.observations.size());
    queued_events_ -= batch.events.size();
    if (batch.is_slice) sliced_events_ -= batch.events.size();
    batches.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
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
  for (std::unique_ptr<Batch>& batch : batches) {
    if (!is_valid(batch)) returned.push_back(std::move(batch));
  }
  std::erase(batches, nullptr);
  for (const std::unique_ptr<Batch>& batch : returned) answer_void(*batch);
}

void Ingest::answer_void(const Batch& batch) {
  answer(batch.done, batch.source, unavailable("what its source sent before it was not stored"));
}

void Ingest::keep_spare(Batches& batches) {
  for (std::unique_ptr<Batch>& batch : batches) batch->clear();
  Lock lock(mutex_);
  for (std::unique_ptr<Batch>& batch : batches) {
    const size_t bytes = batch->bytes_kept();
    if (spare_batches_.size() >= kSpareBatchesKept) continue;
    if (spare_bytes_ + bytes > kSpareBatchBytesKept) continue;
    spare_bytes_ += bytes;
    spare_batches_.push_back(std::move(batch));
  }
  batches.clear();
}

// Whoever is told may fail at it; the others are told all the same.
void Ingest::answer(const Done& done, const std::string& source, Result<ChunkFates> fates) {
  try {
    done(std::move(fates));
  } catch (const std::exception& fault) {
    log_error("a source could not be told of its commit",
              {{"source", source}, {"error", fault.what()}});
  }
}

void Ingest::commit(std::span<const std::unique_ptr<Batch>> batches) {
  const Time start = clock_.now();
  const auto began = std::chrono::steady_clock::now();
  std::vector<ChunkFates> fates;
  {
    Lock lock(mutex_);
    committer_.use(knowledge_.rules);
  }
  commit_began_ = began;
  const Result<void> committed = committer_.commit(batches, start, fates);
  commit_began_ = std::chrono::steady_clock::time_point();
  const Duration took = std::chrono::steady_clock::now() - began;
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
  if (committed) commits_.add(took);
  for (size_t i = 0; i < batches.size(); ++i) {
    if (committed) {
      events_ += batches[i]->events.size();
      arrivals_.add(batches[i]->source, batches[i]->events.size(), start);
    }
    answer(batches[i]->done, batches[i]->source,
           committed.ok() ? Result<ChunkFates>(std::move(fates[i]))
                          : Result<ChunkFates>(committed.error()));
  }
  on_commit_();
}

// What one of them meets in the store, as a record that is damaged, costs only itself and what is
// behind it.
void Ingest::commit_singly(std::span<const std::unique_ptr<Batch>> batches) {
  for (const std::unique_ptr<Batch>& batch : batches) {
    is_valid(batch) ? commit({&batch, 1}) : answer_void(*batch);
  }
}

void Ingest::stop() {
  reading_.stop();
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
  const auto began = commit_began_.load();
  const bool runs = began != std::chrono::steady_clock::time_point();
  Lock lock(mutex_);
  return {.events = events_,
          .refused_busy = refused_busy_,
          .refused_disk = refused_disk_,
          .queued_events = queued_events_,
          .commits = commits_.counts(),
          .commit_lasts = runs ? std::chrono::steady_clock::now() - began : Duration()};
}

}  // namespace statewire
