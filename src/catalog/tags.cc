#include "catalog/tags.h"

#include <algorithm>

#include "base/limits.h"
#include "catalog/clean.h"
#include "model/record.h"

namespace statewire {
namespace {

using simdjson::dom::element;

class TagReader {
 public:
  TagReader(const TagsRule& rule, const RenderContext& context, Arena& arena, std::vector<Tag>& out)
      : rule_(rule), context_(context), arena_(arena), out_(out) {}

  void read_map(element map) {
    simdjson::dom::object fields;
    if (map.get_object().get(fields)) return;
    for (const auto field : fields) {
      if (is_full()) return;
      add(field.key, field.value);
    }
  }

  // Elements with a list in each, or the list itself.
  void read_list(element list) {
    visit_list(list, [this](element item) {
      if (!is_wanted(item)) return true;
      if (!rule_.inner) {
        add_object(item);
      } else if (const std::optional<element> inner = find(*rule_.inner, below(item))) {
        read_inner(*inner);
      }
      return !is_full();
    });
  }

  void read_removed(element list) {
    visit_list(list, [this](element item) {
      element key = item;
      if (item.is_object() && item.at_key("key").get(key) && item.at_key("Key").get(key)) {
        return true;
      }
      Digits digits;
      if (const auto text = scalar_text(key, digits)) push(*text, {});
      return !is_full();
    });
  }

 private:
  bool is_full() const { return out_.size() >= kTagsMax; }

  RenderContext below(element item) const {
    RenderContext context = context_;
    context.element = item;
    return context;
  }

  void read_inner(element list) {
    visit_list(list, [this](element item) {
      add_object(item);
      return !is_full();
    });
  }

  bool is_wanted(element item) const {
    for (const TagWhere& where : rule_.where) {
      const std::optional<element> field = find(where.field, below(item));
      if (!field) return false;
      Digits digits;
      const auto text = scalar_text(*field, digits);
      if (!text) return false;
      if (std::find(where.values.begin(), where.values.end(), *text) == where.values.end()) {
        return false;
      }
    }
    return true;
  }

  void add_object(element item) {
    const std::optional<element> key = find(rule_.key, below(item));
    if (!key) return;
    Digits digits;
    const auto text = scalar_text(*key, digits);
    if (!text) return;
    // A tag without a value is a tag.
    const std::optional<element> value = find(rule_.value, below(item));
    if (!value) return push(*text, {});
    add(*text, *value);
  }

  void add(std::string_view key, element value) {
    Digits digits;
    if (const auto text = scalar_text(value, digits)) push(key, *text);
  }

  void push(std::string_view key, std::string_view value) {
    if (key.empty()) return;
    out_.push_back(
        {copy_clean(arena_, key, kTagBytesMax), copy_clean(arena_, value, kTagBytesMax)});
  }

  const TagsRule& rule_;
  const RenderContext& context_;
  Arena& arena_;
  std::vector<Tag>& out_;
};

}  // namespace

std::span<const Tag> read_tags(const TagsRule& rule, const RenderContext& context, Arena& arena,
                               std::vector<Tag>& scratch) {
  if (rule.form == TagsSpec::Form::none) return {};
  const std::optional<element> root = find(rule.path, context);
  if (!root) return {};
  scratch.clear();
  TagReader reader(rule, context, arena, scratch);
  if (rule.form == TagsSpec::Form::map) reader.read_map(*root);
  if (rule.form == TagsSpec::Form::list) reader.read_list(*root);
  if (rule.form == TagsSpec::Form::removed) reader.read_removed(*root);
  return arena.copy_of(scratch);
}

}  // namespace statewire
