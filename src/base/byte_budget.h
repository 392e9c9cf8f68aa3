// One bound for the bytes that many hold together. Any thread.
//
// What may be large leaves a part of the budget to what is small: a few large bodies that come in
// slowly must not keep out the events that come beside them.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace statewire {

class ByteBudget {
 public:
  // `kept_for_small` bytes are only for those who hold no more than `small_max`.
  struct Bounds {
    size_t bytes_max{};
    size_t kept_for_small{};
    size_t small_max{};
  };
  explicit ByteBudget(Bounds bounds) : bounds_(bounds) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  size_t bytes_max() const { return bounds_.bytes_max; }
  size_t taken() const { return taken_.load(std::memory_order_relaxed); }
  // Whether one more may take so many, for now.
  bool has_room_for(size_t size) const {
    return size <= most_for(size) && taken() <= most_for(size) - size;
  }

 private:
  friend class ByteShare;

  size_t most_for(size_t size) const {
    return bounds_.bytes_max - (size > bounds_.small_max ? bounds_.kept_for_small : 0);
  }
  // `size`: all that the taker would hold then.
  bool take(size_t bytes, size_t size) {
    const size_t most = most_for(size);
    size_t taken = taken_.load(std::memory_order_relaxed);
    do {
      if (bytes > most || taken > most - bytes) return false;
    } while (!taken_.compare_exchange_weak(taken, taken + bytes, std::memory_order_relaxed));
    return true;
  }
  void give_back(size_t bytes) { taken_.fetch_sub(bytes, std::memory_order_relaxed); }

  const Bounds bounds_;
  std::atomic<size_t> taken_{0};
};

// What one holder has of a budget; given back when it ends. A share of no budget may always grow.
// Not thread-safe.
class ByteShare {
 public:
  ByteShare() = default;
  explicit ByteShare(std::shared_ptr<ByteBudget> budget) : budget_(std::move(budget)) {}
  ByteShare(ByteShare&& other) noexcept
      : budget_(std::move(other.budget_)), size_(std::exchange(other.size_, 0)) {}
  ByteShare& operator=(ByteShare&& other) noexcept {
    if (this == &other) return *this;
    shrink_to(0);
    budget_ = std::move(other.budget_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  ~ByteShare() { shrink_to(0); }

  // Holds at least so many bytes. False, and unchanged, where the budget has not as many.
  [[nodiscard]] bool grow_to(size_t size) {
    if (size <= size_) return true;
    if (budget_ != nullptr && !budget_->take(size - size_, size)) return false;
    size_ = size;
    return true;
  }
  void shrink_to(size_t size) {
    if (size >= size_) return;
    if (budget_ != nullptr) budget_->give_back(size_ - size);
    size_ = size;
  }
  size_t size() const { return size_; }
  // An empty share of the same budget.
  ByteShare another() const { return ByteShare(budget_); }

 private:
  std::shared_ptr<ByteBudget> budget_;
  size_t size_ = 0;
};

// Gives its memory back. To assign an empty text would keep it.
inline void free_text(std::string& text) { std::string().swap(text); }

// Gives `text` a capacity of exactly so many bytes, or the few that any text has. A text that grows
// by itself takes up to twice as much as it was asked for.
inline void reserve_exactly(std::string& text, size_t capacity) {
  if (text.capacity() >= capacity) return;
  std::string larger;
  larger.reserve(capacity);
  larger.append(text);
  text.swap(larger);
}

}  // namespace statewire
