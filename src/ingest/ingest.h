// Source -> recognise -> fold -> commit -> acknowledge.
//
// Chunks are recognised on the thread that submits them. A long one becomes several batches, one
// after the other, and the commit of the last acknowledges it: long chunks of threads that others
// wait for take turns on a thread of their own. One thread commits: while one commit waits for its
// sync, the next batches gather, and what has gathered is the next commit. A lone chunk waits for
// nobody.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>

#include "base/duration_histogram.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "base/time.h"
#include "base/turns.h"
#include "ingest/arrivals.h"
#include "ingest/committer.h"
#include "sources/source.h"

namespace statewire {

struct IngestLimits {
  EventLimits event{.events_max = kEventsReadMax};
  TrackLimits track;
  size_t queued_chunks_max = kQueuedChunksMax;
  size_t queued_events_max = kQueuedEventsMax;
  size_t commit_events_max = kCommitEventsMax;  // A commit takes batches until it has so many.
};

// The disk does not answer where a commit has not ended by then.
inline constexpr Duration kCommitHangsAfter = std::chrono::seconds(10);

// Counts since the start, for metrics.
struct IngestCounts {
  uint64_t events = 0;
  uint64_t refused_busy = 0;  // Chunks refused before they were received.
  uint64_t refused_disk = 0;
  uint64_t queued_events = 0;
  DurationHistogram::Counts commits;  // How long they took, those that failed left out.
  Duration commit_lasts{};            // For how long one runs by now; 0 where none does.

  bool does_commit_hang() const { return commit_lasts >= kCommitHangsAfter; }
};

class Ingest final : public Intake {
 public:
  // Borrows store and clock. `on_commit` is called after each commit, on the thread of run().
  Ingest(
      Store& store, const Clock& clock, Knowledge knowledge, IngestLimits limits = {},
      std::function<void()> on_commit = [] {});
  ~Ingest() override;

  Result<void> submit(Chunk&& chunk) override;
  Result<void> enter(Chunk&& chunk) override;
  // Submits the events that these reminders come back as. The commit that stores the events removes
  // the reminders, whatever the events' fates.
  Result<void> fire(std::span<const Reminder> due, std::function<void(Result<ChunkFates>)> done);
  void wait_for_room(std::stop_token stop) override;
  Result<std::string> cursor(std::string_view key) override;
  Result<std::map<std::string, std::string>> cursors(std::string_view prefix) override;

  // Commits what is submitted, until stop(); then commits what is still queued, and returns. One
  // thread.
  void run();
  // Reads long chunks that were entered, until stop(). One thread, which whoever has short work of
  // this kind may use too.
  void run_reading() { reading_.run(); }
  Turns& reading() { return reading_; }
  // From now on submit() refuses. Any thread.
  void stop();
  // Chunks that are submitted from now on are recognised with this. Any thread.
  void use(Knowledge knowledge);

  // Whether the disk leaves room for events: `unavailable` where it does not, which counts as a
  // refusal. Any thread.
  Result<void> ask_for_disk();

  IngestCounts counts() const;
  const Arrivals& arrivals() const { return arrivals_; }

 private:
  using Batches = std::vector<std::unique_ptr<Batch>>;
  class Passage;
  using PassagePtr = std::shared_ptr<Passage>;

  Result<void> take(Chunk&& chunk, std::span<const Reminder> fired);
  // Tells the log when it begins to lack, and when it does no more.
  bool has_disk();
  bool has_room() const REQUIRES(mutex_);
  Result<void> check_room() REQUIRES(mutex_);
  Result<void> reserve_place();
  void end_recognising();
  bool submit_slice(const PassagePtr& passage);
  bool turn(const PassagePtr& passage);
  bool wait_for_slice_room();
  std::unique_ptr<Batch> recognise_slice(Passage& passage);
  void queue_last(const PassagePtr& passage, std::unique_ptr<Batch> batch);
  std::unique_ptr<Batch> take_spare_batch();
  std::unique_ptr<ChunkRecogniser> take_recogniser();
  void give_back(std::unique_ptr<ChunkRecogniser> recogniser);
  void queue(std::unique_ptr<Batch>&& batch);
  void keep_spare(Batches& batches);
  bool take_queued(Batches& batches);
  static bool is_valid(const std::unique_ptr<Batch>& batch);
  static void return_void(Batches& batches, Batches& returned);
  static void answer_void(const Batch& batch);
  using Done = std::function<void(Result<ChunkFates>)>;
  static void answer(const Done& done, const std::string& source, Result<ChunkFates> fates);
  void commit(std::span<const std::unique_ptr<Batch>> batches);
  void commit_singly(std::span<const std::unique_ptr<Batch>> batches);

  Store& store_;
  const Clock& clock_;
  const IngestLimits limits_;
  const std::function<void()> on_commit_;
  Committer committer_;
  Turns reading_{{.tasks_max = kChunksReadMax, .begun_max = kChunksReadMax}};

  mutable Mutex mutex_;
  std::condition_variable_any has_work_;
  std::condition_variable_any has_room_;
  std::deque<std::unique_ptr<Batch>> queue_ GUARDED_BY(mutex_);
  size_t queued_events_ GUARDED_BY(mutex_) = 0;
  size_t sliced_events_ GUARDED_BY(mutex_) = 0;  // Of those in the queue.
  size_t being_recognised_ GUARDED_BY(mutex_) = 0;
  bool is_stopping_ GUARDED_BY(mutex_) = false;
  // After a chunk could not be recognised for want of memory: nothing is taken before.
  std::chrono::steady_clock::time_point takes_again_at_ GUARDED_BY(mutex_){};
  Batches spare_batches_ GUARDED_BY(mutex_);
  size_t spare_bytes_ GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<ChunkRecogniser>> spare_recognisers_ GUARDED_BY(mutex_);
  Knowledge knowledge_ GUARDED_BY(mutex_);

  std::atomic<uint64_t> events_{0};
  std::atomic<uint64_t> refused_busy_{0};
  std::atomic<uint64_t> refused_disk_{0};
  std::atomic<bool> is_disk_short_{false};  // When it was last asked.
  DurationHistogram commits_;
  // When the commit began that runs; the epoch where none does.
  std::atomic<std::chrono::steady_clock::time_point> commit_began_{};
  Arrivals arrivals_;
};

}  // namespace statewire
