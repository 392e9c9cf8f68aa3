// What happened to one resource, by walking its chain through the journal.
#include "api/json_parts.h"
#include "api/queries.h"
#include "api/wanted.h"
#include "base/limits.h"
#include "format/format.h"

namespace statewire {
namespace {

// The resources that someone may mean who gives only a part of an id, or a name.
struct Candidates {
  std::vector<std::string> by_id;
  std::vector<std::string> by_name;

  void add(const Record& record, std::string_view wanted) {
    const std::string_view id = record.resource.id;
    if (is_end_of(wanted, id)) {
      if (by_id.size() < kCandidatesMax) by_id.emplace_back(id);
    } else if (display_name(record) == wanted || record.resource.name == wanted) {
      if (by_name.size() < kCandidatesMax) by_name.emplace_back(id);
    }
  }
  // An id that ends so is meant rather than a thing that someone named so.
  const std::vector<std::string>& best() const { return by_id.empty() ? by_name : by_id; }
};

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
  json.boolean("late", entry.told.late);
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
      : parts_(std::move(parts)), resource_(std::move(resource)), limit_(limit) {}

  std::optional<Result<std::string>> step() override {
    Result<bool> is_over = false;
    if (!has_looked_) {
      is_over = look_up();
    } else if (id_.empty()) {
      is_over = scan();
    } else {
      is_over = write_entries();
    }
    if (!is_over) return is_over.error();
    if (!*is_over) return std::nullopt;
    return std::move(out_);
  }

 private:
  Result<bool> look_up() {
    has_looked_ = true;
    const Result<bool> is_known = begin_record(resource_);
    if (!is_known || *is_known) return is_known ? Result<bool>(false) : is_known;
    const Result<std::optional<std::string>> canonical = parts_.store.resource_of_alias(resource_);
    if (!canonical) return canonical.error();
    return *canonical ? begin(**canonical) : Result<bool>(false);
  }

  Result<bool> scan() {
    size_t looked_at = 0;
    bool is_over = true;
    const Result<void> read = parts_.store.each_record(at_, [&](const Record& record) {
      is_over = looked_at++ < kRecordsAtATime;
      if (!is_over) return false;
      candidates_.add(record, resource_);
      at_ = record.resource.id;
      return true;
    });
    if (!read) return read.error();
    if (!is_over) return false;
    const std::vector<std::string>& ids = candidates_.best();
    if (ids.empty()) {
      return not_found("no resource has the id or name \"" + resource_ + "\"");
    }
    if (ids.size() > 1) return bad_input(candidates_json(resource_, ids));
    return begin(ids.front());
  }

  Result<bool> begin(const std::string& id) {
    const Result<bool> is_known = begin_record(id);
    if (!is_known) return is_known.error();
    if (!*is_known) return not_found("the resource " + id + " has no record");
    return false;
  }

  // False where it has no record.
  Result<bool> begin_record(const std::string& id) {
    const std::string_view wanted = id;
    Arena arena;
    std::vector<std::optional<Record>> records;
    const Result<void> read = parts_.store.records({&wanted, 1}, arena, records);
    if (!read) return read.error();
    if (!records[0]) return false;
    id_ = id;
    next_ = records[0]->last_sequence;
    JsonWriter json(out_);
    json.begin_object();
    json.key("resource");
    write_resource(*records[0], json);
    json.begin_array("entries");
    return true;
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
  const size_t limit_;
  bool has_looked_ = false;
  Candidates candidates_;
  std::string at_;  // Looked at last.
  std::string id_;  // Once it is known.
  uint64_t next_ = 0;
  size_t count_ = 0;
  std::string out_;
};

}  // namespace

std::unique_ptr<Question> Queries::begin_timeline(std::string resource, size_t limit) const {
  return std::make_unique<TimelineQuestion>(parts_, std::move(resource), limit);
}

Result<std::string> Queries::timeline(std::string_view resource, size_t limit) const {
  return answer_of(begin_timeline(std::string(resource), limit));
}

}  // namespace statewire
