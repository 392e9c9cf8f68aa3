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
    if (refusals_ > 0) {
      --refusals_;
      return unavailable("busy");
    }
    if (chunk.unpacking) {
      Result<bool> is_unpacked = false;
      while (is_unpacked && !*is_unpacked) is_unpacked = chunk.unpacking->step(chunk);
      chunk.unpacking = nullptr;
      if (!is_unpacked) {
        lock.unlock();
        chunk.done(is_unpacked.error());
        return {};
      }
    }
    ++submitted_;
    if (failures_ > 0) {
      --failures_;
      lock.unlock();
      chunk.done(failed("the disk said no"));
      return {};
    }
    if (chunk.unreadable.empty()) {
      EXPECT_GE(chunk.text.capacity(), chunk.text.size() + 32);
    }
    chunks_.push_back({chunk.place, chunk.first_line, chunk.text, chunk.unreadable});
    if (!chunk.cursor.key.empty()) cursors_[chunk.cursor.key] = chunk.cursor.value;
    if (chunk.cursor.value.empty()) cursors_.erase(chunk.cursor.key);
    std::istringstream text(chunk.text);
    for (std::string line; std::getline(text, line);) lines_.push_back(line);
    changed_.notify_all();
    if (holds_ || (holds_files_ && chunk.place.starts_with("s3://"))) {
      held_.push_back(std::move(chunk));
      return {};
    }
    lock.unlock();
    chunk.done(fates_of(chunk));
    return {};
  }
  void wait_for_room(std::stop_token) override { ++waits_; }
  Result<std::string> cursor(std::string_view key) override {
    const std::lock_guard lock(mutex_);
    const auto found = cursors_.find(std::string(key));
    return found == cursors_.end() ? std::string() : found->second;
  }
  Result<std::map<std::string, std::string>> cursors(std::string_view prefix) override {
    const std::lock_guard lock(mutex_);
    std::map<std::string, std::string> found = cursors_;
    std::erase_if(found, [&](const auto& each) { return !each.first.starts_with(prefix); });
    return found;
  }

  struct Taken {
    std::string place;
    uint64_t first_line;
    std::string text;
    std::string unreadable;
  };
  // The next so many are refused as busy, or come back unstored.
  void refuse(int count) { refusals_ = count; }
  void fail(int count) { failures_ = count; }
  // Acknowledges nothing until release().
  void hold() { holds_ = true; }
  // The same for what comes from files of a bucket.
  void hold_files() { holds_files_ = true; }
  size_t held_bytes() {
    const std::lock_guard lock(mutex_);
    size_t bytes = 0;
    for (const Chunk& chunk : held_) bytes += chunk.text.capacity();
    return bytes;
  }
  size_t held_files() {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  void release() {
    std::vector<Chunk> held;
    {
      const std::lock_guard lock(mutex_);
      holds_ = holds_files_ = false;
      held.swap(held_);
    }
    for (const Chunk& chunk : held) chunk.done(fates_of(chunk));
  }
  // Until so many lines came; false after a minute.
  bool wait_for_lines(size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60),
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
  // All is forgotten, cursors included.
  void forget() {
    restart();
    const std::lock_guard lock(mutex_);
    cursors_.clear();
  }
  // What was read so far is forgotten; the cursors stay, as over a restart.
  void restart() {
    const std::lock_guard lock(mutex_);
    lines_.clear();
    chunks_.clear();
  }

 private:
  static ChunkFates fates_of(const Chunk& chunk) {
    ChunkFates fates;
    if (!chunk.unreadable.empty()) fates.counts[static_cast<size_t>(Fate::malformed)] = 1;
    return fates;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Taken> chunks_;
  std::vector<std::string> lines_;
  std::map<std::string, std::string> cursors_;
  std::vector<Chunk> held_;
  size_t submitted_ = 0;
  std::atomic<int> refusals_{0};
  std::atomic<int> failures_{0};
  std::atomic<int> waits_{0};
  std::atomic<bool> holds_{false};
  std::atomic<bool> holds_files_{false};
};

}  // namespace statewire
