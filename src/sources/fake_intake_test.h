// An intake for tests of sources: keeps what it is handed, and the cursors, as a store would.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

#include "sources/source.h"

namespace statewire {

class FakeIntake final : public Intake {
 public:
  Result<void> submit(Chunk&& chunk) override {
    std::unique_lock lock(mutex_);
    EXPECT_GE(chunk.text.capacity(), chunk.text.size() + 32);
    if (refusals_ > 0) {
      --refusals_;
      return unavailable("busy");
    }
    ++submitted_;
    if (failures_ > 0) {
      --failures_;
      lock.unlock();
      chunk.done(failed("the disk said no"));
      return {};
    }
    chunks_.push_back({chunk.place, chunk.first_line, chunk.text});
    if (!chunk.cursor.key.empty()) cursors_[chunk.cursor.key] = chunk.cursor.value;
    std::istringstream text(chunk.text);
    for (std::string line; std::getline(text, line);) lines_.push_back(line);
    changed_.notify_all();
    if (holds_) {
      held_.push_back(std::move(chunk.done));
      return {};
    }
    lock.unlock();
    chunk.done(ChunkFates{});
    return {};
  }
  void wait_for_room(std::stop_token) override { ++waits_; }
  Result<std::string> cursor(std::string_view key) override {
    const std::lock_guard lock(mutex_);
    return cursors_[std::string(key)];
  }

  struct Taken {
    std::string place;
    uint64_t first_line;
    std::string text;
  };
  // The next so many are refused as busy, or come back unstored.
  void refuse(int count) { refusals_ = count; }
  void fail(int count) { failures_ = count; }
  // Acknowledges nothing until release().
  void hold() { holds_ = true; }
  void release() {
    std::vector<std::function<void(Result<ChunkFates>)>> held;
    {
      const std::lock_guard lock(mutex_);
      holds_ = false;
      held.swap(held_);
    }
    for (auto& done : held) done(ChunkFates{});
  }
  // Until so many lines came; false after ten seconds.
  bool wait_for_lines(size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10),
                             [&] { return lines_.size() >= count; });
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  std::vector<Taken> chunks() {
    const std::lock_guard lock(mutex_);
    return chunks_;
  }
  size_t submitted() {
    const std::lock_guard lock(mutex_);
    return submitted_;
  }
  int waits() const { return waits_; }
  // What was read so far is forgotten; the cursors stay, as over a restart.
  void restart() {
    const std::lock_guard lock(mutex_);
    lines_.clear();
    chunks_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Taken> chunks_;
  std::vector<std::string> lines_;
  std::map<std::string, std::string> cursors_;
  std::vector<std::function<void(Result<ChunkFates>)>> held_;
  size_t submitted_ = 0;
  std::atomic<int> refusals_{0};
  std::atomic<int> failures_{0};
  std::atomic<int> waits_{0};
  std::atomic<bool> holds_{false};
};

}  // namespace statewire
