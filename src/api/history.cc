// The journal from its end backwards, a block at a time: what a filter asks for, the newest first.
//
// A page ends where it is full, where so many entries were looked at that somebody waits, or where
// nothing older can match: an entry happened no later than an hour after it was recorded.
#include "api/history.h"

#include <algorithm>

#include "api/json_parts.h"
#include "api/queries.h"
#include "api/wanted.h"
#include "base/limits.h"
#include "format/format.h"
#include "format/json.h"
#include "store/block.h"

namespace statewire {
namespace {

// Of times in the future, so many are believed.
constexpr Duration kAheadMax = std::chrono::hours(1);

bool is_journal_fate(std::string_view fate) {
  return fate.empty() || fate == name_of(Fate::recognised) || fate == name_of(Fate::too_late);
}

void write_identity(const Notification& notification, JsonWriter& json) {
  const Identity& resource = notification.resource;
  json.begin_object("resource");
  json.line("id", resource.id);
  json.line("type", resource.type);
  json.known_line("name", notification.name);
  json.known_line("account", resource.account);
  json.known_line("region", resource.region);
  json.end_object();
}

class HistoryQuestion final : public Question {
 public:
  HistoryQuestion(const Queries::Parts& parts, HistoryFilter filter)
      : store_(parts.store),
        teller_(parts.teller),
        filter_(std::move(filter)),
        next_(std::min(filter_.before - 1, store_.last_sequence())),
        end_(std::max(filter_.after, store_.first_sequence() - 1)) {}

  std::optional<Result<std::string>> step() override {
    const Result<bool> is_over = write_some();
    if (!is_over) return is_over.error();
    if (!*is_over) return std::nullopt;
    return std::move(out_);
  }

 private:
  bool is_full() const { return count_ >= filter_.limit || looked_at_ >= kHistoryEntriesMax; }

  Result<bool> write_some() {
    JsonWriter json(out_, JsonWriter::At::inside);
    if (json.size() == 0) {
      json.begin_object();
      json.begin_array("events");
    }
    const size_t looked_at_max = looked_at_ + kHistoryEntriesAtATime;
    const size_t size_max = json.size() + kAnswerBytesAtATime;
    while (next_ > end_ && !is_full()) {
      if (looked_at_ >= looked_at_max || json.size() >= size_max) return false;
      if (Result<void> read = read_block(json); !read) return read.error();
    }
    json.end_array();
    if (next_ > end_) json.number("next", next_ + 1);
    json.number("newest", newest_);
    json.end_object();
    return true;
  }

  // The part of a block up to `next_`.
  Result<void> read_block(JsonWriter& json) {
    const Result<StoredBlock> stored = store_.block_at(next_);
    if (!stored) return stored.error();
    if (stored->bytes == nullptr || stored->first_sequence > next_) return pass_gap();
    const Result<BlockReader> reader = BlockReader::open(*stored->bytes);
    if (!reader) return reader.error();
    if (filter_.since && reader->recorded() + kAheadMax < *filter_.since) {
      next_ = end_;
      return {};
    }
    Arena arena;
    while (next_ > end_ && next_ >= stored->first_sequence && !is_full()) {
      const Result<Entry> entry = reader->entry(next_ - stored->first_sequence, arena);
      if (!entry) return entry.error();
      take(*entry, json);
      ++looked_at_;
      --next_;
    }
    return {};
  }

  // What salvage could not read has no entries.
  Result<void> pass_gap() {
    const auto holds = [&](const LostRange& range) {
      return range.first <= next_ && next_ <= range.last;
    };
    const auto lost = std::ranges::find_if(store_.lost(), holds);
    next_ = lost == store_.lost().end() ? end_ : lost->first - 1;
    return {};
  }

  void take(const Entry& entry, JsonWriter& json) {
    const Notification notification = notification_of(entry, teller_);
    if (!filter_.matches(entry, notification)) return;
    ++count_;
    write_history_entry(entry, notification, json);
  }

  const Store& store_;
  const Teller teller_;
  const HistoryFilter filter_;
  uint64_t next_;  // Looked at next.
  const uint64_t end_;
  const uint64_t newest_ = store_.last_sequence();
  size_t looked_at_ = 0;
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
  bool is_wanted_time(Time time) const {
    return (!filter_.since || time >= *filter_.since) && (!filter_.until || time < *filter_.until);
  }

  Result<std::string> refused() const {
    const Result<std::vector<Refusal>> rows = store_.refusals();
    if (!rows) return rows.error();
    return list([&](JsonWriter& json) {
      size_t count = 0;
      for (const Refusal& row : *rows) {
        if (name_of(row.fate) != filter_.fate || !is_wanted_time(row.time)) continue;
        if (++count > filter_.limit) break;
        json.begin_object();
        json.time("time", row.time);
        json.line("source", row.source);
        json.line("fate", name_of(row.fate));
        json.line("reason", row.reason);
        json.known_line("place", row.place);
        json.line("sample", row.sample);
        json.end_object();
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
        if (!is_wanted_time(row.last)) continue;
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

bool HistoryFilter::matches(const Entry& entry, const Notification& notification) const {
  const Identity& resource = notification.resource;
  const Time time = entry.observation.time();
  if ((since && time < *since) || (until && time >= *until)) return false;
  if (!is_wanted(account, resource.account) || !is_wanted(region, resource.region) ||
      !is_wanted(actor, notification.cause.actor) ||
      !is_wanted(cause, name_of(notification.cause.kind)) ||
      !is_wanted(kind, name_of(entry.told.kind)) || !is_wanted(event, notification.origin.id)) {
    return false;
  }
  if (!type.empty() && !is_of_type(type, resource.type)) return false;
  if (!this->resource.empty() && this->resource != resource.id &&
      this->resource != notification.name && !is_end_of(this->resource, resource.id)) {
    return false;
  }
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
  json.boolean("late", entry.told.late);
  json.key("origin");
  write_origin(notification.origin, json);
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
