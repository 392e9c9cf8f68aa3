// The journal from its end backwards, a block at a time: what a filter asks for, the newest first.
//
// A page ends where it is full, where so much was looked at that somebody waits, or where nothing
// older can match: an entry happened no later than an hour after it was recorded. Blocks that lack
// a text that is wanted are passed over, and their entries are not decoded. What is wanted of one
// resource is found by its own chain: each of its entries names the one before.
#include "api/history.h"

#include <algorithm>

#include "api/json_parts.h"
#include "api/queries.h"
#include "api/resource_search.h"
#include "api/wanted.h"
#include "base/limits.h"
#include "format/format.h"
#include "format/json.h"
#include "format/names.h"
#include "store/block.h"

namespace statewire {
namespace {

bool is_journal_fate(std::string_view fate) {
  return fate.empty() || fate == name_of(Fate::recognised) || fate == name_of(Fate::too_late);
}

void write_identity(const Notification& notification, JsonWriter& json) {
  const Identity& resource = notification.resource;
  json.begin_object("resource");
  json.line("id", resource.id);
  json.line("type", resource.type);
  json.known_line("name", notification.name);
  json.line("short_name", short_name(notification.name, resource.id));
  json.known_line("account", resource.account);
  json.known_line("region", resource.region);
  json.end_object();
}

// What a block must hold for one of its entries to match: looked for without decoding any.
class BlockSieve {
 public:
  explicit BlockSieve(const HistoryFilter& filter) : filter_(filter) {
    for (const std::string* text : {&filter.account, &filter.region}) {
      if (!text->empty()) shared_.push_back(*text);
    }
    if (!filter.resource.empty()) anywhere_.push_back(filter.resource);
    if (const auto id = parse_hex128(filter.event)) told_id_.assign(id->begin(), id->end());
  }

  bool may_match(const BlockReader& block) const {
    const auto holds = [&](std::string_view text) { return block.may_hold(text); };
    if (!std::ranges::all_of(anywhere_, holds)) return false;
    const bool has_event =
        filter_.event.empty() || holds(filter_.event) || (!told_id_.empty() && holds(told_id_));
    if (!has_event) return false;
    if (shared_.empty() && filter_.type.empty() && filter_.actor.empty()) return true;
    bool has_type = filter_.type.empty();
    bool has_actor = filter_.actor.empty();
    std::vector<std::string_view> missing = shared_;
    block.each_shared_text([&](std::string_view text) {
      std::erase(missing, text);
      has_type = has_type || is_of_type(filter_.type, text);
      has_actor = has_actor || is_wanted_actor(filter_.actor, text);
      return !missing.empty() || !has_type || !has_actor;
    });
    return missing.empty() && has_type && has_actor;
  }

 private:
  const HistoryFilter& filter_;
  std::vector<std::string_view> shared_;
  std::vector<std::string_view> anywhere_;
  std::string told_id_;  // Where the event may be named by the notification that told it.
};

class HistoryQuestion final : public Question {
 public:
  HistoryQuestion(const Queries::Parts& parts, HistoryFilter filter)
      : store_(parts.store),
        teller_(parts.teller),
        filter_(std::move(filter)),
        sieve_(filter_),
        search_(store_, filter_.resource),
        is_searching_(!filter_.resource.empty() && store_.lost().empty()),
        next_(std::min(filter_.before - 1, store_.last_sequence())),
        end_(std::max(filter_.after, store_.first_sequence() - 1)) {}

  std::optional<Result<std::string>> step() override {
    const Result<bool> is_over = is_searching_ ? search() : write_some();
    if (!is_over) return is_over.error();
    if (!*is_over) return std::nullopt;
    return std::move(out_);
  }

 private:
  Result<bool> search() {
    const Result<bool> is_over = search_.step();
    if (!is_over || !*is_over) return is_over;
    is_searching_ = false;
    if (search_.ids().size() == 1) return begin_chain(search_.ids().front());
    return false;
  }

  // Entries of one resource name the one before.
  Result<bool> begin_chain(const std::string& id) {
    Arena arena;
    const std::string_view wanted = id;
    std::vector<std::optional<Record>> records;
    const Result<void> read = store_.records({&wanted, 1}, arena, records);
    if (!read) return read.error();
    if (!records[0]) return false;
    id_ = id;
    // A page goes on where the one before ended.
    const Result<Entry> entry = store_.entry(next_, arena);
    if (!entry || entry->after.resource.id != id) next_ = records[0]->last_sequence;
    return false;
  }

  Result<bool> write_some() {
    JsonWriter json(out_, JsonWriter::At::inside);
    if (json.size() == 0) {
      json.begin_object();
      json.known_line("resource", id_);
      json.begin_array("events");
    }
    turn_ = {.entries = 0, .bytes = 0, .size_max = json.size() + kAnswerBytesAtATime};
    const Result<void> read = id_.empty() ? scan(json) : walk(json);
    if (!read) return read.error();
    if (next_ > end_ && !is_full()) return false;
    json.end_array();
    if (next_ > end_) json.number("next", next_ + 1);
    json.number("newest", newest_);
    json.end_object();
    return true;
  }

