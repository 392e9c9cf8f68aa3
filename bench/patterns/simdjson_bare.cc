// What reading costs alone: simdjson's on-demand parser walks to the fields that a row's rules ask
// for, decodes them, and does nothing with them. No matcher that reads JSON with it can be faster
// than this but by reading less.
//
//   simdjson_bare EVENTS WARM_UP_SECONDS SECONDS FIELD...     FIELD: a.b or a.array[].b
//
// Talks as set_bench.cc does.
#include <simdjson.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "measure.h"

namespace {

namespace ondemand = simdjson::ondemand;

// The fields as a tree: what to look for in an object, in the order of the events.
struct Wanted {
  std::string key;
  bool is_array = false;
  std::vector<Wanted> inside;  // Empty: a leaf.
};

void add_field(std::vector<Wanted>& level, std::string_view path) {
  if (path.empty()) return;
  const size_t dot = std::min(path.find('.'), path.size());
  std::string_view key = path.substr(0, dot);
  const bool is_array = key.ends_with("[]");
  if (is_array) key.remove_suffix(2);
  auto at = std::ranges::find(level, key, &Wanted::key);
  if (at == level.end()) at = level.insert(at, {std::string(key), is_array, {}});
  add_field(at->inside, path.substr(std::min(dot + 1, path.size())));
}

uint64_t read_leaf(ondemand::value value) {
  switch (value.type()) {
    case ondemand::json_type::string:
      return value.get_string().value().size();
    case ondemand::json_type::number:
      return static_cast<uint64_t>(value.get_double().value());
    default:
      return 0;
  }
}

// Stops where everything was found.
uint64_t read_object(ondemand::object object, const std::vector<Wanted>& wanted) {
  uint64_t sum = 0;
  for (const Wanted& each : wanted) {
    ondemand::value value;
    if (object.find_field(each.key).get(value)) continue;
    if (each.inside.empty()) {
      sum += read_leaf(value);
    } else if (!each.is_array) {
      sum += read_object(value.get_object(), each.inside);
    } else {
      for (ondemand::value element : value.get_array()) {
        sum += read_object(element.get_object(), each.inside);
      }
    }
  }
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  const measure::Events events(argv[1]);
  std::vector<Wanted> wanted;
  for (int i = 4; i < argc; ++i) add_field(wanted, argv[i]);
  ondemand::parser parser;
  const auto read = [&](std::string_view event) {
    ondemand::document document =
        parser.iterate(event.data(), event.size(), event.size() + simdjson::SIMDJSON_PADDING);
    return read_object(document.get_object(), wanted);
  };
  measure::rate(events, std::atof(argv[2]), read);
  measure::serve("{}", [&] {
    measure::rate(events, measure::kWarmAgainSeconds, read);
    const double rate = measure::rate(events, std::atof(argv[3]), read);
    return "{\"events_per_second\": " + std::to_string(rate) + "}";
  });
}
