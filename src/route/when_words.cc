#include "route/when_words.h"

#include <simdjson.h>

#include "base/limits.h"
#include "base/text.h"

namespace statewire {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::string plain(element value) {
  std::string_view text;
  if (!value.get_string().get(text)) return text.empty() ? "empty" : std::string(text);
  return simdjson::minify(value);
}

std::string joined(element values, std::string_view word) {
  array items;
  if (values.get_array().get(items)) return plain(values);
  std::string text;
  for (const element item : items) text.append(text.empty() ? "" : word).append(plain(item));
  return text;
}

// One alternative of a field: "gone", "not deployment or autoscaling", "like arn:*".
std::string alternative(element value) {
  object fields;
  if (value.get_object().get(fields)) return plain(value);
  for (const auto field : fields) {
    if (field.key == "anything-but") {
      object inner;
      const bool is_plain = field.value.get_object().get(inner) != simdjson::SUCCESS;
      return "not " + (is_plain ? joined(field.value, " or ") : alternative(field.value));
    }
    if (field.key == "exists")
      return bool(field.value.get_bool().value_unsafe()) ? "known" : "not known";
    if (field.key == "prefix") return plain(field.value) + "…";
    if (field.key == "suffix") return "…" + plain(field.value);
    if (field.key == "wildcard") return "like " + joined(field.value, " or ");
  }
  return simdjson::minify(value);
}

std::string clauses(element pattern, const std::string& parent);

std::string branches(element either, const std::string& parent) {
  std::string text;
  array items;
  if (either.get_array().get(items)) return text;
  for (const element branch : items) {
    text.append(text.empty() ? "either " : ", or ").append(clauses(branch, parent));
  }
  return text;
}

std::string clause(std::string_view key, element value, const std::string& parent) {
  if (key == "$or") return branches(value, parent);
  const std::string path = parent.empty() ? std::string(key) : parent + "." + std::string(key);
  if (value.is_object()) return clauses(value, path);
  std::string text;
  array items;
  if (value.get_array().get(items)) return text;
  for (const element item : items) {
    text.append(text.empty() ? path + " is " : " or ").append(alternative(item));
  }
  return text;
}

std::string clauses(element pattern, const std::string& parent) {
  std::string text;
  object fields;
  if (pattern.get_object().get(fields)) return text;
  for (const auto field : fields) {
    const std::string one = clause(field.key, field.value, parent);
    if (!one.empty()) text.append(text.empty() ? "" : ", ").append(one);
  }
  return text;
}

}  // namespace

std::string words_of_when(std::string_view json) {
  simdjson::dom::parser parser;
  element pattern;
  if (json.empty() || parser.parse(json.data(), json.size()).get(pattern)) return {};
  std::string text = clauses(pattern, {});
  if (text.size() <= kWhenWordsBytesMax) return text;
  constexpr std::string_view kMore = "…";
  text.resize(cut_utf8(text, kWhenWordsBytesMax - kMore.size()).size());
  return text.append(kMore);
}

}  // namespace statewire
