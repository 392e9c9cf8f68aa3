#include "catalog/record_pattern.h"

#include <simdjson.h>

#include <algorithm>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json_writer.h"
#include "catalog/event_view.h"
#include "pattern/pattern.h"

namespace statewire {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view kEventTypes[] = {"AwsApiCall", "AwsServiceEvent", "AwsConsoleSignIn",
                                            "AwsConsoleAction", "AwsCloudTrailInsight"};
constexpr std::string_view kEnvelopeKeys[] = {"version", "id",     "detail-type", "source",
                                              "account", "region", "time",        "resources"};
// What tells a record from other events; view_of knows it by the same.
constexpr const char* kAnyRecord =
    R"({"$or":[{"eventSource":[{"exists":true}]},{"eventName":[{"exists":true}]},)"
    R"({"eventType":[{"exists":true}]},{"eventCategory":[{"exists":true}]}]})";

bool does_match(const std::string& pattern, const std::string& event) {
  const auto compiled = Pattern::compile(pattern);
  simdjson::dom::parser parser;
  element parsed;
  return std::holds_alternative<Pattern>(compiled) && !parser.parse(event).get(parsed) &&
         std::get<Pattern>(compiled).matches(parsed);
}

std::string one_field(std::string_view key, std::string_view json) {
  return json_of([&](JsonWriter& writer) {
    writer.begin_object();
    writer.key_text(key);
    writer.raw(json);
    writer.end_object();
  });
}

// Whether a detail-type meets these alternatives. Nearly all are words, which need no pattern.
bool takes_type(element alternatives, std::string_view type) {
  simdjson::dom::array words;
  if (!alternatives.get_array().get(words) &&
      std::ranges::all_of(words, [](element each) { return each.is_string(); })) {
    return std::ranges::any_of(
        words, [&](element each) { return each.get_string().value_unsafe() == type; });
  }
  return does_match(one_field("detail-type", simdjson::minify(alternatives)),
                    json_of([&](JsonWriter& json) {
                      json.begin_object();
                      json.text("detail-type", type);
                      json.end_object();
                    }));
}

// Whether a record in its envelope can have a detail-type of these alternatives.
bool may_be_record(element alternatives) {
  return std::ranges::any_of(kEventTypes, [&](std::string_view type) {
    return takes_type(alternatives, detail_type_of(type));
  });
}

// Whether an envelope meets what a pattern asks of a field that none has.
bool may_be_absent(std::string_view key, element alternatives) {
  return does_match(one_field(key, simdjson::minify(alternatives)), "{}");
}

bool is_of_envelope(std::string_view key) {
  return std::ranges::find(kEnvelopeKeys, key) != std::end(kEnvelopeKeys);
}

}  // namespace

std::optional<RecordPattern> record_pattern(const std::string& when) {
  simdjson::dom::parser parser;
  object fields;
  if (parser.parse(when).get_object().get(fields)) return std::nullopt;
  RecordPattern result{kAnyRecord, {}};
  std::vector<std::pair<std::string_view, element>> envelope;
  for (const auto field : fields) {
    if (field.key == "detail") {
      result.detail = simdjson::minify(field.value);
    } else if (field.key == "$or") {
      return std::nullopt;
    } else if (field.key == "detail-type" && !may_be_record(field.value)) {
      return std::nullopt;
    } else if (is_of_envelope(field.key)) {
      envelope.emplace_back(field.key, field.value);
    } else if (!may_be_absent(field.key, field.value)) {
      return std::nullopt;
    }
  }
  result.envelope = json_of([&](JsonWriter& json) {
    json.begin_object();
    for (const auto& [key, value] : envelope) {
      json.key_text(key);
      json.raw(simdjson::minify(value));
    }
    json.end_object();
  });
  return result;
}

bool is_about_records(const std::string& when) {
  simdjson::dom::parser parser;
  element pattern;
  simdjson::dom::array types;
  if (parser.parse(when).get(pattern)) return false;
  const element detail = pattern["detail"].error() ? pattern : pattern["detail"].value_unsafe();
  if (!detail["eventSource"].error()) return true;
  // Events of other kinds have an eventName, too.
  if (pattern["detail-type"].get_array().get(types)) return !detail["eventName"].error();
  return types.size() != 0 && std::ranges::all_of(types, [](element each) {
           std::string_view type;
           return !each.get_string().get(type) && type.ends_with(" via CloudTrail");
         });
}

}  // namespace statewire
