// The records that a filter asks for, a page at a time.
#include <algorithm>

#include "api/json_parts.h"
#include "api/queries.h"
#include "api/wanted.h"
#include "base/limits.h"

namespace statewire {
namespace {

bool has_tag(const Record& record, std::string_view key, std::string_view value) {
  for (const Tag& tag : record.tags) {
    if (tag.key == key) return tag.value == value;
  }
  return false;
}

// Of those that declare it, any.
bool is_owned_by(const Record& record, std::string_view owner) {
  const auto is_it = [&](std::string_view inventory, std::string_view stack,
                         std::string_view address) {
    return inventory == owner || stack == owner || address.find(owner) != address.npos;
  };
  bool is_found = false;
  each_group(record.declared, [&](const DeclaredGroup& group) {
    each_item(group, [&](const DeclaredItem& item) {
      is_found = is_it(group.inventory, group.stack, item.address);
      return !is_found;
    });
    return !is_found;
  });
  if (is_found || !record.declared.empty()) return is_found;
  const Owner by_tags = owner_of(record);
  return by_tags.is_known() && is_it(by_tags.inventory, by_tags.stack, by_tags.address);
}

}  // namespace

bool ResourceFilter::matches(const Record& record) const {
  const Identity& resource = record.resource;
  if ((!type.empty() && !is_of_type(type, resource.type)) ||
      !is_wanted(account, resource.account) || !is_wanted(region, resource.region) ||
      !is_wanted(phase, name_of(record.phase)) || !is_wanted(cause, name_of(record.cause.kind)) ||
      !is_wanted_actor(actor, record.cause.actor)) {
    return false;
  }
  if (!is_wanted(drift, name_of(record.drift))) return false;
  if (!owner.empty() && !is_owned_by(record, owner)) return false;
  if (!tag_key.empty() && !has_tag(record, tag_key, tag_value)) return false;
  if (since && record.since < *since) return false;
  return query.empty() || resource.id.find(query) != resource.id.npos ||
         display_name(record).find(query) != std::string_view::npos;
}

namespace {

// A text that stands in all records that match, as far as one is known: records without it need not
// be decoded.
const std::string& text_of(const ResourceFilter& filter) {
  return filter.query.empty() ? filter.tag_value : filter.query;
}

class ResourcesQuestion final : public Question {
 public:
  ResourcesQuestion(const Store& store, ResourceFilter filter)
      : store_(store), filter_(std::move(filter)), at_(filter_.after) {}

  std::optional<Result<std::string>> step() override {
    Result<std::string> next = std::string();
    bool is_over = false;
    {
      JsonWriter json(out_, JsonWriter::At::inside);
      if (json.size() == 0) {
        json.begin_object();
        json.begin_array("resources");
      }
      const size_t size_max = json.size() + kAnswerBytesAtATime;
      bool is_turn_over = false;
      next = store_.some_records(at_, text_of(filter_), kRecordsAtATime, [&](const Record& record) {
        is_turn_over = json.size() >= size_max;
        return !is_turn_over && take(record, json);
      });
      if (next && is_turn_over) next = last_;
      if (next) at_ = *std::move(next);
      looked_at_ += kRecordsAtATime;
      is_over = at_.empty() || looked_at_ >= kRecordsOfAPageMax;
      if (next && is_over) end(json);
    }
    if (!next) return next.error();
    if (!is_over) return std::nullopt;
    return std::move(out_);
  }

 private:
  // False where the page is full.
  bool take(const Record& record, JsonWriter& json) {
    if (filter_.matches(record)) {
      is_full_ = count_ == filter_.limit;
      if (is_full_) return false;
      ++count_;
      write_resource(record, json);
    }
    last_ = record.resource.id;
    return true;
  }

  void end(JsonWriter& json) const {
    json.end_array();
    json.known_line("next", is_full_ ? last_ : at_);
    json.end_object();
  }

  const Store& store_;
  const ResourceFilter filter_;
  std::string at_;    // Where the next turn goes on.
  std::string last_;  // Of those that have the text, looked at last.
  size_t count_ = 0;
  size_t looked_at_ = 0;
  bool is_full_ = false;
  std::string out_;
};

// Keeps the newest of all that match, as they are to be written. Looks first where the newest may
// be, and ends where nothing that is left is new enough.
class NewestResourcesQuestion final : public Question {
 public:
  NewestResourcesQuestion(const Store& store, ResourceFilter filter)
      : store_(store), filter_(std::move(filter)), partitions_(store.partitions_newest_first()) {}

