#include "catalog/changes.h"

#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "catalog/clean.h"
#include "catalog/element_name.h"
#include "catalog/render.h"

namespace statewire {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// Parameters that say how the call was made, and nothing of the resource.
constexpr std::string_view kOfTheCall[] = {"Host",
                                           "xmlns",
                                           "clientToken",
                                           "dryRun",
                                           "ClientToken",
                                           "clientRequestToken",
                                           "DryRun",
                                           "ClientRequestToken",
                                           "idempotencyToken",
                                           "requestId"};

bool is_of_the_call(std::string_view key) {
  return std::ranges::find(kOfTheCall, key) != std::end(kOfTheCall);
}

// The list in what EC2 and CloudFront write as {items: [...]}; a value in {value: ...}.
std::optional<element> wrapped(const object& fields) {
  std::optional<element> only;
  for (const auto field : fields) {
    if (field.key == "items" && field.value.is_array()) return field.value;
    if (only) return std::nullopt;
    only = field.value;
    if (field.key != "value" && field.key != "Value") return std::nullopt;
  }
  return only;
}

class LeafReader {
 public:
  LeafReader(Arena& arena, ChangesScratch& scratch)
      : arena_(arena), out_(scratch.changes), path_(scratch.path) {}

  void read(element value, size_t depth) {
    if (is_full() || depth > kChangeDepthMax) return;
    if (value.is_object()) {
      const object fields = value.get_object().value_unsafe();
      if (const std::optional<element> inner = wrapped(fields)) return read(*inner, depth + 1);
      read_fields(fields, {}, depth);
    } else if (value.is_array()) {
      read_list(value.get_array().value_unsafe(), depth);
    } else {
      add(value);
    }
  }

 private:
  // Some only name the resource, and are left out later.
  bool is_full() const { return out_.size() >= 2 * kChangesMax; }

  void read_fields(const object& fields, const ElementName& name, size_t depth) {
    for (const auto field : fields) {
      if (is_full()) return;
      if (is_of_the_call(field.key) || name.is_made_of(field.key)) continue;
      const size_t size = path_.size();
      if (size != 0) extend(".");
      extend(field.key);
      read(field.value, depth + 1);
      path_.resize(size);
    }
  }

  void read_list(const array& items, size_t depth) {
    const bool is_one = items.size() == 1;
    size_t index = 0;
    for (const element item : items) {
      if (is_full()) return;
      const std::string number = is_one ? "" : std::to_string(index++);
      item.is_object() ? read_element(item, number, depth) : read(item, depth + 1);
    }
  }

  void read_element(element item, const std::string& number, size_t depth) {
    const ElementName name = name_of_element(item);
    const size_t size = path_.size();
    const std::string& shown = name.is_empty() ? number : name.text;
    if (!shown.empty()) extend("[" + shown + "]");
    const size_t before = out_.size();
    read_fields(item.get_object().value_unsafe(), name, depth + 1);
    path_.resize(size);
    if (out_.size() == before && !name.is_empty() && !is_full()) add_text(name.text);
  }

  // What is longer is cut, and need not grow.
  void extend(std::string_view text) {
    if (path_.size() < kChangeBytesMax) path_ += text.substr(0, kChangeBytesMax + 1);
  }

  void add(element value) {
    Digits digits;
    if (const std::optional<std::string_view> text = scalar_text(value, digits)) add_text(*text);
  }

  void add_text(std::string_view text) {
    if (path_.empty()) return;
    Change change;
    change.path = copy_clean(arena_, path_, kChangeBytesMax);
    change.to = copy_clean(arena_, text, kChangeBytesMax);
    out_.push_back(change);
  }

  Arena& arena_;
  std::vector<Change>& out_;
  std::string& path_;
};

// A value as a whole: a scalar, or the JSON of what is more.
std::string_view text_of_value(element value, Arena& arena) {
  Digits digits;
  if (value.is_null()) return {};
  if (const auto text = scalar_text(value, digits))
    return copy_clean(arena, *text, kChangeBytesMax);
  return copy_clean(arena, std::string(simdjson::minify(value)), kChangeBytesMax);
}

// Whether a parameter is one that names resources: bucketName, roleArn, `service` at the top.
bool is_naming(std::string_view path) {
  constexpr std::string_view kEndings[] = {"Id", "Name", "Arn", "ARN", "Identifier", "Url"};
  if (path.find_first_of(".[") == std::string_view::npos) return true;
  return std::ranges::any_of(kEndings, [&](std::string_view end) { return path.ends_with(end); });
}

bool is_name_of(const Identity& resource, std::string_view text) {
  if (text == resource.name || text == resource.id) return true;
  if (!resource.id.ends_with(text) || text.size() == resource.id.size()) return false;
  const char before = resource.id[resource.id.size() - text.size() - 1];
  return before == '/' || before == ':';
}

// S3 repeats which setting it is about as a parameter without a value: {"versioning": ""}.
bool is_bare_name(const Identity& resource, const Change& change) {
  return change.to.empty() && resource.service == "s3";
}

}  // namespace

std::span<const Change> read_changes(element parameters, Arena& arena, ChangesScratch& scratch) {
  scratch.changes.clear();
  scratch.path.clear();
  LeafReader(arena, scratch).read(parameters, 0);
  return arena.copy_of(scratch.changes);
}

std::span<const Change> read_changed(element map, const ChangesSpec& spec, Arena& arena,
                                     ChangesScratch& scratch) {
  scratch.changes.clear();
  object fields;
  if (map.get_object().get(fields)) return {};
  for (const auto field : fields) {
    if (scratch.changes.size() >= kChangesMax) break;
    Change change;
    change.path = copy_clean(arena, field.key, kChangeBytesMax);
    element before;
    element after;
    if (!field.value[spec.from].get(before)) change.from = text_of_value(before, arena);
    if (!field.value[spec.to].get(after)) change.to = text_of_value(after, arena);
    if (!change.from.empty() || !change.to.empty()) scratch.changes.push_back(change);
  }
  return arena.copy_of(scratch.changes);
}

std::span<const Change> without_names_of(const Identity& resource, std::span<const Change> changes,
                                         Arena& arena, ChangesScratch& scratch) {
  const auto says_nothing = [&](const Change& change) {
    return is_bare_name(resource, change) ||
           (!change.to.empty() && is_naming(change.path) && is_name_of(resource, change.to));
  };
  const auto first = [](std::span<const Change> all) {
    return all.first(std::min(all.size(), kChangesMax));
  };
  if (std::ranges::none_of(changes, says_nothing)) return first(changes);
  scratch.changes.clear();
  std::ranges::remove_copy_if(changes, std::back_inserter(scratch.changes), says_nothing);
  return first(arena.copy_of(scratch.changes));
}

std::span<const Change> as_removed(std::span<const Change> changes, Arena& arena,
                                   ChangesScratch& scratch) {
  scratch.changes.clear();
  for (const Change& change : changes) {
    scratch.changes.push_back({.path = change.path, .from = change.to, .to = {}});
  }
  return arena.copy_of(scratch.changes);
}

}  // namespace statewire
