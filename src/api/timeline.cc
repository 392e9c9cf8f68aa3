// What happened to one resource, by walking its chain through the journal.
#include "api/json_parts.h"
#include "api/queries.h"
#include "api/resource_search.h"
#include "base/limits.h"
#include "format/format.h"

namespace statewire {
namespace {

std::string candidates_json(std::string_view resource, const std::vector<std::string>& ids) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.line("error", "\"" + std::string(resource) + "\" may be several resources");
    json.begin_array("candidates");
    for (const std::string& id : ids) {
      json.line(id);
    }
    json.end_array();
    json.end_object();
  });
}

void write_previous(const Previous& previous, JsonWriter& json) {
  if (previous.since == Time()) return;
  json.begin_object("previous");
  json.line("phase", name_of(previous.phase));
  json.known_line("value", previous.value);
  json.time("since", previous.since);
  json.end_object();
}

void write_entry(const Entry& entry, const Teller& teller, JsonWriter& json) {
  const Notification notification = notification_of(entry, teller);
  json.begin_object();
  json.number("sequence", entry.sequence);
  json.time("time", notification.time);
  json.time("recorded", entry.recorded);
  json.line("kind", name_of(entry.told.kind));
  json.key("origin");
  write_origin(notification.origin, json);
  json.line("phase", name_of(notification.phase));
  json.known_line("value", notification.value);
  write_previous(entry.told.previous, json);
  json.key("cause");
  write_cause(notification.cause, json);
  json.boolean("late", notification.is_late);
  json.boolean("too_late", entry.told.too_late);
  json.number("revision", entry.after.revision);
  write_told(entry.told, notification, json);
  json.end_object();
}

// First which resource is meant, by looking at all of them where only a part of an id is given;
// then what happened to it, newest first, as far as retention has left it.
class TimelineQuestion final : public Question {
 public:
  TimelineQuestion(Queries::Parts parts, std::string resource, size_t limit)
      : parts_(std::move(parts)),
        resource_(std::move(resource)),
        search_(parts_.store, resource_),
        limit_(limit) {}

  std::optional<Result<std::string>> step() override {
    const Result<bool> is_over = out_.empty() ? search() : write_entries();
    if (!is_over) return is_over.error();
    if (!*is_over) return std::nullopt;
    return std::move(out_);
  }

 private:
  Result<bool> search() {
    const Result<bool> is_over = search_.step();
    if (!is_over || !*is_over) return is_over;
    const std::vector<std::string>& ids = search_.ids();
    if (ids.empty()) {
      return not_found("no resource has the id or name \"" + resource_ + "\"");
    }
    if (ids.size() > 1) return bad_input(candidates_json(resource_, ids));
    return begin(ids.front());
  }

  Result<bool> begin(const std::string& id) {
    const std::string_view wanted = id;
    Arena arena;
    std::vector<std::optional<Record>> records;
    const Result<void> read = parts_.store.records({&wanted, 1}, arena, records);
    if (!read) return read.error();
    if (!records[0]) return not_found("the resource " + id + " has no record");
    next_ = records[0]->last_sequence;
    JsonWriter json(out_);
    json.begin_object();
    json.key("resource");
    write_resource(*records[0], json);
    json.begin_array("entries");
    return false;
  }

  Result<bool> write_entries() {
    JsonWriter json(out_, JsonWriter::At::inside);
    for (size_t i = 0; i < kTimelineEntriesAtATime && count_ < limit_ && next_ != 0; ++i) {
      Arena arena;
      const Result<Entry> entry = parts_.store.entry(next_, arena);
      if (!entry && entry.error().kind == ErrorKind::not_found) {
        next_ = 0;
        break;
      }
      if (!entry) return entry.error();
      ++count_;
      write_entry(*entry, parts_.teller, json);
      next_ = entry->previous_sequence;
    }
    const bool is_over = count_ >= limit_ || next_ == 0;
    if (is_over) {
      json.end_array();
      json.end_object();
    }
    return is_over;
  }

  const Queries::Parts parts_;
  const std::string resource_;
  ResourceSearch search_;
  const size_t limit_;
  uint64_t next_ = 0;
  size_t count_ = 0;
  std::string out_;  // Empty until it is known which resource is meant.
};

}  // namespace

std::unique_ptr<Question> Queries::begin_timeline(std::string resource, size_t limit) const {
  return std::make_unique<TimelineQuestion>(parts_, std::move(resource), limit);
}

Result<std::string> Queries::timeline(std::string_view resource, size_t limit) const {
  return answer_of(begin_timeline(std::string(resource), limit));
}

}  // namespace statewire