  std::optional<Result<std::string>> step() override {
    size_t left = kRecordsAtATime;
    while (left > 0 && may_come_more()) {
      const auto look = [&](const Record& record) { return take(record), true; };
      Result<std::string> next =
          store_.some_records_of(partitions_[looked_at_].number, at_, text_of(filter_), left, look);
      if (!next) return next.error();
      at_ = *std::move(next);
      if (at_.empty()) ++looked_at_;
    }
    if (may_come_more()) return std::nullopt;
    return answer();
  }

 private:
  struct Kept {
    Time since;
    std::string id;
    std::string json;
    // The oldest is on top of the heap.
    bool operator<(const Kept& other) const {
      return since != other.since ? since > other.since : id < other.id;
    }
  };

  bool may_come_more() const {
    if (looked_at_ >= partitions_.size()) return false;
    const Time newest = partitions_[looked_at_].newest_since;
    return (!filter_.since || newest >= *filter_.since) &&
           (kept_.size() < filter_.limit || newest >= kept_.front().since);
  }

  void take(const Record& record) {
    if (!filter_.matches(record)) return;
    ++total_;
    Kept kept{record.since, std::string(record.resource.id), {}};
    if (kept_.size() == filter_.limit) {
      if (!(kept < kept_.front())) return;
      std::pop_heap(kept_.begin(), kept_.end());
      kept_.pop_back();
    }
    kept.json = json_of([&](JsonWriter& json) { write_resource(record, json); });
    kept_.push_back(std::move(kept));
    std::push_heap(kept_.begin(), kept_.end());
  }

  std::string answer() {
    std::sort_heap(kept_.begin(), kept_.end());
    return json_of([&](JsonWriter& json) {
      json.begin_object();
      json.begin_array("resources");
      for (const Kept& kept : kept_) json.raw(kept.json);
      json.end_array();
      const bool is_counted = looked_at_ == partitions_.size() || kept_.size() < filter_.limit;
      if (is_counted) json.number("total", total_);
      json.end_object();
    });
  }

  const Store& store_;
  const ResourceFilter filter_;
  const std::vector<RecordPartition> partitions_;
  size_t looked_at_ = 0;  // Of them.
  std::string at_;        // Looked at last, of the next one.
  std::vector<Kept> kept_;
  uint64_t total_ = 0;
};

class CountResourcesQuestion final : public Question {
 public:
  CountResourcesQuestion(const Store& store, ResourceFilter filter)
      : store_(store), filter_(std::move(filter)) {}

  std::optional<Result<std::string>> step() override {
    const auto count = [&](const Record& record) {
      total_ += filter_.matches(record) ? 1 : 0;
      return true;
    };
    Result<std::string> next = store_.some_records(at_, text_of(filter_), kRecordsAtATime, count);
    if (!next) return next.error();
    at_ = *std::move(next);
    if (!at_.empty()) return std::nullopt;
    return json_of([&](JsonWriter& json) {
      json.begin_object();
      json.number("total", total_);
      json.end_object();
    });
  }

 private:
  const Store& store_;
  const ResourceFilter filter_;
  std::string at_;  // Looked at last.
  uint64_t total_ = 0;
};

}  // namespace

std::unique_ptr<Question> Queries::begin_resources(ResourceFilter filter) const {
  if (filter.is_count) {
    return std::make_unique<CountResourcesQuestion>(parts_.store, std::move(filter));
  }
  if (filter.is_newest_first) {
    return std::make_unique<NewestResourcesQuestion>(parts_.store, std::move(filter));
  }
  return std::make_unique<ResourcesQuestion>(parts_.store, std::move(filter));
}

Result<std::string> Queries::resources(const ResourceFilter& filter) const {
  return answer_of(begin_resources(filter));
}

Result<std::string> Queries::answer_of(const std::unique_ptr<Question>& question) {
  std::optional<Result<std::string>> answer;
  while (!answer) answer = question->step();
  return *std::move(answer);
}

}  // namespace statewire
