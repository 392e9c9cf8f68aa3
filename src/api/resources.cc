// The records that a filter asks for, a page at a time.
#include "api/json_parts.h"
#include "api/queries.h"

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

Result<std::string> Queries::resources(const ResourceFilter& filter) const {
  std::string last;
  size_t count = 0;
  bool has_more = false;
  Result<void> read;
  std::string out = json_of([&](JsonWriter& json) {
    json.raw(R"({"resources":[)");
    read = parts_.store.each_record(filter.after, [&](const Record& record) {
      if (!filter.matches(record)) return true;
      has_more = count == filter.limit;
      if (has_more) return false;
      if (count++ != 0) json.raw(",");
      write_resource(record, json);
      last = record.resource.id;
      return true;
    });
    json.raw("]");
    if (has_more) json.text(R"(,"next":)", last);
    json.raw("}");
  });
  if (!read) return read.error();
  return out;
}

}  // namespace statewire
