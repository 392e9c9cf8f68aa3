#include "aws/json.h"

#include <simdjson.h>

#include "base/limits.h"
#include "base/whole_json.h"

namespace statewire {
namespace {

using simdjson::dom::element;

std::optional<element> descend(element from, std::string_view path) {
  while (!path.empty()) {
    const size_t dot = std::min(path.find('.'), path.size());
    element next;
    if (from.at_key(path.substr(0, dot)).get(next) != simdjson::SUCCESS) return std::nullopt;
    from = next;
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return from;
}

}  // namespace

struct AwsJson::Document {
  simdjson::dom::parser parser;
};
struct AwsJson::Place {
  element at;
};

AwsJson::AwsJson(std::shared_ptr<const Document> document, std::shared_ptr<const Place> place)
    : document_(std::move(document)), place_(std::move(place)) {}

Result<AwsJson> AwsJson::parse(std::string_view text) {
  auto document = std::make_shared<Document>();
  auto place = std::make_shared<Place>();
  if (document->parser.allocate(text.size() + 1, kAwsAnswerDepthMax) != simdjson::SUCCESS ||
      parse_json(document->parser, simdjson::padded_string(text), place->at) != simdjson::SUCCESS) {
    return bad_input("not JSON");
  }
  return AwsJson(std::move(document), std::move(place));
}

std::optional<std::string> AwsJson::find(std::string_view path) const {
  const std::optional<element> at = descend(place_->at, path);
  if (!at || at->is_object() || at->is_array() || at->is_null()) return std::nullopt;
  std::string_view text;
  if (at->get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::to_string(*at);
}

std::optional<int64_t> AwsJson::integer(std::string_view path) const {
  const std::optional<element> at = descend(place_->at, path);
  int64_t number = 0;
  if (!at || at->get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::vector<AwsJson> AwsJson::items(std::string_view path) const {
  std::vector<AwsJson> result;
  const std::optional<element> at = descend(place_->at, path);
  simdjson::dom::array array;
  if (!at || at->get(array) != simdjson::SUCCESS) return result;
  for (const element item : array) {
    result.push_back(AwsJson(document_, std::make_shared<Place>(Place{item})));
  }
  return result;
}

bool AwsJson::is_object() const { return place_->at.is_object(); }

}  // namespace statewire
