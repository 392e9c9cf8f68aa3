// Each turn gives every follower what the journal has for it, up to a bound, then waits for the
// next commit. A stream has no back-pressure but a bounded buffer, so one that catches up is given
// its pieces with a pause between them.
#include "api/tail.h"

#include "model/notification.h"
#include "store/block.h"

namespace statewire {

struct Tail::Follower {
  HttpStream stream;
  TailWish wish;
  Time written = {};       // When something was last sent; a new one hears at once.
  bool is_behind = false;  // The last turn left some of the journal unread.
};

Tail::Tail(const Store& store, const Clock& clock, TailLimits limits)
    : store_(store), clock_(clock), limits_(limits) {}

Tail::~Tail() = default;

Result<void> Tail::check_room() const {
  Lock lock(mutex_);
  if (is_stopping_) return unavailable("stopping");
  if (follower_count_ >= limits_.followers_max) {
    return unavailable("there are " + std::to_string(follower_count_) + " followers already");
  }
  return {};
}

void Tail::add(HttpStream stream, TailWish wish) {
  auto follower = std::make_unique<Follower>(std::move(stream), std::move(wish));
  Lock lock(mutex_);
  if (is_stopping_ || follower_count_ >= limits_.followers_max) return;
  ++follower_count_;
  new_.push_back(std::move(follower));
  changed_.notify_all();
}

void Tail::stop() {
  Lock lock(mutex_);
  is_stopping_ = true;
  changed_.notify_all();
}

void Tail::run() {
  Followers followers;
  while (take_new(followers)) {
    const Time now = clock_.now();
    std::erase_if(followers, [&](const auto& each) { return !serve(*each, now); });
    {
      Lock lock(mutex_);
      follower_count_ = followers.size() + new_.size();
    }
    wait_for_more(followers);
  }
}

// Waits where there is nobody to serve. False where the end has come.
bool Tail::take_new(Followers& followers) {
  Lock lock(mutex_);
  changed_.wait(mutex_, [&]() REQUIRES(mutex_) {
    return is_stopping_ || !new_.empty() || !followers.empty();
  });
  for (auto& follower : new_) followers.push_back(std::move(follower));
  new_.clear();
  return !is_stopping_;
}

void Tail::wait_for_more(const Followers& followers) {
  if (followers.empty()) return;
  uint64_t next = UINT64_MAX;
  bool is_behind = false;
  for (const auto& follower : followers) {
    is_behind |= follower->is_behind;
    next = std::min(next, follower->wish.from);
  }
  if (!is_behind) {
    store_.wait_for(next, limits_.wait);
    return;
  }
  Lock lock(mutex_);
  changed_.wait_for(mutex_, limits_.pause, [this]() REQUIRES(mutex_) { return is_stopping_; });
}

bool Tail::serve(Follower& follower, Time now) {
  piece_.clear();
  follower.is_behind = false;
  size_t entries_left = limits_.turn_entries_max;
  while (!follower.is_behind && follower.wish.from <= store_.last_sequence()) {
    const Result<StoredBlock> block = store_.block_at(follower.wish.from);
    if (!block || block->bytes == nullptr || !serve_block(follower, *block, entries_left))
      return false;
  }
  if (piece_.empty() && now - follower.written >= limits_.heartbeat) piece_ = ":\n\n";
  if (piece_.empty()) return true;
  follower.written = now;
  return follower.stream.write(piece_);
}

// False where the block cannot be read: the client comes again, and hears of it from others.
bool Tail::serve_block(Follower& follower, const StoredBlock& block, size_t& entries_left) {
  const Result<BlockReader> reader = BlockReader::open(*block.bytes);
  if (!reader) return false;
  TailWish& wish = follower.wish;
  const uint64_t first = std::max(wish.from, reader->first_sequence());
  for (uint64_t sequence = first; sequence <= block.last_sequence; ++sequence) {
    follower.is_behind = piece_.size() >= limits_.turn_bytes_max || entries_left == 0;
    if (follower.is_behind) return true;
    --entries_left;
    arena_.clear();
    const Result<Entry> entry = reader->entry(sequence - reader->first_sequence(), arena_);
    if (!entry) return false;
    append_if_wanted(*entry, wish);
    wish.from = sequence + 1;
  }
  wish.from = std::max(wish.from, block.last_sequence + 1);
  return true;
}

void Tail::append_if_wanted(const Entry& entry, const TailWish& wish) {
  if (entry.told.kind == NotificationKind::none) return;
  const Notification notification =
      notification_of(entry, {wish.snapshot->instance, wish.snapshot->accounts});
  routable_.clear();
  append_routable(notification, routable_);
  simdjson::dom::element routable;
  CHECK(parser_.parse(routable_).get(routable) == simdjson::SUCCESS);
  if (!wish.when.matches(routable)) return;
  rendered_.clear();
  if (!wish.format->render(notification, rendered_)) return;  // There is no such message.
  append_event(entry.sequence);
}

// Server-sent events, HTML standard section 9.2.6: a line of data for each line of the message.
void Tail::append_event(uint64_t sequence) {
  piece_ += "id: ";
  piece_ += std::to_string(sequence);
  std::string_view rest = rendered_;
  while (true) {
    const size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    piece_ += "\ndata: ";
    piece_ += rest.substr(0, end);
    if (end == rest.size()) break;
    rest.remove_prefix(end + (rest.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  piece_ += "\n\n";
}

}  // namespace statewire
