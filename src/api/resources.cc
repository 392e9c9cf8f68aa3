// The records that a filter asks for, a page at a time.
#include "api/json_parts.h"
#include "api/queries.h"
#include "base/limits.h"

namespace statewire {
namespace {

bool has_tag(const Record& record, std::string_view key, std::string_view value) {
  for (const Tag& tag : record.tags) {
    if (tag.key == key) return tag.value == value;
  }
  return false;
}

bool is_wanted(const std::string& wanted, std::string_view found) {
  return wanted.empty() || wanted == found;
}

}  // namespace

bool ResourceFilter::matches(const Record& record) const {
  const Identity& resource = record.resource;
  if (!is_wanted(type, resource.type) || !is_wanted(account, resource.account) ||
      !is_wanted(region, resource.region) || !is_wanted(phase, name_of(record.phase)) ||
      !is_wanted(cause, name_of(record.cause.kind)) || !is_wanted(actor, record.cause.actor)) {
    return false;
  }
  if (!tag_key.empty() && !has_tag(record, tag_key, tag_value)) return false;
  if (since && record.since < *since) return false;
  return query.empty() || resource.id.find(query) != resource.id.npos ||
         display_name(record).find(query) != std::string_view::npos;
}

namespace {

class ResourcesQuestion final : public Question {
 public:
  ResourcesQuestion(const Store& store, ResourceFilter filter)
      : store_(store), filter_(std::move(filter)), at_(filter_.after) {}

  std::optional<Result<std::string>> step() override {
    size_t looked_at = 0;
    bool is_over = true;
    Result<void> read;
    {
      JsonWriter json(out_, JsonWriter::At::inside);
      if (json.size() == 0) {
        json.begin_object();
        json.begin_array("resources");
      }
      const size_t size_max = json.size() + kAnswerBytesAtATime;
      read = store_.each_record(at_, [&](const Record& record) {
        is_over = looked_at++ < kRecordsAtATime && json.size() < size_max;
        return is_over && take(record, json);
      });
      if (read && is_over) end(json);
    }
    if (!read) return read.error();
    if (!is_over) return std::nullopt;
    return std::move(out_);
  }

 private:
  // False where the page is full.
  bool take(const Record& record, JsonWriter& json) {
    if (filter_.matches(record)) {
      has_more_ = count_ == filter_.limit;
      if (has_more_) return false;
      ++count_;
      write_resource(record, json);
      last_ = record.resource.id;
    }
    at_ = record.resource.id;
    return true;
  }

  void end(JsonWriter& json) const {
    json.end_array();
    if (has_more_) json.line("next", last_);
    json.end_object();
  }

  const Store& store_;
  const ResourceFilter filter_;
  std::string at_;    // Looked at last.
  std::string last_;  // In the answer.
  size_t count_ = 0;
  bool has_more_ = false;
  std::string out_;
};

}  // namespace

std::unique_ptr<Question> Queries::begin_resources(ResourceFilter filter) const {
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
