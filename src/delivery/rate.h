// The stage `rate`: so many messages an hour for people. What is above that is counted in one
// digest, which is told when the hour is over; that it begins is told at once. ERROR and above
// always pass.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "delivery/book.h"
#include "delivery/stage.h"
#include "model/notification.h"

namespace statewire {

// Not thread-safe. Borrows the digest's delivery while there is one.
class RateStage {
 public:
  // 0: there is no limit.
  explicit RateStage(uint64_t per_hour_max) : per_hour_max_(per_hour_max) {}

  bool is_limited() const { return per_hour_max_ != 0 || digest_ != nullptr; }
  // As the last checkpoint left it.
  void load(uint64_t sent, Time ends, Time now);
  // Passes, and is counted as sent; or drops: then it is for count().
  Decision decide(const Notification& notification, Time now);

  // The digest of this hour; null where nothing was counted yet.
  Booked* digest() const { return digest_; }
  // The row of a new digest, for the book.
  DeliveryRow new_digest(const Notification& first) const;
  // REQUIRES: there is none yet.
  void open(Booked& digest, Time now);
  void count(const Notification& notification);
  // Of another digest, whose row came after this one was begun.
  void count_all(const DeliveryRow& other);
  // When it is told: at the end of its hour; at once where the limit was taken away or raised.
  // REQUIRES: there is one.
  Time digest_due() const { return is_exceeded() ? ends_ : Time(); }
  // Somebody tells it.
  void close() { digest_ = nullptr; }

  uint64_t per_hour_max() const { return per_hour_max_; }
  uint64_t sent() const { return sent_; }
  Time ends() const { return ends_; }

 private:
  bool is_exceeded() const { return per_hour_max_ != 0 && sent_ >= per_hour_max_; }
  // Whether there is room for its name, or it is counted already.
  bool may_be_new(const DigestKind& kind) const;
  void count_kind(DigestKind kind);

  const uint64_t per_hour_max_;
  uint64_t sent_ = 0;  // In the hour that ends at `ends_`.
  Time ends_;
  Booked* digest_ = nullptr;
  std::map<std::string, size_t> places_;  // Of kinds by their labels, in the digest's counts.
  size_t names_ = 0;                      // Of them: what is more than news.
};

// What a digest calls it: "EC2 instance gone", "S3 bucket changed"; what is more than news by its
// name, "security group web changed", unless that is not wanted. It counts none yet.
DigestKind digest_kind_of(const Notification& notification, bool is_named = true);
// With the severity in front where it is more than news: "WARN security group web changed".
std::string label_of(const DigestKind& kind);

// What is more than news first, then the most frequent. Texts are those of the digest.
std::vector<ReceiptKind> sorted_kinds_of(const DigestCounts& digest);

// What is more than news stands first, by name:
//   "WARN trail main stopped, 30 × EC2 instance gone, 7 × S3 bucket changed, and 2 others"
std::string summary_of(const DigestCounts& digest);

// "more than 30 in an hour, so until 10:00:00 UTC further ones are only counted; …"
std::string limit_text(uint64_t per_hour_max, Time ends);

}  // namespace statewire
