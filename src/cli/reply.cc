#include "cli/reply.h"

namespace statewire {

Result<Reply> Reply::parse(std::string_view json) {
  Reply reply;
  const auto error = reply.parser_->parse(json.data(), json.size()).get(reply.root_);
  if (error != simdjson::SUCCESS) {
    return failed(std::string("the answer is not JSON: ") + simdjson::error_message(error));
  }
  return reply;
}

simdjson::simdjson_result<JsonElement> find_at(JsonElement element, std::string_view path) {
  while (!path.empty()) {
    const size_t dot = path.find('.');
    simdjson::dom::object object;
    if (const auto error = element.get(object)) return error;
    if (const auto error = object[path.substr(0, dot)].get(element)) return error;
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return element;
}

std::string text_at(JsonElement element, std::string_view path) {
  JsonElement found;
  if (find_at(element, path).get(found) != simdjson::SUCCESS || found.is_null()) return {};
  std::string_view text;
  if (found.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(found);
}

uint64_t number_at(JsonElement element, std::string_view path) {
  uint64_t number = 0;
  if (find_at(element, path).get(number) != simdjson::SUCCESS) return 0;
  return number;
}

bool is_true_at(JsonElement element, std::string_view path) {
  bool value = false;
  return find_at(element, path).get(value) == simdjson::SUCCESS && value;
}

std::vector<JsonElement> items_at(JsonElement element, std::string_view path) {
  simdjson::dom::array array;
  std::vector<JsonElement> items;
  if (find_at(element, path).get(array) != simdjson::SUCCESS) return items;
  for (const JsonElement item : array) items.push_back(item);
  return items;
}

}  // namespace statewire