  bool is_full() const {
    const size_t bytes_max = count_ == 0 ? kHistoryBytesMax : kHistoryFoundBytesMax;
    return count_ >= filter_.limit || looked_at_ >= kHistoryEntriesMax || bytes_ >= bytes_max;
  }
  bool is_turn_over(const JsonWriter& json) const {
    return turn_.entries >= kHistoryEntriesAtATime || turn_.bytes >= kHistoryBytesAtATime ||
           json.size() >= turn_.size_max;
  }
  bool is_too_old(Time recorded) const {
    return filter_.since && recorded + kAheadMax < *filter_.since;
  }

  Result<void> walk(JsonWriter& json) {
    Arena arena;
    for (size_t i = 0; i < kTimelineEntriesAtATime && next_ > end_ && !is_full(); ++i) {
      arena.clear();
      const Result<Entry> entry = store_.entry(next_, arena);
      if (!entry && entry.error().kind != ErrorKind::not_found) return entry.error();
      if (!entry || is_too_old(entry->recorded)) {  // Or retention has taken it.
        next_ = end_;
        return {};
      }
      if (next_ < filter_.before && next_ <= newest_) take(*entry, json);
      next_ = entry->previous_sequence;
    }
    return {};
  }

  Result<void> scan(JsonWriter& json) {
    while (next_ > end_ && !is_turn_over(json) && !is_full()) {
      const auto stretch =
          store_.stretch_that_may_tell(next_, {.since = filter_.since, .until = filter_.until});
      if (!stretch) return stretch.error();
      next_ = std::max(stretch->last, end_);
      if (next_ == end_) break;
      if (Result<void> read = scan_down_to(stretch->first, json); !read) return read;
    }
    return {};
  }

  Result<void> scan_down_to(uint64_t first, JsonWriter& json) {
    Result<void> outcome;
    bool has_blocks = false;
    const Result<void> read = store_.each_block_back(next_, [&](const BlockReader& block) {
      has_blocks = true;
      if (is_turn_over(json) || is_full()) return false;
      outcome = read_block(block, json);
      return outcome.ok() && next_ > end_ && next_ >= first;
    });
    if (!read) return read;
    if (!has_blocks) next_ = end_;
    return outcome;
  }

  // The part of a block up to `next_`, as far as this turn goes.
  Result<void> read_block(const BlockReader& block, JsonWriter& json) {
    const uint64_t first = block.first_sequence();
    next_ = std::min(next_, first + block.size() - 1);
    turn_.bytes += block.bytes();
    bytes_ += block.bytes();
    if (is_too_old(block.recorded())) {
      next_ = end_;
      return {};
    }
    if (!sieve_.may_match(block)) {
      next_ = first - 1;
      return {};
    }
    Arena arena;
    while (next_ >= first && next_ > end_ && count_ < filter_.limit &&
           turn_.entries < kHistoryEntriesAtATime && json.size() < turn_.size_max) {
      arena.clear();
      const Result<bool> is_then = is_of_time(block, next_ - first);
      if (!is_then) return is_then.error();
      if (*is_then) {
        const Result<Entry> entry = block.entry(next_ - first, arena);
        if (!entry) return entry.error();
        take(*entry, json);
      }
      --next_;
    }
    return {};
  }

  // Known before the whole entry is decoded.
  Result<bool> is_of_time(const BlockReader& block, size_t index) const {
    if (!filter_.since && !filter_.until) return true;
    const Result<Time> time = block.time_of(index);
    return time ? Result<bool>(filter_.is_wanted_time(*time)) : time.error();
  }

  void take(const Entry& entry, JsonWriter& json) {
    ++looked_at_;
    ++turn_.entries;
    const Notification notification = notification_of(entry, teller_);
    if (!filter_.matches(entry, notification)) return;
    if (id_.empty() && !filter_.is_wanted_resource(notification)) return;
    ++count_;
    write_history_entry(entry, notification, json);
  }

  const Store& store_;
  const Teller teller_;
  const HistoryFilter filter_;
  const BlockSieve sieve_;
  ResourceSearch search_;
  bool is_searching_;
  std::string id_;  // Of the resource whose entries are walked; empty: all are looked at.
  uint64_t next_;   // Looked at next.
  const uint64_t end_;
  const uint64_t newest_ = store_.last_sequence();
  struct Turn {
    size_t entries = 0;
    size_t bytes = 0;
    size_t size_max = 0;  // Of the answer at its end.
  };
  Turn turn_;
  size_t looked_at_ = 0;
  size_t bytes_ = 0;
  size_t count_ = 0;
  std::string out_;
};

// The ledger keeps samples of what never came into the journal.
class LedgerSamplesQuestion final : public Question {
 public:
  LedgerSamplesQuestion(const Store& store, HistoryFilter filter)
      : store_(store), filter_(std::move(filter)) {}

  std::optional<Result<std::string>> step() override {
    const bool is_unknown = filter_.fate == name_of(Fate::unrecognised);
    return is_unknown ? unrecognised() : refused();
  }

 private:
  Result<std::string> refused() const {
    const Result<std::vector<Refusal>> rows = store_.refusals();
    if (!rows) return rows.error();
    return list([&](JsonWriter& json) {
      size_t count = 0;
      for (const Refusal& row : *rows) {
        if (name_of(row.fate) != filter_.fate || !filter_.is_wanted_time(row.time)) continue;
        if (++count > filter_.limit) break;
        write_refusal(row, json);
      }
    });
  }

  Result<std::string> unrecognised() const {
    Result<std::vector<UnrecognisedRow>> rows = store_.unrecognised();
    if (!rows) return rows.error();
    std::ranges::sort(*rows, [](const UnrecognisedRow& a, const UnrecognisedRow& b) {
      return a.last != b.last ? a.last > b.last : a.origin_type < b.origin_type;
    });
    return list([&](JsonWriter& json) {
      size_t count = 0;
      for (const UnrecognisedRow& row : *rows) {
        if (!filter_.is_wanted_time(row.last)) continue;
        if (++count > filter_.limit) break;
        json.begin_object();
        json.time("time", row.last);
        json.line("source", row.source);
        json.line("fate", name_of(Fate::unrecognised));
        json.begin_object("origin");
        json.line("source", row.origin_source);
        json.line("type", row.origin_type);
        json.end_object();
        json.number("count", row.count);
        json.line("sample", row.sample);
        json.end_object();
      }
    });
  }

  template <typename Write>
  static std::string list(Write write) {
    return json_of([&](JsonWriter& json) {
      json.begin_object();
      json.begin_array("events");
      write(json);
      json.end_array();
      json.end_object();
    });
  }

  const Store& store_;
  const HistoryFilter filter_;
};

}  // namespace

Result<uint8_t> severity_of_word(const std::string& word) {
  if (word.empty()) return uint8_t{0};
  for (const uint8_t severity : {kInfo, kWarn, kError}) {
    if (severity_text(severity) == word) return severity;
  }
  return bad_input("severity must be INFO, WARN or ERROR");
}

Result<void> check_fate(const std::string& word) {
  if (word.empty()) return {};
  if (word == name_of(Fate::ignored) || word == name_of(Fate::duplicate)) {
    return bad_input("events that are " + word + " are only counted: see the ledger");
  }
  for (int i = 0; i < kFateCount; ++i) {
    if (word == name_of(static_cast<Fate>(i))) return {};
  }
  return bad_input("there is no fate \"" + word + "\"");
}

bool HistoryFilter::is_wanted_time(Time time) const {
  return (!since || time >= *since) && (!until || time < *until);
}

bool HistoryFilter::is_wanted_resource(const Notification& notification) const {
  return is_wanted(resource, notification.resource.id) || resource == notification.name ||
         is_end_of(resource, notification.resource.id);
}

namespace {

bool is_of_event(const std::string& event, const Entry& entry) {
  const Observation& seen = entry.observation;
  if (is_wanted(event, seen.origin.id) || event == seen.envelope_id) return true;
  const Result<std::array<uint8_t, 16>> told = parse_hex128(event);
  return told && *told == entry.told.id.bytes;
}

}  // namespace

bool HistoryFilter::matches(const Entry& entry, const Notification& notification) const {
  const Identity& resource = notification.resource;
  if (!is_wanted_time(notification.time)) return false;
  if (!is_wanted(account, resource.account) || !is_wanted(region, resource.region) ||
      !is_wanted_actor(actor, notification.cause.actor) ||
      !is_wanted(cause, name_of(notification.cause.kind)) ||
      !is_wanted(kind, name_of(entry.told.kind)) || !is_of_event(event, entry)) {
    return false;
  }
  if (!type.empty() && !is_of_type(type, resource.type)) return false;
  if (!fate.empty() && entry.told.too_late != (fate == name_of(Fate::too_late))) return false;
  return notification.severity >= severity;
}

void write_history_entry(const Entry& entry, const Notification& notification, JsonWriter& json) {
  json.begin_object();
  json.number("sequence", entry.sequence);
  json.time("time", notification.time);
  json.time("recorded", entry.recorded);
  json.line("source", entry.source);
  json.line("fate", name_of(entry.told.too_late ? Fate::too_late : Fate::recognised));
  json.line("severity", severity_text(notification.severity));
  json.line("kind", name_of(entry.told.kind));
  json.boolean("late", notification.is_late);
  json.key("origin");
  write_origin(notification.origin, json);
  json.known_line("envelope_id", entry.observation.envelope_id);
  write_identity(notification, json);
  json.line("phase", name_of(notification.phase));
  json.known_line("value", notification.value);
  json.key("cause");
  write_cause(notification.cause, json);
  write_told(entry.told, notification, json);
  json.end_object();
}

std::unique_ptr<Question> Queries::begin_history(HistoryFilter filter) const {
  if (is_journal_fate(filter.fate)) {
    return std::make_unique<HistoryQuestion>(parts_, std::move(filter));
  }
  return std::make_unique<LedgerSamplesQuestion>(parts_.store, std::move(filter));
}

Result<std::string> Queries::history(const HistoryFilter& filter) const {
  return answer_of(begin_history(filter));
}

}  // namespace statewire
